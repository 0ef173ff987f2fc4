"""What became of reminders, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.texts import Text
from mlw_workflow.interfaces.wording.dates import instant_short
from mlw_workflow.interfaces.wording.deadlines import skip_words
from mlw_workflow.interfaces.wording.mails import handed_over_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.storage.obligations import Notice

WAITS = Text("czeka na wiadomość", "waits for its mail")
LEFT_OUT = Text("pominięte: {why}", "left out: {why}")
TAKEN_BACK = Text("wycofane: {why}", "taken back: {why}")
OF_MAIL: Mapping[str, Text] = {
    "dead": Text("niedoręczone", "could not be delivered"),
    "in_doubt": Text("nie wiadomo, czy dotarło", "nobody knows whether it arrived"),
}
ON_ITS_WAY = Text("w drodze", "on its way")


def became(notice: Notice, language: str, transport: str) -> str:
    """What became of a reminder; ``transport``: how the office sends mail."""
    if notice.status == "waiting":
        return WAITS[language]
    if notice.status == "skipped":
        return LEFT_OUT[language].format(why=skip_words(notice.skip_reason, language))
    if notice.status == "withdrawn":
        return TAKEN_BACK[language].format(why=skip_words(notice.skip_reason, language))
    if notice.mail_status == "sent":
        return f"{handed_over_words(transport, language)} {instant_short(notice.sent_at, language)}"
    return OF_MAIL.get(notice.mail_status, ON_ITS_WAY)[language]
