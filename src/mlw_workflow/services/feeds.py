"""Calendar feeds: hand out a token, take it back, and answer one with the calendar that it may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.notifications.feed_token import new_token, token_digest
from mlw_workflow.services.calendar import calendar_of, events_of
from mlw_workflow.storage import circle, feeds, repositories
from mlw_workflow.storage.feeds import Feed

if TYPE_CHECKING:
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.notifications.values import Language
    from mlw_workflow.services.desk import Desk

log = structlog.get_logger("mlw.feeds")


LIVE_MAX = 20
"""Tokens that one person may have at a time: more than anybody has calendars."""


def new_feed(desk: Desk, person: str = "", pilot: Pilot | None = None) -> tuple[str, Feed]:
    """A new token, which is shown now and never again, and the right it gives.

    With a person (an id) what that person is told of, in a pilot or in all; without one everything of the pilot. Raises
    BadInput ``feed_of_nothing``, and ``feed_too_many`` for a person who has as many as one may have.
    """
    if not person and pilot is None:
        raise BadInput("feed_of_nothing")
    token = new_token()
    feed = Feed(token_digest(token), person, pilot.id if pilot else "", desk.clock.now())
    with desk.database.work() as work:
        if person and len(_live(feeds.feeds(work.connection), person)) >= LIVE_MAX:
            raise BadInput("feed_too_many", maximum=LIVE_MAX)
        feeds.add_feed(work.connection, feed)
        work.commit()
    log.info("feed_opened", feed=feed.id)
    return token, feed


def feed_address(panel: str, token: str) -> str:
    """Where calendar programs read a feed; ``panel`` is the address under which the panel is reached."""
    return f"{panel}/feeds/{token}.ics"


def all_feeds(desk: Desk) -> list[Feed]:
    """Every feed there ever was, oldest first."""
    with desk.database.read() as connection:
        return feeds.feeds(connection)


def feeds_of(desk: Desk, person: str) -> list[Feed]:
    """The feeds of a person (an id) that have not been taken back, oldest first."""
    with desk.database.read() as connection:
        return _live(feeds.feeds(connection), person)


def _live(known: list[Feed], person: str) -> list[Feed]:
    return [feed for feed in known if feed.person == person and feed.revoked_at is None]


def revoke_feed(desk: Desk, name: str, person: str = "") -> Feed:
    """Take a token back, named by its id (or the beginning of it) or by the token itself; at once and for good.

    With a ``person`` (an id) only one of that person's own. Raises BadInput ``feed_unknown`` and ``feed_ambiguous``.
    """
    with desk.database.work() as work:
        digest = token_digest(name)
        known = [feed for feed in feeds.feeds(work.connection) if person in ("", feed.person)]
        found = [feed for feed in known if feed.digest == digest or (name and feed.digest.startswith(name))]
        if not found:
            raise BadInput("feed_unknown", feed=name)
        if len(found) > 1:
            raise BadInput("feed_ambiguous", feed=name)
        feeds.revoke(work.connection, found[0].digest, desk.clock.now())
        after = feeds.feed_of(work.connection, found[0].digest)
        work.commit()
    assert after is not None
    log.info("feed_revoked", feed=after.id)
    return after


def feed_content(desk: Desk, token: str, domain: str) -> bytes | None:
    """The calendar that a token may read now; None for one that is unknown or was revoked.

    A person's calendar holds what the person's roles of today are reminded of. The same record gives the same bytes.
    """
    from mlw_workflow.notifications.calendar_feed import calendar_feed

    with desk.database.read() as connection:
        feed = feeds.feed_of(connection, token_digest(token))
        if feed is None or feed.revoked_at is not None:
            return None
        pilots = [pilot for pilot in repositories.pilots(connection) if feed.pilot_id in ("", pilot.id)]
        held = circle.memberships(connection, [pilot.id for pilot in pilots])
        person = circle.people(connection, [feed.person]).get(feed.person) if feed.person else None
    if not feed.person:
        return calendar_of(desk, pilots[0], "pl", domain) if pilots else None
    if person is None:
        return None
    language: Language = "en" if person.language == "en" else "pl"
    events = []
    for pilot in sorted(pilots, key=lambda one: one.municipality):
        today = desk.today(desk.programme(pilot.definition))
        roles = {m.role for m in held.get(pilot.id, ()) if m.person == person.id and m.holds_on(today)}
        if roles:
            events += events_of(desk, pilot, language, roles)
    return calendar_feed(events, name=f"MLW: {person.name}", language=language, domain=domain)
