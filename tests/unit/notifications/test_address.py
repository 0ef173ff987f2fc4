"""Addresses that certainly are some."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.notifications.address import Mailbox, mail_domain, mailbox


def test_good_addresses() -> None:
    """An address keeps its local part, and its domain is written as the DNS does."""
    assert mailbox("Jan", " jan.kowalski+mlw@Tluszcz.PL ") == Mailbox("Jan", "jan.kowalski+mlw@tluszcz.pl")
    assert mailbox("", "biuro@gmina-łódź.pl").address == "biuro@xn--gmina-d-q0a42esr.pl"


@pytest.mark.parametrize(
    "address",
    [
        "jan",
        "jan@",
        "@example.org",
        "jan@localhost",
        "jan@192.168.0.1",
        "jan@example..org",
        "jan@-example.org",
        "a b@example.org",
        "jan@exam ple.org",
        "jan@example.org\r\nRCPT TO:<x@example.org>",
        "jan@example.org\0",
        "<jan@example.org>",
        "jan@example.org,anna@example.org",
        '"jan kowalski"@example.org',
        ".jan@example.org",
        "jan..k@example.org",
        "żaneta@example.org",
        "j" * 65 + "@example.org",
        "jan@" + "a" * 64 + ".org",
        "jan@" + "a.b" * 100 + ".org",
    ],
)
def test_bad_addresses(address: str) -> None:
    """What is not an address, or not one that every server takes, is refused with the person's name."""
    with pytest.raises(BadInput) as refused:
        mailbox("Jan Kowalski", address)
    assert refused.value.code == "address_invalid"
    assert refused.value.facts["name"] == "Jan Kowalski"


def test_missing_address() -> None:
    """A person without an address is another case than one with a wrong one."""
    with pytest.raises(BadInput) as refused:
        mailbox("Jan Kowalski", "  ")
    assert (refused.value.code, refused.value.facts) == ("address_missing", {"name": "Jan Kowalski"})


def test_bad_domain() -> None:
    """A domain is two labels at least."""
    with pytest.raises(BadInput) as refused:
        mail_domain("localhost")
    assert refused.value.code == "mail_domain_invalid"


FRAGMENTS = [
    "jan",
    ".",
    "@",
    "example.org",
    "gmina-łódź.pl",
    "\r\n",
    "\0",
    " ",
    "<",
    ">",
    ",",
    '"',
    "\\",
    "(x)",
    "\ud800",
    "-",
]


@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=2), max_size=6).map("".join))
def test_no_address_breaks_out(address: str) -> None:
    """Whatever was typed, it is refused, or is ASCII without anything that ends an address."""
    try:
        accepted = mailbox("", address).address
    except BadInput:
        return
    assert accepted.isascii()
    assert accepted.isprintable()
    assert not set(accepted) & set(' <>,;:"()[]\\')
    assert accepted.count("@") == 1
