"""``audit key new``, ``show`` and ``rotate``: the key that entries and checkpoints are signed with."""

from typing import TYPE_CHECKING, Annotated

import typer

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, session
from mlw_workflow.interfaces.messages import _

if TYPE_CHECKING:
    from mlw_workflow.audit.keyring import Keyring
    from mlw_workflow.services.keystore import KeyStore


def register(app: typer.Typer) -> None:
    """Add the group ``key``."""
    from mlw_workflow.interfaces.cli.usage import Command, Group

    group = typer.Typer(
        cls=Group, help=_("The key that entries are signed with."), rich_markup_mode=None, no_args_is_help=True
    )

    @group.command("new", cls=Command, help=_("Make the signing key. From then on every entry is signed."))
    def new(json: Annotated[bool, params.json_option()] = False) -> None:
        from mlw_workflow.services import signing

        tell(signing.new_key(session.desk(writing=True)), _store(), json=json)

    @group.command("show", cls=Command, help=_("Show the public keys, oldest first, and where the private one lies."))
    def show(json: Annotated[bool, params.json_option()] = False) -> None:
        from mlw_workflow import bootstrap

        store = bootstrap.open_keys(session.settings())
        tell(store.required_ring(), store, json=json)

    @group.command("rotate", cls=Command, help=_("Put a new signing key in force; the old one vouches for it."))
    def rotate(json: Annotated[bool, params.json_option()] = False) -> None:
        from mlw_workflow import bootstrap
        from mlw_workflow.services import signing
        from mlw_workflow.services.checkpoint_post import Post

        settings = session.settings()
        if settings.today is not None and not settings.is_demo:
            raise BadInput("key_clock_simulated", day=settings.today.isoformat())
        post = Post(bootstrap.open_mailroom(settings), settings.audit.recipients)
        tell(signing.rotate_key(session.desk(writing=True), post), _store(), json=json)

    app.add_typer(group, name="key")


def _store() -> "KeyStore":
    from mlw_workflow.services.checkpoint import signer_of

    return signer_of(session.desk())


def tell(ring: "Keyring", store: "KeyStore", *, json: bool) -> None:
    """The public side of the keys."""
    from mlw_workflow.audit.seal import instant
    from mlw_workflow.interfaces.wording.dates import instant_short

    if json:
        keys = [
            {
                "key": key.key.text,
                "since": instant(key.since),
                "until": None if key.until is None else instant(key.until),
            }
            for key in ring.keys
        ]
        told = {"origin": ring.origin, "unsigned": ring.unsigned, "keys": keys}
        output.answer_json({**told, "file": str(store.file), "keyring": str(store.ring_file)})
        return
    language = messages.language()
    output.say(_("Log: {origin}").format(origin=ring.origin))
    for key in ring.keys:
        output.say(_("Public key: {key}").format(key=key.key.text))
        since = instant_short(key.since, language)
        if key.until is None:
            output.say("  " + _("in force since {since}").format(since=since))
        else:
            until = instant_short(key.until, language)
            output.say("  " + _("from {since} to {until}").format(since=since, until=until))
    output.say(_("Private key: {place}").format(place=store.file))
    output.paragraph(_("Keep a copy of this file in a safe place: without it nothing more can be recorded."))
    output.paragraph(_("Give the public key to whoever audits, so that they need not take your word for it."))
