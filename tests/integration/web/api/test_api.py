"""The API as programs use it: tokens, problems, preconditions, keys, cursors, and each kind of answer."""

from __future__ import annotations

import base64
import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio
import httpx
import pytest
from starlette.testclient import TestClient

from mlw_workflow.interfaces.api import schemas
from mlw_workflow.interfaces.api.routes import MODULES, control
from mlw_workflow.interfaces.api.routes import entries as routes_entries
from mlw_workflow.services import access, idempotency
from mlw_workflow.services.accounts import api_tokens, throttle
from mlw_workflow.services.accounts.manage import disable
from mlw_workflow.services.audit import verify
from mlw_workflow.services.signing import new_key
from mlw_workflow.storage import accounts, repositories, second_factors
from mlw_workflow.storage import api_tokens as api_storage

ROOT = "/api/v1"
TLUSZCZ = f"{ROOT}/pilots/tluszcz"
STEP = f"{TLUSZCZ}/tasks/w07/steps/appoint"
METAS = [meta for module in MODULES for meta in module.routes.metas]
PLACES = {
    "code": "tluszcz", "machine": "w06", "trigger": "code", "seq": "2", "finding": "recorded_late", "size": "1",
    "sha256": "0" * 64, "definition": "sha256:" + "0" * 64, "number": "0" * 12, "person": "nobody", "problem": "stale",
}  # fmt: skip
BODIES: dict[str, Any] = {
    "/pilots/{code}/tasks/{machine:machine}/snooze": {"until": "2014-06-05", "reason": "urlop"},
    "/pilots/{code}/findings/{finding}/answers": {"place": "7", "answer": "explained", "text": "opis"},
    "/pilots/{code}/deputies": {"deputy": "x", "until": "2014-07-01"},
    "/pilots/{code}/deputies/end": {"deputy": "x", "since": "2014-07-01"},
    "/pilots/{code}/members": {"person": "x", "role": "coordinator"},
    "/pilots/{code}/members/end": {"person": "x", "role": "coordinator"},
    "/pilots/{code}/public-page": {"shown": True},
    "/people": {"name": "Ktoś Nowy"},
    "/webhooks": {"url": "https://hooks.example/x", "events": ["entry.recorded"]},
}
QUERIES = {"/pilots/{code}/diff": "?from=2014-03-01&to=2014-05-01", "/consistency": "?old=1"}


def address(path: str, **places: str) -> str:
    """A route's address with its places filled in."""
    filled = path.replace(":machine", "")
    for name, value in {**PLACES, **places}.items():
        filled = filled.replace("{" + name + "}", value)
    return ROOT + filled + QUERIES.get(path, "")


def ask(client: TestClient, meta: Any, **places: str) -> Any:
    """Ask a route of the API with whatever it needs."""
    headers = {"if-match": "*"} if meta.head else {}
    if meta.raw:
        return client.post(address(meta.path, **places), content=b"x", headers=headers)
    given = {"json": BODIES.get(meta.path, {})} if meta.body else {}
    return client.request(meta.method, address(meta.path, **places), headers=headers, **given)


def tag(client: TestClient, code: str = "tluszcz") -> str:
    """What a write names in If-Match."""
    found: str = client.get(f"{ROOT}/pilots/{code}").json()["etag"]
    return found


def entries(panel: Any, code: str = "tluszcz") -> int:
    """How many entries a pilot's log has."""
    with panel.desk.database.read() as connection:
        pilot = next(pilot for pilot in repositories.pilots(connection) if pilot.code == code)
        head = repositories.head(connection, pilot.id)
    assert head is not None
    return head.seq


def at_once(app: Any, times: int, body: Any, headers: dict[str, str]) -> list[Any]:
    """The answers to one step that is sent so many times at once."""

    async def all_of_them() -> list[Any]:
        found: list[Any] = []

        async def one(client: httpx.AsyncClient) -> None:
            found.append(await client.post(STEP, json=body, headers=headers))

        transport = httpx.ASGITransport(app)
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://panel.test") as client,
            anyio.create_task_group() as group,
        ):
            for _ in range(times):
                group.start_soon(one, client)
        return found

    return anyio.run(all_of_them)


# Who may ask


@pytest.mark.parametrize("meta", [m for m in METAS if m.scope], ids=lambda m: f"{m.method} {m.path}")
def test_without_a_token_nothing_is_answered(module_panel: Any, meta: Any) -> None:
    """A program without a token, or one that is logged in as people are, is asked for one."""
    answer = ask(TestClient(module_panel.app), meta)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_session_of_the_panel_does_not_count(panel: Any) -> None:
    """A cookie opens nothing here, so that no page of somebody else's can use it."""
    browser = panel.as_("coordinator.tluszcz")
    assert browser.get("/pilots/tluszcz").status_code == 200
    assert browser.get(TLUSZCZ).status_code == 401


@pytest.mark.parametrize("login", ["coordinator.tluszcz", "animator.tluszcz", "mayor.tluszcz", "mentor.tluszcz",
                                   "stakeholder.tluszcz", "zsl-member.tluszcz"])  # fmt: skip
def test_another_municipality_is_not_there(module_panel: Any, login: str) -> None:
    """Every route × another municipality's pilot: as if it were not there, also for a token of every scope."""
    client = module_panel.program(login, "read", "write", "audit")
    for meta in METAS:
        if "{code}" in meta.path:
            answer = ask(client, meta, code="goscieradow")
            assert answer.status_code in (403, 404), (meta, answer.text)
            missing = ask(client, meta, code="nosuchplace")
            assert answer.status_code == missing.status_code, meta
            told, other = answer.json(), missing.json()
            assert told["code"] == other["code"]
    assert "goscieradow" not in client.get(f"{ROOT}/pilots").text
    assert "goscieradow" not in client.get(f"{ROOT}/entries").text


def test_a_scope_that_is_missing_is_named(module_panel: Any) -> None:
    """Every route asked with a token of all other scopes: 403, and nothing is recorded."""
    before = entries(module_panel)
    for scope in ("read", "write", "audit"):
        others = [other for other in ("read", "write", "audit") if other != scope]
        client = module_panel.program("implementing-body", *others)
        for meta in METAS:
            if meta.scope == scope:
                answer = ask(client, meta)
                assert answer.status_code == 403, meta
                assert answer.json()["code"] == "scope_missing"
                assert f'scope="{scope}"' in answer.headers["www-authenticate"]
    client = module_panel.program("implementing-body", "read", "write", "audit")
    for meta in METAS:
        if meta.scope == "admin":
            assert ask(client, meta).status_code == 403, meta
    assert entries(module_panel) == before


def test_a_token_ends_with_its_day_its_revocation_and_its_account(panel: Any) -> None:
    """A token that has run out, was revoked, or whose account is shut is refused with one and the same answer."""
    person = panel.holder("mayor.tluszcz").person.id
    long_ago = type("Clock", (), {"now": staticmethod(lambda: datetime.now(UTC) - timedelta(days=91))})()
    old = api_tokens.new_api_token(panel.desk, person, "old", ["read"], 90, long_ago)[1]
    gone, revoked = api_tokens.new_api_token(panel.desk, person, "gone", ["read"])
    api_tokens.revoke(panel.desk, gone.id)
    open_, shut = api_tokens.new_api_token(panel.desk, person, "shut", ["read"])
    client = TestClient(panel.app)
    assert client.get(f"{ROOT}/me", headers={"authorization": f"Bearer {shut}"}).status_code == 200
    used = next(token for token, _ in api_tokens.api_tokens(panel.desk, person) if token.id == open_.id)
    assert used.used_on is not None
    disable(panel.desk, person)
    answers = [client.get(f"{ROOT}/me", headers={"authorization": f"Bearer {t}"}) for t in (old, revoked, shut, "no")]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(401, "token_refused")}


def test_wrong_tokens_are_slowed_down_and_right_ones_never(panel: Any) -> None:
    """Whoever tries tokens is kept waiting; a program with a good one from the same address is not."""
    client, good = TestClient(panel.app), panel.program("mayor.tluszcz")
    wrong = {"authorization": "Bearer mlw_guessed"}
    codes = [client.get(f"{ROOT}/me", headers=wrong).status_code for _ in range(throttle.FREE["address"] + 3)]
    assert codes[0] == 401
    assert codes[-1] == 429
    assert int(client.get(f"{ROOT}/me", headers=wrong).headers["retry-after"]) >= 60
    assert good.get(f"{ROOT}/me").status_code == 200


# What is answered


def differences(value: Any, shape: Any, place: str = "$") -> list[str]:
    """Where an answer is not of the schema in the document."""
    from jsonschema import Draft202012Validator

    made = {**schemas.schema(shape), "components": {"schemas": schemas.components()}}
    return [f"{place}: {error.message}" for error in Draft202012Validator(made).iter_errors(value)]


def test_every_read_answers_in_its_shape(module_panel: Any) -> None:
    """Each address that reads answers the implementing body with what the document promises."""
    client = module_panel.program("implementing-body", "read", "write", "audit")
    seen = 0
    for meta in METAS:
        if meta.method != "GET" or meta.scope == "admin" or meta.media:
            continue
        answer = ask(client, meta)
        if answer.status_code == 404:
            assert meta.path.startswith(("/programmes/", "/checkpoints", "/consistency", "/webhooks/")) or (
                "proof" in meta.path
            ), (meta, answer.text)
            continue
        assert answer.status_code == 200, (meta, answer.text)
        shape = {**schemas._EVERY[meta.answer], **({"next": "str|null"} if meta.paged else {})}
        assert differences(answer.json(), shape) == [], meta
        again = client.get(address(meta.path), headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b""), meta
        seen += 1
    assert seen > 25


def test_head_says_what_get_says_and_no_more(module_panel: Any) -> None:
    """The same status and headers without a body, also of a problem; where nothing is read it is no method."""
    client = module_panel.program("coordinator.tluszcz")
    for path, status in ((f"{TLUSZCZ}/board", 200), (f"{ROOT}/nosuch", 404), (f"{TLUSZCZ}/deputies/end", 405)):
        head, read = client.head(path), client.get(path)
        assert (head.status_code, read.status_code, head.content) == (status, status, b"")
        for name in ("content-type", "content-length", "etag", "allow"):
            assert head.headers.get(name) == read.headers.get(name), (path, name)


def test_problems_are_told_in_the_language_that_is_asked_for(module_panel: Any) -> None:
    """Addresses that are none, methods that are none, wrong data, wrong types: RFC 9457, in Polish or English."""
    client = module_panel.program("coordinator.tluszcz")
    for language, word in (("pl", "Nie ma"), ("en;q=0.9, pl;q=0.1", "There is no")):
        told = client.get(f"{ROOT}/nosuch", headers={"accept-language": language})
        assert told.headers["content-type"] == "application/problem+json"
        assert told.json()["title"].startswith(word)
        for missing in (f"{ROOT}/pilots/nosuch", f"{TLUSZCZ}/tasks/w99"):
            unknown = client.get(missing, headers={"accept-language": language})
            assert unknown.status_code == 404
            assert "mlw " not in unknown.text, "nobody types commands into a program's request"
    method = client.put(STEP)
    assert method.status_code == 405
    assert method.headers["allow"] == "GET, HEAD, POST"
    assert client.post(STEP, content="x", headers={"content-type": "text/plain"}).status_code == 415
    invalid = client.post(STEP, json={"occured_on": "2014-06-10"}, headers={"accept-language": "en"})
    assert invalid.status_code == 422
    assert invalid.json()["errors"] == [
        {"at": "body.occured_on", "code": "extra_forbidden", "message": "there is no such name"}
    ]
    for body in (b"{", b'{"evidence": {"a": "\\ud800"}}', b'{"evidence": {"a": NaN}}', b"[" * 100_000):
        answer = client.post(STEP, content=body, headers={"content-type": "application/json", "if-match": "*"})
        assert answer.status_code in (400, 422), body[:30]
    large = client.post(STEP, content=b" " * 3_000_000, headers={"content-type": "application/json"})
    assert large.status_code == 413
    for problem in ("stale", "refused", "token_refused"):
        assert client.get(f"{ROOT}/problems/{problem}").json()["type"] == f"{ROOT}/problems/{problem}"


# Writes


def test_a_refusal_names_the_way_out_and_the_way_out_leads_there(panel: Any) -> None:
    """Coding is refused with reasons and steps; the mayor takes one of them over the API, and coding comes nearer."""
    client = panel.program("coordinator.tluszcz")
    before = entries(panel)
    preview = client.post(f"{TLUSZCZ}/tasks/w06/steps/code/preview", json={})
    assert (preview.status_code, preview.json()["outcome"], preview.json()["entry"]) == (200, "refused", None)
    assert entries(panel) == before
    refused = client.post(f"{TLUSZCZ}/tasks/w06/steps/code", json={}, headers={"if-match": tag(client)})
    told = refused.json()
    assert refused.status_code == 409
    assert (told["code"], told["type"]) == ("refused", f"{ROOT}/problems/refused")
    assert entries(panel) == before + 1 == told["entry"]["seq"]
    assert {reason["code"] for reason in told["reasons"]} >= {"prerequisite_unmet"}
    step = next(step for step in told["way_out"] if step["machine"] == "w07")
    mayor = panel.program("mayor.tluszcz")
    form = mayor.get(f"{TLUSZCZ}/tasks/w07/steps/{step['trigger']}").json()
    evidence = {"order_number": "12/2014"}
    assert form["evidence"]["properties"].keys() >= evidence.keys()
    body = {"occurred_on": step["earliest_on"], "evidence": evidence}
    done = mayor.post(STEP, json=body, headers={"if-match": refused.headers["etag"]})
    assert (done.status_code, done.json()["outcome"]) == (200, "admitted"), done.text
    again = client.post(f"{TLUSZCZ}/tasks/w06/steps/code/preview", json={}).json()
    assert len(again["way_out"]) < len(told["way_out"])
    wrong = mayor.post(f"{TLUSZCZ}/tasks/w07/steps/correct", json={}, headers={"if-match": done.headers["etag"]})
    assert wrong.status_code == 422
    assert {reason["code"] for reason in wrong.json()["reasons"]} == {"role_not_allowed", "evidence_missing"}


def test_nobody_accepts_what_they_have_not_read(panel: Any) -> None:
    """As on pages: preview and step say which entries are unread, nothing is recorded; once read, it is accepted."""
    client, step = panel.program("implementing-body", "read", "write", "audit"), f"{TLUSZCZ}/tasks/w05/steps/accept"
    before = entries(panel)
    for answer in (
        client.post(f"{step}/preview", json={}),
        client.post(step, json={}, headers={"if-match": tag(client)}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "acceptance_unread"), answer.text
        assert "trzeba zapoznać się z danymi" in answer.json()["detail"]
    assert entries(panel) == before
    for seq in answer.json()["entries"]:
        assert client.get(f"{TLUSZCZ}/entries/{seq}/evidence").status_code == 200
    assert client.post(step, json={}, headers={"if-match": tag(client)}).status_code == 200


def test_the_queue_names_what_to_accept_and_who_may_not(panel: Any) -> None:
    """Page by page the oldest first, with the step, the last entry, and the entries that must be read before."""
    client = panel.program("implementing-body", "read", "write", "audit")
    page = client.get(f"{ROOT}/queue?limit=1").json()
    whole = client.get(f"{ROOT}/queue").json()["waiting"]
    assert (page["waiting"], len(whole) > 1) == (whole[:1], True)
    assert client.get(page["next"]).json()["waiting"] == whole[1:2]
    assert [item["since"] for item in whole] == sorted(item["since"] for item in whole)
    item = next(item for item in whole if (item["code"], item["machine"]) == ("tluszcz", "w05"))
    assert (item["accept"], item["own"], bool(item["unread"])) == ("accept", [], True)
    for seq in item["unread"]:
        client.get(f"{TLUSZCZ}/entries/{seq}/evidence")
    step = f"{TLUSZCZ}/tasks/{item['machine']}/steps/{item['accept']}"
    done = client.post(step, json={"seen": item["seen"]}, headers={"if-match": tag(client)})
    assert done.status_code == 200, done.text
    left = client.get(f"{ROOT}/queue").json()["waiting"]
    assert left == [other for other in whole if other != item]
    assert panel.program("stakeholder.tluszcz").get(f"{ROOT}/queue").json() == {"waiting": [], "next": None}


def test_a_public_page_is_switched_by_those_who_may(panel: Any) -> None:
    """On, and anybody reads it; off, and it is not there; a role that does not publish is refused."""
    coordinator, page = panel.program("coordinator.tluszcz"), f"{TLUSZCZ}/public-page"
    client = next(one for one in (coordinator, panel.program("mayor.tluszcz")) if one.get(page).json()["may"])
    for shown, status in ((False, 404), (True, 200), (False, 404)):
        told = client.put(page, json={"shown": shown})
        assert (told.status_code, told.json()["shown_since"] is not None) == (200, shown), told.text
        assert client.get(page).json() == told.json()
        assert TestClient(panel.app, base_url="http://panel.test").get("/public/tluszcz").status_code == status
    other = panel.program("stakeholder.tluszcz")
    refused = other.put(page, json={"shown": True})
    assert (refused.status_code, refused.json()["code"], other.get(page).json()["may"]) == (403, "forbidden", False)


def test_the_graph_has_every_task_and_what_each_needs(module_panel: Any) -> None:
    """Each end of an edge is a node; periods are counted; the coding of W06 waits for the appointment of W07."""
    told = module_panel.program("coordinator.tluszcz").get(f"{TLUSZCZ}/graph").json()
    nodes = {node["id"]: node for node in told["nodes"]}
    assert all({edge["task"], edge["needs"]} <= nodes.keys() for edge in told["edges"])
    assert max(node["total"] for node in nodes.values()) > 1
    edge = next(
        one for one in told["edges"] if (one["task"], one["needs"], one["state"]) == ("w06", "w07", "appointed")
    )
    assert ("code" in edge["triggers"], edge["met"]) == (True, False)


def test_a_write_that_does_not_know_the_pilot_as_it_is_records_nothing(panel: Any) -> None:
    """Without If-Match 428; with a stale one 412 and the entries that came in between."""
    mayor = panel.program("mayor.tluszcz")
    body = {"evidence": {"order_number": "12/2014"}}
    known, before = tag(mayor), entries(panel)
    assert mayor.post(STEP, json=body).json()["code"] == "precondition_required"
    assert mayor.post(STEP, json=body).status_code == 428
    panel.program("coordinator.tluszcz").post(f"{TLUSZCZ}/tasks/w06/steps/code", json={}, headers={"if-match": known})
    stale = mayor.post(STEP, json=body, headers={"if-match": known})
    assert stale.status_code == 412
    assert [entry["kind"] for entry in stale.json()["changed"]] == ["refusal"]
    assert entries(panel) == before + 1
    assert mayor.post(STEP, json=body, headers={"if-match": stale.json()["current"]}).status_code == 200


@pytest.mark.both_databases
def test_of_several_who_know_the_same_pilot_one_writes(panel: Any) -> None:
    """All name the entry that was last when they looked: one step is recorded, the others are told what changed."""
    mayor, before = panel.program("mayor.tluszcz"), entries(panel)
    body = {"evidence": {"order_number": "12/2014"}}
    headers = {"if-match": tag(mayor), "authorization": mayor.headers["authorization"]}
    answers = at_once(panel.app, 6, body, headers)
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412, 412]
    assert entries(panel) == before + 1


@pytest.mark.both_databases
def test_a_write_sent_twice_under_one_key_is_recorded_once(panel: Any) -> None:
    """The same answer again, also for a refusal; another body under the key is 422; many at once leave one entry."""
    mayor, before = panel.program("mayor.tluszcz"), entries(panel)
    body = {"evidence": {"order_number": "12/2014"}}
    headers = {"if-match": tag(mayor), "idempotency-key": "a-1"}
    answers = at_once(panel.app, 6, body, {**headers, "authorization": mayor.headers["authorization"]})
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert entries(panel) == before + 1
    again = mayor.post(STEP, json=body, headers=headers)
    first = next(answer for answer in answers if answer.status_code == 200)
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["etag"] == first.headers["etag"]
    other = mayor.post(STEP, json={"evidence": {}}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    refusing = {"if-match": tag(mayor), "idempotency-key": "a-2"}
    refusals = [mayor.post(STEP, json=body, headers=refusing) for _ in range(2)]
    assert [answer.status_code for answer in refusals] == [409, 409]
    assert refusals[0].json()["entry"] == refusals[1].json()["entry"]
    assert entries(panel) == before + 2
    stale = {"if-match": '"1-0000000000000000"', "idempotency-key": "a-3"}
    assert mayor.post(STEP, json=body, headers=stale).status_code == 412
    fresh = {"if-match": tag(mayor), "idempotency-key": "a-3"}
    assert mayor.post(STEP, json=body, headers=fresh).status_code == 409, "the key is free after what was not recorded"
    stranger = panel.program("coordinator.tluszcz")
    assert stranger.post(STEP, json=body, headers=headers).status_code != 200


def test_a_key_that_is_given_back_at_this_moment_is_taken(panel: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where several write at once, a key may be there when it is to be entered and gone when it is looked at."""
    person, looked = panel.holder("mayor.tluszcz").person.id, api_storage.key
    assert idempotency.begin(panel.desk, person, "a-1", "f") is None

    def gone(connection: Any, *key: str) -> None:
        monkeypatch.setattr(api_storage, "key", looked)
        api_storage.drop_key(connection, *key)

    monkeypatch.setattr(api_storage, "key", gone)
    assert idempotency.begin(panel.desk, person, "a-1", "f") is None


def test_a_file_is_evidence_only_for_whoever_sent_it(panel: Any) -> None:
    """A digest that somebody else sent opens nothing: evidence names one's own files."""
    coordinator, mayor = panel.program("coordinator.tluszcz"), panel.program("mayor.tluszcz")
    sent = coordinator.post(f"{ROOT}/files?name=..%2F..%2Fprotokół.pdf", content=b"%PDF-1.4 protokol")
    assert sent.status_code == 201
    assert sent.json()["name"] == "protokół.pdf"
    assert coordinator.post(f"{ROOT}/files", content=b"").json()["code"] == "file_empty"
    from mlw_workflow.domain.definition import Field
    from mlw_workflow.domain.texts import Text
    from mlw_workflow.interfaces.api.call import Call
    from mlw_workflow.interfaces.api.problems import Problem
    from mlw_workflow.interfaces.api.routes.tasks import _with_files

    fields = (Field("minutes", "file", Text("a", "a")),)
    for client, known in ((coordinator, True), (mayor, False)):
        scope = {"type": "http", "headers": [(b"authorization", client.headers["authorization"].encode())],
                 "client": None}  # fmt: skip
        from starlette.requests import Request

        call = Call(panel.app.state.office, Request(scope))
        if known:
            assert _with_files(call, fields, {"minutes": {"sha256": sent.json()["sha256"], "size": 1}}) == {
                "minutes": sent.json()
            }
        else:
            with pytest.raises(Problem):
                _with_files(call, fields, {"minutes": sent.json()})


# Administering


def test_accounts_are_opened_and_shut_over_the_api(panel: Any) -> None:
    """Somebody new is invited by mail and administers nothing; a shut account lets no token in, until it is opened."""
    admin = panel.program("admin", "read", "admin")
    new = admin.post(f"{ROOT}/people", json={"name": "Nowa Osoba", "email": "nowa@gmina.example"}).json()["id"]
    place = f"{ROOT}/people/{new}/account"
    assert (admin.get(place).status_code, admin.get(place).json()["code"]) == (404, "account_unknown")
    invited = admin.post(place, json={})
    assert (invited.status_code, differences(invited.json(), schemas._EVERY["Account"])) == (201, []), invited.text
    assert (invited.json()["state"], invited.json()["admin"]) == ("invited", False)
    with panel.desk.database.read() as connection:
        assert connection.rows("SELECT 1 FROM outbox WHERE recipient = ?", new)
    mayor, person = panel.program("mayor.tluszcz"), panel.holder("mayor.tluszcz").person.id
    for do, state, status in (("disable", "disabled", 401), ("enable", "open", 200)):
        told = admin.post(f"{ROOT}/people/{person}/account/{do}", json={})
        assert (told.status_code, told.json()["state"]) == (200, state), told.text
        assert mayor.get(f"{ROOT}/me").status_code == status
    own = panel.holder("admin").person.id
    assert admin.post(f"{ROOT}/people/{own}/account/disable", json={}).status_code == 403
    assert admin.get(f"{ROOT}/people/nosuch/account").status_code == 404


def test_a_program_helps_whoever_lost_a_telephone_or_a_name_elsewhere(panel: Any) -> None:
    """The second factor goes, with the sessions; so does the link to the provider. Nobody does so for themselves."""
    admin, now = panel.program("admin", "read", "admin"), panel.desk.clock.now()
    mayor, own = panel.holder("mayor.tluszcz").person.id, panel.holder("admin").person.id
    browser = panel.as_("mayor.tluszcz")
    with panel.desk.database.work() as work:
        second_factors.add(work.connection, mayor, "secret", now)
        accounts.add_identity(work.connection, "https://id.example", "m", mayor, now)
        work.commit()
    for do in ("reset-second-factor", "unlink-provider"):
        told = admin.post(f"{ROOT}/people/{mayor}/account/{do}", json={})
        assert (told.status_code, differences(told.json(), schemas._EVERY["Account"])) == (200, []), told.text
    with panel.desk.database.read() as connection:
        assert second_factors.second_factor(connection, mayor) is None
        assert accounts.identities_of(connection, mayor) == []
    assert browser.get("/my").status_code == 303
    assert admin.post(f"{ROOT}/people/{own}/account/reset-second-factor", json={}).status_code == 403


@pytest.mark.both_databases
def test_what_a_program_may_administer(panel: Any) -> None:
    """Somebody is added, given a role, seen in the lists, and the role ends; a checkpoint is made; health is told."""
    admin = panel.program("admin", "read", "audit", "admin")
    by = panel.holder("admin").person.id
    added = admin.post(f"{ROOT}/people", json={"name": "Nowa Osoba", "email": "nowa@gmina.example"})
    assert (added.status_code, differences(added.json(), schemas._EVERY["Person"])) == (201, []), added.text
    person = added.json()["id"]
    logged = admin.get(f"{ROOT}/access?limit=200").json()["access"][-1]
    assert (logged["kind"], logged["what"], logged["person"]) == ("change", "added", person)
    assert [line.entry.actor for line in access.entries(panel.desk)][-1] == by
    again = admin.post(f"{ROOT}/people", json={"name": "Nowa Osoba"})
    assert (again.status_code, again.json()["code"]) == (409, "person_exists")
    role = {"person": person, "role": "animator", "since": "2014-06-01"}
    given = admin.post(f"{TLUSZCZ}/members", json=role, headers={"if-match": tag(admin)})
    assert given.status_code == 201, given.text
    assert differences(given.json(), schemas._EVERY["members"]) == []
    mine = [held for held in admin.get(f"{ROOT}/members?limit=200").json()["members"] if held["person"] == person]
    assert [(held["role"], held["since"], held["until"]) for held in mine] == [("animator", "2014-06-01", None)]
    end = {"person": person, "role": "animator", "until": "2014-06-30"}
    ended = admin.post(f"{TLUSZCZ}/members/end", json=end, headers={"if-match": given.headers["etag"]})
    assert (ended.status_code, ended.json()["members"][0]["until"]) == (200, "2014-06-30"), ended.text
    twice = admin.post(f"{TLUSZCZ}/members/end", json=end, headers={"if-match": "*"})
    assert (twice.status_code, twice.json()["code"]) == (409, "membership_unknown")
    whole = {"person": person, "role": "implementing_body", "since": "2014-06-01", "until": "2014-06-30"}
    everywhere = admin.post(f"{TLUSZCZ}/members", json=whole, headers={"if-match": "*"})
    assert len(everywhere.json()["members"]) == 4, "a role of the programme goes to all its pilots"
    written = panel.program("coordinator.tluszcz").get(f"{TLUSZCZ}/entries?limit=4&order=newest").json()["entries"]
    assert [entry["actor"] for entry in written[:3]] == [by] * 3
    health = admin.get(f"{ROOT}/health")
    assert (health.status_code, differences(health.json(), schemas._EVERY["doctor"])) == (200, [])
    new_key(panel.desk)
    made = admin.post(f"{ROOT}/checkpoints", json={}, headers={"idempotency-key": "c-1"})
    assert (made.status_code, differences(made.json(), schemas._EVERY["audit_checkpoint"])) == (200, []), made.text
    size = made.json()["size"]
    assert [one["size"] for one in admin.get(f"{ROOT}/checkpoints").json()["checkpoints"]][-1] == size
    assert admin.get(f"{ROOT}/checkpoints/{size}").json()["note"]
    assert admin.post(f"{ROOT}/checkpoints", json={}).json()["size"] == size, "nothing is new"
    proof = admin.get(f"{ROOT}/consistency?old={size}")
    assert (proof.status_code, differences(proof.json(), schemas._EVERY["audit_consistency"])) == (200, []), proof.text


# What takes long


def test_no_page_waits_for_a_verification(panel: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a program has the record verified, others are answered; then it is answered too."""
    asked, answered = threading.Event(), threading.Event()

    def verified(*given: Any) -> Any:
        asked.set()
        assert answered.wait(10), "the other request waited for this one"
        return verify(*given)

    monkeypatch.setattr(control, "verify", verified)
    headers = {"authorization": panel.program("implementing-body", "read", "audit").headers["authorization"]}
    found: list[Any] = []

    async def both() -> None:
        transport = httpx.ASGITransport(panel.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://panel.test", headers=headers) as client:

            async def long() -> None:
                found.append(await client.get(f"{TLUSZCZ}/verification"))

            async with anyio.create_task_group() as group:
                group.start_soon(long)
                await anyio.to_thread.run_sync(asked.wait, 30)
                assert (await client.get(TLUSZCZ)).status_code == 200
                assert (await client.get("/")).status_code == 200
                answered.set()

    anyio.run(both)
    assert (found[0].status_code, found[0].json()["holds"]) == (200, True)


# Lists


@pytest.mark.both_databases
def test_a_list_goes_on_where_it_ended_whatever_is_added(panel: Any) -> None:
    """Every entry once, in both orders, though entries are added between two pages; a cursor fits its query alone."""
    client = panel.program("coordinator.tluszcz", "read", "write", "audit")
    seen: list[int] = []
    following, pages = f"{TLUSZCZ}/entries?limit=5", 0
    before = entries(panel)
    while following:
        answer = client.get(following)
        seen += [entry["seq"] for entry in answer.json()["entries"]]
        following = answer.json()["next"]
        if following:
            assert answer.headers["link"] == f'<{following}>; rel="next"'
        pages += 1
        if pages == 2:
            client.post(f"{TLUSZCZ}/tasks/w06/steps/code", json={}, headers={"if-match": "*"})
    assert seen == list(range(1, before + 2))
    newest = client.get(f"{TLUSZCZ}/entries?limit=2&order=newest").json()
    client.post(f"{TLUSZCZ}/tasks/w06/steps/code", json={}, headers={"if-match": "*"})
    assert [entry["seq"] for entry in client.get(newest["next"]).json()["entries"]] == [before - 1, before - 2]
    other = newest["next"].replace("order=newest", "order=oldest")
    assert client.get(other).json()["code"] == "cursor_invalid"
    assert client.get(f"{TLUSZCZ}/entries?cursor=W10").json()["code"] == "cursor_invalid"
    assert client.get(f"{TLUSZCZ}/entries?outcome=refused").json()["entries"][-1]["outcome"] == "refused"
    assert client.get(f"{TLUSZCZ}/entries?limit=1000").status_code == 422


def followed(client: TestClient, address: str) -> tuple[list[tuple[str, int]], int]:
    """Every entry of a list, page by page, as pilot and number; and how many pages there were."""
    found, pages, following = [], 0, address
    while following:
        answer = client.get(following).json()
        found += [(entry["pilot"], entry["seq"]) for entry in answer["entries"]]
        following, pages = answer["next"], pages + 1
    return found, pages


def test_the_logs_of_all_pilots_are_one_list(panel: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pilot by pilot, every entry once, in either order; one that is looked for and rare is found page by page."""
    client = panel.program("implementing-body", "read", "audit")
    codes = sorted(pilot["code"] for pilot in client.get(f"{ROOT}/pilots").json()["pilots"])
    every = [(code, seq) for code in codes for seq in range(1, entries(panel, code) + 1)]
    assert len(codes) == 4
    assert followed(client, f"{ROOT}/entries?limit=40")[0] == every
    assert followed(client, f"{ROOT}/entries?limit=40&order=newest")[0] == every[::-1]
    monkeypatch.setattr(routes_entries, "LOOKED_MAX", 9)
    openings, pages = followed(client, f"{ROOT}/entries?kind=opening")
    assert openings == [(code, 1) for code in codes]
    assert pages == -(-len(every) // 9), "nine are looked at for each"
    for place in ('["tluszcz", 4294967296]', '["\\u0000", 1]', '["\\ud800", 1]', '["tluszcz", "1"]', "[1, 1]"):
        call = client.get(f"{ROOT}/entries?limit=1").json()["next"]
        cursor = parse_qs(urlsplit(call).query)["cursor"][0]
        query = json.loads(base64.urlsafe_b64decode(cursor + "=="))[0]
        forged = base64.urlsafe_b64encode(f'["{query}", {place}]'.encode()).decode()
        answer = client.get(f"{ROOT}/entries", params={"limit": 1, "cursor": forged})
        assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid"), place


def test_more_pilots_are_no_more_queries(panel: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reaches four logs asks the database as often as whoever reaches one, in the middle of the list too."""
    asked: list[str] = []
    driver = type(panel.desk.database.driver)
    whole, one = (panel.program(login, "read", "audit") for login in ("implementing-body", "coordinator.tluszcz"))
    there = [[f"{ROOT}/entries?limit=3", client.get(f"{ROOT}/entries?limit=3").json()["next"], f"{ROOT}/people?limit=3"]
             for client in (whole, one)]  # fmt: skip
    whole.get(there[0][0])  # noting the other token's use was a commit, after which who looks is found out anew
    for name in ("execute", "stream"):
        told = getattr(driver, name)

        def also(own: Any, raw: Any, statement: str, *given: Any, told: Any = told) -> Any:
            asked.append(statement)
            return told(own, raw, statement, *given)

        monkeypatch.setattr(driver, name, also)
    for addresses in zip(*there, strict=True):
        counts = []
        for client, address_ in zip((whole, one), addresses, strict=True):
            asked.clear()
            assert len(next(iter(client.get(address_).json().values()))) == 3
            counts.append(len(asked))
        assert counts[0] == counts[1] <= 8, addresses


def test_the_shapes_are_those_of_the_command_line() -> None:
    """What the API and ``--json`` have in common is written once more only in docs/reference/json.md, and alike."""
    import re
    from pathlib import Path

    document = (Path(__file__).parents[4] / "docs" / "reference" / "json.md").read_text("utf-8")
    promised = {
        name: json.loads(body) for name, body in re.findall(r"```json shape=(\w+)\n(.*?)```", document, re.DOTALL)
    }
    for name, shape in schemas.SHAPES.items():
        assert shape == promised[name], name
