"""Whom the panel lets in."""

from typing import Annotated, Any

from fastapi import Query

from mlw_workflow.audit.seal import instant
from mlw_workflow.domain.errors import UnknownPerson
from mlw_workflow.interfaces.api.call import Call
from mlw_workflow.interfaces.api.inputs import NoBody, Nothing, PersonId
from mlw_workflow.interfaces.api.problems import Problem
from mlw_workflow.interfaces.api.routing import Routes
from mlw_workflow.services.accounts import links, manage, second_factor
from mlw_workflow.services.administration import PersonPage, person_of, unlink
from mlw_workflow.storage.accounts import Account

routes = Routes("people")


@routes.get("/people/{person}/account", "Account", scope="admin")
def get_account(call: Call, person: PersonId, asked: Annotated[Nothing, Query()]) -> Any:  # noqa: ARG001
    """A person's account: invited, open or disabled."""
    return _shape(_known(call, person))


@routes.post("/people/{person}/account", "Account", scope="admin", status=201)
def invite_a_person(call: Call, person: PersonId, body: NoBody) -> Any:  # noqa: ARG001
    """Send a person the mail by which they choose a password. Nobody becomes an administrator by it."""
    found, office = _found(call, person), call.office
    is_admin = found.account is not None and found.account.is_admin
    account, until = links.invite(call.desk, office.mailroom, office.settings.server.url, person, is_admin=is_admin)
    return _shape(account) | {"expires_at": instant(until)}


@routes.post("/people/{person}/account/disable", "Account", scope="admin")
def disable_an_account(call: Call, person: PersonId, body: NoBody) -> Any:  # noqa: ARG001
    """Shut an account at once, with its sessions and tokens; not one's own."""
    _known(call, person)
    _refuse_own(call, person)
    manage.disable(call.desk, person)
    return _shape(_known(call, person))


@routes.post("/people/{person}/account/enable", "Account", scope="admin")
def enable_an_account(call: Call, person: PersonId, body: NoBody) -> Any:  # noqa: ARG001
    """Open an account that was shut."""
    _known(call, person)
    manage.disable(call.desk, person, off=False)
    return _shape(_known(call, person))


@routes.post("/people/{person}/account/reset-second-factor", "Account", scope="admin")
def reset_a_second_factor(call: Call, person: PersonId, body: NoBody) -> Any:  # noqa: ARG001
    """Let somebody who lost their telephone log in by the password alone; their sessions end. Not one's own."""
    _known(call, person)
    _refuse_own(call, person)
    second_factor.reset(call.desk, person)
    return _shape(_known(call, person))


@routes.post("/people/{person}/account/unlink-provider", "Account", scope="admin")
def unlink_a_provider(call: Call, person: PersonId, body: NoBody) -> Any:  # noqa: ARG001
    """Forget who somebody is at the OpenID provider, so that another name there may be linked."""
    _known(call, person)
    unlink(call.desk, person)
    return _shape(_known(call, person))


def _refuse_own(call: Call, person: str) -> None:
    if person == call.person:
        raise Problem(403, "forbidden")


def _found(call: Call, person: str) -> PersonPage:
    """Somebody by their id alone. Raises Problem ``not_found``."""
    try:
        return person_of(call.desk, person)
    except UnknownPerson:
        raise Problem(404, "not_found") from None


def _known(call: Call, person: str) -> Account:
    """Their account. Raises UnknownPerson ``account_unknown`` for whoever has none."""
    found = _found(call, person)
    if found.account is None:
        raise UnknownPerson("account_unknown", person=found.person.name, known=())
    return found.account


def _shape(account: Account) -> dict[str, Any]:
    return {
        "person": account.person.id,
        "name": account.person.name,
        "login": account.login,
        "state": account.state,
        "admin": account.is_admin,
    }
