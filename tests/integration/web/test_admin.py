"""Administration: who may, and what it does."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from mlw_workflow import bootstrap
from mlw_workflow.services import access, webhooks
from mlw_workflow.services.accounts import login, manage
from mlw_workflow.services.accounts.tokens import digest
from mlw_workflow.services.announce import announce
from mlw_workflow.services.demo_people import PASSWORD
from mlw_workflow.services.people import add_person
from mlw_workflow.services.post_events import post_events
from mlw_workflow.services.standing import history
from mlw_workflow.storage import outbox, repositories

if TYPE_CHECKING:
    from conftest import Browser, Panel

PAGES = ("/admin", "/admin/people", "/admin/people/new", "/admin/programmes", "/admin/settings", "/admin/health",
         "/admin/webhooks")  # fmt: skip


def person_id(panel: Panel, who: str) -> str:
    with panel.desk.database.read() as connection:
        found = repositories.find_person(connection, f"{who}@demo.invalid")
    assert found is not None
    return found.id


def admin(panel: Panel, who: str = "mentor.tluszcz") -> Browser:
    """Somebody who administers the panel."""
    with panel.desk.database.work() as work:
        work.connection.execute("UPDATE account SET is_admin = ? WHERE login = ?", True, f"{who}@demo.invalid")
        work.commit()
    return panel.as_(who)


def text(answer: object) -> str:
    return " ".join(answer.text.split())  # type: ignore[attr-defined]


def test_only_those_who_administer_see_it(panel: Panel) -> None:
    """Others get 403 and change nothing, whatever their role; who is not logged in is led to the first page."""
    person = f"/admin/people/{person_id(panel, 'mayor.tluszcz')}"
    for who in ("implementing-body", "coordinator.tluszcz"):
        browser = panel.as_(who)
        for route in panel.app.routes:
            if getattr(route, "path", "").startswith("/admin"):
                path = route.path.replace("{person}", person.rpartition("/")[2])
                answers = {
                    (browser.post(path, {}, shown="/account") if method == "POST" else browser.get(path)).status_code
                    for method in route.methods - {"HEAD"}
                }
                assert answers == {403}, path
        for form in ({"do": "disable"}, {"do": "give", "role": "mlw-pilot:implementing_body"}):
            assert browser.post(person, form, shown="/account").status_code == 403
        assert browser.post("/admin/people/new", {"name": "Nowa Osoba"}, shown="/account").status_code == 403
        assert "/admin" not in browser.get("/account").text
    assert panel.browser().get("/admin").status_code == 303
    assert panel.as_("mayor.tluszcz").get("/account").status_code == 200


def test_who_administers_sees_no_pilot_by_that(panel: Panel) -> None:
    """Administering opens the administration and nothing else."""
    browser = admin(panel)
    assert all(browser.get(path).status_code == 200 for path in PAGES)
    assert 'href="/admin"' in browser.get("/account").text
    assert browser.get("/pilots/goscieradow").status_code == 404
    assert browser.get("/pilots/tluszcz").status_code == 200  # as a mentor there


def test_people_are_found_by_name_and_paged(panel: Panel) -> None:
    """Diacritics and case make no difference; fifty stand on a page."""
    for number in range(60):
        add_person(panel.desk, f"Łukasz Ćwik {number:02}")
    browser = admin(panel)
    first = browser.get("/admin/people?q=lukasz cwik").text
    assert first.count('<th scope="row"') == 50
    assert "strona 1 z 2" in first
    second = browser.get("/admin/people?q=lukasz+cwik&page=2").text
    assert second.count('<th scope="row"') == 10
    assert "Łukasz Ćwik 59" in second
    for odd in ("0", "-1", "x", "9" * 30, "٣"):
        assert browser.get(f"/admin/people?page={odd}").status_code == 200


def test_a_person_is_added_invited_shut_out_and_let_in_again(panel: Panel) -> None:
    """From the form to the mail with the link; shutting the account ends its sessions at once."""
    browser = admin(panel)
    page = "/admin/people/new"
    bad = browser.post(page, {"name": "Nowa Osoba", "email": "kein address", "language": "pl"})
    assert (bad.status_code, 'href="#email"' in bad.text) == (422, True)
    there = browser.post(page, {"name": "Nowa Osoba", "email": "nowa@demo.invalid", "language": "pl"})
    place = there.headers["location"].partition("?")[0]
    added = list(access.entries(panel.desk))[-1].entry
    assert (added.what, added.person, added.actor) == ("added", place[-32:], person_id(panel, "mentor.tluszcz"))
    assert browser.post(place, {"do": "invite"}).status_code == 303
    with panel.desk.database.read() as connection:
        assert outbox.mails(connection)[-1].kind == "invitation"
    account = next(one for one in manage.list_accounts(panel.desk) if one.login == "nowa@demo.invalid")
    assert (account.state, account.is_admin) == ("invited", False)
    mayor = panel.as_("mayor.tluszcz")
    place = f"/admin/people/{person_id(panel, 'mayor.tluszcz')}"
    assert browser.post(place, {"do": "disable"}).status_code == 303
    assert mayor.get("/account").status_code == 303
    assert "zablokowane" in browser.get(place).text
    assert browser.post(place, {"do": "enable"}).status_code == 303
    panel.as_("mayor.tluszcz")


def test_nobody_shuts_themselves_out(panel: Panel) -> None:
    """The button is not there, and a form sent all the same is refused."""
    browser = admin(panel)
    place = f"/admin/people/{person_id(panel, 'mentor.tluszcz')}"
    assert 'value="disable"' not in browser.get(place).text
    assert browser.post(place, {"do": "disable"}).status_code == 403
    assert browser.get(place).status_code == 200


def test_roles_are_given_and_ended_and_the_record_says_by_whom(panel: Panel) -> None:
    """A local role in one municipality; its end on a day; both are entries whose actor is who did it."""
    browser = admin(panel)
    place = f"/admin/people/{person_id(panel, 'mentor.tluszcz')}"
    form = {"do": "give", "role": "mlw-pilot:coordinator", "pilot": "goscieradow",
            "e-since-day": "1", "e-since-month": "6", "e-since-year": "2014"}  # fmt: skip
    assert browser.post(place, {**form, "role": ""}).status_code == 422
    assert browser.post(place, {**form, "pilot": "nowhere"}).status_code == 422
    assert browser.post(place, {**form, "e-since-day": "31"}).status_code == 422
    assert browser.post(place, form).status_code == 303
    with panel.desk.database.read() as connection:
        pilot = next(one for one in repositories.pilots(connection) if one.code == "goscieradow")
    entry = history(panel.desk, pilot)[-1][0]
    own = person_id(panel, "mentor.tluszcz")
    assert (entry.kind, entry.role, entry.person, entry.actor) == ("membership", "coordinator", own, own)
    assert "od 1 czerwca 2014" in text(browser.get(place))
    number = re.search(
        r'name="held" value="(\d)">\s*<input type="hidden" name="role" value="coordinator"', browser.get(place).text
    )
    assert number is not None
    end = {"do": "end", "held": number[1], "role": "coordinator", "since": "2014-06-01",
           "e-until-day": "30", "e-until-month": "6", "e-until-year": "2014"}  # fmt: skip
    assert browser.post(place, {**end, "since": "2014-06-02"}).status_code == 404
    assert browser.post(place, end).status_code == 303
    assert str(history(panel.desk, pilot)[-1][0].until) == "2014-06-30"


def test_a_role_of_the_whole_programme_is_given_everywhere(panel: Panel) -> None:
    """Whichever municipality was chosen, all four have it."""
    browser = admin(panel)
    place = f"/admin/people/{person_id(panel, 'mayor.tluszcz')}"
    assert browser.post(place, {"do": "give", "role": "mlw-pilot:implementing_body", "pilot": ""}).status_code == 303
    assert panel.as_("mayor.tluszcz").get("/pilots").text.count("govuk-task-list__item--with-link") == 4
    label = re.compile(r'Ustaw ostatni dzień<span class="govuk-visually-hidden">: (.*?)</span>')
    assert label.findall(browser.get(place).text) == [
        "Burmistrz lub wójt, Tłuszcz",
        "Jednostka wdrażająca (CRZL), Pilotaż Modelu Lokalnej Współpracy",
    ]


def test_programmes_are_shown_with_what_was_found(panel: Panel) -> None:
    """Each definition with its fingerprint, its municipalities and the findings."""
    page = text(admin(panel).get("/admin/programmes"))
    with panel.desk.database.read() as connection:
        info = repositories.definitions(connection)[0]
    assert info.hash in page
    assert "Sprawdz" in page


def test_settings_are_shown_without_secrets(open_panel: Callable[..., Panel], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where each comes from; a password in an address or a variable is never shown."""
    from mlw_workflow import settings as package

    panel = open_panel()
    environment = {
        "MLW_HOME": str(panel.settings.home),
        "MLW_SMTP_PASSWORD": "hunter2",
        "MLW_OIDC_SECRET": "hunter3",
        "MLW_DATABASE_URL": "postgresql://panel:hunter4@db.example/mlw",
    }
    told = package.load_settings(environment).in_force
    office = panel.app.state.office
    changed = replace(panel.settings, in_force=told, database_url="postgresql://panel:hunter4@db.example/mlw")
    panel.app.state.office = replace(office, settings=changed)
    page = text(admin(panel).get("/admin/settings"))
    assert "hunter" not in page
    assert "postgresql://panel:***@db.example/mlw" in page
    assert "MLW_DATABASE_URL" in page
    assert "MLW_SMTP_PASSWORD" in page
    assert "default.toml" in page
    assert "ustawione, nie pokazujemy" in page


def test_a_dead_mail_is_tried_again(panel: Panel) -> None:
    """It stands there with its reason and a button; a number that is none changes nothing."""
    from mlw_workflow import bootstrap
    from mlw_workflow.services.accounts import links

    links.ask_for_reset(
        panel.desk, bootstrap.open_mailroom(panel.settings), "http://panel.test", "mayor.tluszcz@demo.invalid"
    )
    with panel.desk.database.work() as work:
        work.connection.execute("UPDATE outbox SET status = 'dead', last_error = 'smtp 550'")
        work.commit()
    browser = admin(panel)
    page = browser.get("/admin/health").text
    found = re.search(r'name="mail" value="(\d+)"', page)
    assert found is not None
    assert browser.post("/admin/health", {"mail": found[1], "do": "again"}).status_code == 303
    with panel.desk.database.read() as connection:
        assert outbox.mails(connection)[-1].status == "waiting"
    assert browser.post("/admin/health", {"mail": "999", "do": "again"}).status_code == 400
    assert browser.post("/admin/health", {"mail": "x", "do": "again"}).status_code == 404


def test_a_second_factor_is_reset_and_a_link_forgotten(panel: Panel) -> None:
    """For whoever lost the telephone, or changed the name at the provider."""
    from mlw_workflow.storage import accounts, second_factors

    mayor, browser = person_id(panel, "mayor.tluszcz"), admin(panel)
    now = login.CLOCK.now()
    with panel.desk.database.work() as work:
        second_factors.add(work.connection, mayor, "sealed", now)
        second_factors.confirm(work.connection, mayor, 1, now)
        second_factors.set_backup_codes(work.connection, mayor, [digest("x")])
        accounts.add_identity(work.connection, "https://login.test", "s", mayor, now)
        work.commit()
    place = f"/admin/people/{mayor}"
    assert browser.post(place, {"do": "reset"}).status_code == 303
    assert browser.post(place, {"do": "unlink"}).status_code == 303
    assert login.log_in(panel.desk, "mayor.tluszcz@demo.invalid", PASSWORD).complete
    with panel.desk.database.read() as connection:
        assert accounts.identities_of(connection, mayor) == []
    assert browser.post(place, {"do": "fly"}).status_code == 404
    assert browser.get("/admin/people/nobody").status_code == 404


def test_programs_are_told_what_they_may_and_no_more_once_that_is_switched_off(
    open_panel: Callable[..., Panel],
) -> None:
    """An address is added with a secret that is shown once, tried out, failed, and switched off; each told plainly."""
    panel = open_panel(webhooks_to_this_computer=True)
    browser, page = admin(panel), "/admin/webhooks"
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}/hook"
    good = {"url": nobody, "person": "coordinator.tluszcz@demo.invalid", "event": "entry.refused", "pilot": "tluszcz"}
    for wrong, place in (({"url": "ftp://x"}, "url"), ({"person": "Nikt Taki"}, "person"), ({"event": ""}, "event")):
        refused = browser.post(page, {**good, **wrong})
        assert (refused.status_code, f'href="#{place}"' in refused.text) == (422, True), place
        assert place == "url" or f'value="{nobody}"' in refused.text
    assert browser.post(page, {**good, "pilot": "nosuchplace"}).status_code == 404
    made = browser.post(page, good)
    secret = re.search(r"whsec_[\w+/=]+", made.text)
    assert (made.status_code, secret is not None) == (200, True)
    listed = browser.get(page).text
    assert "whsec_" not in listed
    assert "Nic jeszcze nie wysłano." in listed
    (hook,) = webhooks.webhooks(panel.desk)
    tried = browser.post(f"{page}/try", {"number": hook.id}, shown=page)
    assert "Próbnego powiadomienia nie przyjęto: nikt tam nie odpowiada." in text(
        browser.get(tried.headers["location"])
    )
    step = "/api/v1/pilots/tluszcz/tasks/w06/steps/code"
    panel.program("coordinator.tluszcz").post(step, json={}, headers={"if-match": "*"})
    hooks = bootstrap.open_webhooks(panel.settings)
    assert announce(panel.desk, hooks) == 1
    assert "czeka na wysłanie" in browser.get(page).text
    post_events(panel.desk, hooks)
    assert "nieprzyjęte (nikt tam nie odpowiada), następna próba" in text(browser.get(page))
    assert browser.post(f"{page}/off", {"number": hook.id}, shown=page).status_code == 303
    ended = text(browser.get(page))
    assert "bez dalszych prób" in ended
    assert f"{page}/off" not in ended
    assert webhooks.webhooks(panel.desk)[0].disabled_at is not None
