"""What an erasure leaves to be done by people, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.texts import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

LEFT: Mapping[str, Text] = {
    "wal": Text(
        "Inny program ma otwarty dziennik bazy SQLite, więc usunięte dane mogą w nim jeszcze być. Proszę zamknąć inne "
        "polecenia (także mlw worker) i powtórzyć polecenie.",
        "Another program holds SQLite's log open, so erased bytes may still be in it. Close other commands (mlw worker "
        "too) and run the command again.",
    ),
    "vacuum": Text(
        "Nie udało się przepisać pliku bazy, więc ślady usuniętych danych mogą w nim jeszcze być. Potrzebne jest wolne "
        "miejsce na dysku wielkości bazy; potem proszę powtórzyć polecenie.",
        "The database file could not be written anew, so traces of what was erased may still be in it. It takes free "
        "disk space of the database's size; then run the command again.",
    ),
    "postgresql": Text(
        "PostgreSQL: stare wersje wierszy zostają w plikach tabel, aż administrator wykona VACUUM FULL (tabele "
        "evidence, person, outbox, notice, feed_token), oraz w dzienniku WAL i jego archiwum, aż zostaną usunięte.",
        "PostgreSQL: old versions of rows stay in the tables' files until its administrator runs VACUUM FULL (tables "
        "evidence, person, outbox, notice, feed_token), and in the write-ahead log and its archive until those go.",
    ),
    "files": Text(
        "Niektórych plików nie udało się usunąć: {files}. Proszę powtórzyć polecenie.",
        "Some files could not be deleted: {files}. Run the command again.",
    ),
    "mails_waiting": Text(
        "Wiadomości do innych osób, które wymieniają tę osobę i jeszcze nie wyszły: {count}. Po ich wysłaniu proszę "
        "sprawdzić: mlw outbox list --all.",
        "Mails to others that name the person and have not gone out yet: {count}. Once they are sent, look at: "
        "mlw outbox list --all.",
    ),
}
ELSEWHERE: Mapping[str, Text] = {
    "backups": Text(
        "kopie zapasowe bazy i folderu danych zrobione wcześniej",
        "backups of the database and the data folder made earlier",
    ),
    "packs": Text(
        "paczki audytowe i eksporty, które już komuś przekazano",
        "audit packs and exports that were given to somebody",
    ),
    "mailboxes": Text("skrzynki odbiorców wysłanych wiadomości", "the mailboxes of those to whom mails were sent"),
    "sources": Text("pliki, z których importowano historię", "the files from which a history was imported"),
}
"""Where copies may be that this program cannot reach."""
