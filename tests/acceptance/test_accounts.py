"""``account``: letting people into the panel from the command line."""

from email import message_from_bytes
from typing import Any

from mlw_workflow.domain.texts import Text


def test_an_invitation_is_mailed_and_an_account_can_be_shut(office: Any) -> None:
    """Invite writes a mail with a link, list says where each account stands, disable shuts it and enable opens it."""
    office.done('person add "Anna Przykład" --email Anna@gmina.example')
    told = office.done('account invite "Anna Przykład" --json').json
    assert told["login"] == "anna@gmina.example"
    office.done("worker --once")
    (file,) = (office.home / "mail").glob("*.eml")
    text = message_from_bytes(file.read_bytes()).get_payload()[0].get_payload(decode=True).decode()
    assert "http://127.0.0.1:8014/password?link=" in text
    for command, state in (("", "invited"), ("disable", "disabled"), ("enable", "invited")):
        if command:
            office.done(f'account {command} "Anna Przykład"')
        (account,) = office.done("account list --json").json["accounts"]
        assert (account["state"], account["admin"]) == (state, False)


def test_codes_of_a_lost_telephone_are_turned_off(office: Any) -> None:
    """Also where nobody is left who administers the panel; whoever has none, or no account, is told so."""
    office.done('person add "Anna Przykład" --email Anna@gmina.example')
    assert office('account reset-codes "Anna Przykład"').code == 2
    office.done('account invite "Anna Przykład"')
    assert office.done('account reset-codes "Anna Przykład" --json').json == {"person": "Anna Przykład", "codes": False}


def test_what_cannot_be_invited_is_told(office: Any) -> None:
    """Nobody of that name, and somebody without an address; nobody without an account is shut."""
    office.done('person add "Bez Adresu"')
    for line in ("account invite Nikt", 'account invite "Bez Adresu"', 'account disable "Bez Adresu"'):
        answer = office(line)
        assert answer.code == 2, line
        assert answer.err


def test_every_error_of_accounts_speaks_both_languages() -> None:
    """The sentences of the login page are there."""
    from mlw_workflow.interfaces.wording.errors import ERRORS

    for code in ("login_refused", "login_throttled", "password_length", "passwords_differ", "link_invalid"):
        assert isinstance(ERRORS[code], Text)


def test_a_port_that_is_taken_is_told(office: Any) -> None:
    """Another program answers there: the sentence names the option, and nothing starts or is made anew."""
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        for command in ("serve", "demo"):
            answer = office(f"{command} --port {other.getsockname()[1]}")
            assert answer.code == 2
            assert "--port" in answer.err
    assert not (office.home / "demo").exists()
