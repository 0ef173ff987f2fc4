"""What is said of an audit pack: the checks it can fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.texts import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

PACK_CHECKS: Mapping[str, Text] = {
    # A pilot's own members
    "entries_count": Text(
        "spis paczki podaje wpisów: {expected}, a jest ich {found}",
        "the pack's manifest says {expected} entries, and there are {found}",
    ),
    "signatures_form": Text(
        "lista podpisów nie pasuje do wpisów (brakuje podpisu, jest nieczytelny albo jest ich za dużo)",
        "the list of signatures does not fit the entries (one is missing, unreadable, or there are too many)",
    ),
    "evidence_form": Text(
        "po danych tego wpisu następuje wiersz, który nie ma właściwej postaci albo kolejności",
        "after the evidence of this entry comes a line that is not in its form or not in order",
    ),
    "head_form": Text(
        "spis paczki podaje koniec dziennika, który nie jest ani skrótem, ani chwilą",
        "the manifest gives an end of the log that is no hash or no instant",
    ),
    "fields_unknown": Text(
        "wpis ma pola, których ta wersja programu nie zna ({fields}); proszę sprawdzić paczkę nowszą wersją",
        "the entry has fields that this version does not know ({fields}); check the pack with a newer one",
    ),
    "undecidable": Text(
        "wpisu nie da się rozstrzygnąć ponownie: nie mógł go zapisać ten program",
        "the entry cannot be decided again: this program could not have written it",
    ),
    "pilot_named": Text(
        "w spisie paczki jest „{found}”, a wpis otwierający mówi „{expected}”",
        "the manifest says “{found}”, and the opening entry says “{expected}”",
    ),
    "signature": Text(
        "podpis wpisu jest nieprawdziwy: wpis zmieniono albo podpisano go innym kluczem",
        "the entry's signature does not hold: the entry was changed, or signed with another key",
    ),
    "signature_missing": Text(
        "wpis nie jest podpisany, choć klucz już wtedy obowiązywał",
        "the entry is not signed, although a key was in force by then",
    ),
    "tree_entries": Text(
        "podpisany punkt kontrolny obejmuje wpisów: {expected}, a jest ich {found}: koniec dziennika usunięto",
        "the signed checkpoint covers {expected} entries, and there are {found}: the end of the log was removed",
    ),
    # The log around the pilots
    "keyring": Text(
        "pęk kluczy w paczce nie jest spójny: zmieniono go ({problem})",
        "the pack's keyring does not hold together: it was changed ({problem})",
    ),
    "keyring_tree": Text(
        "paczka nie zawiera punktu kontrolnego {size}, który był ostatni, gdy wymieniano klucz: dziennik cofnięto albo "
        "przepisano",
        "the pack lacks the checkpoint {size}, which was the last one when the key was replaced: the log was taken "
        "back or rewritten",
    ),
    "checkpoint_retired": Text(
        "punkt kontrolny {size} podpisano kluczem {key}, który przedtem wycofano: ktoś ma stary klucz",
        "the checkpoint {size} is signed with the key {key}, which was retired before: somebody has the old key",
    ),
    "key_unknown": Text(
        "paczki nie podpisano kluczem, który podano ({key}); dziennik ma klucz {found}",
        "the pack is not signed with the key that was given ({key}); the log has the key {found}",
    ),
    "origin": Text(
        "to inny dziennik: oczekiwano „{expected}”, jest „{found}”",
        "this is another log: “{expected}” was expected, “{found}” found",
    ),
    "checkpoint_missing": Text(
        "w paczce nie ma podpisanego punktu kontrolnego", "there is no signed checkpoint in the pack"
    ),
    "checkpoint_malformed": Text(
        "punkt kontrolny nie ma właściwej postaci ({problem})", "the checkpoint is not in its form ({problem})"
    ),
    "checkpoint_signature": Text(
        "podpis pod punktem kontrolnym {size} kluczem {key} jest nieprawdziwy",
        "the signature under the checkpoint {size} with the key {key} does not hold",
    ),
    "checkpoint_unsigned": Text(
        "punktu kontrolnego {size} nie podpisano żadnym kluczem tego dziennika",
        "the checkpoint {size} is not signed with any key of this log",
    ),
    "checkpoint_sent_unsigned": Text(
        "podanego punktu kontrolnego {size} nie podpisano żadnym kluczem tego dziennika",
        "the checkpoint {size} that was given is not signed with any key of this log",
    ),
    "checkpoint_forgotten": Text(
        "dziennik w paczce nie zna punktu kontrolnego {size}, który ktoś już otrzymał: cofnięto go do dawnego stanu",
        "the pack's log does not know the checkpoint {size} that was given away: it was taken back to an old state",
    ),
    "checkpoint_contradicts": Text(
        "punkt kontrolny {size} w paczce przeczy temu, który ktoś już otrzymał: dziennik napisano na nowo",
        "the pack's checkpoint {size} contradicts the one that was given away: the log was rewritten",
    ),
    "consistency": Text(
        "nie dowiedziono, że dziennik z punktu {new} jest ciągiem dalszym tego z punktu {old}",
        "it is not proved that the log of the checkpoint {new} continues that of the checkpoint {old}",
    ),
    "witnesses_malformed": Text(
        "lista świadków w paczce nie ma właściwej postaci", "the pack's list of witnesses is not in its form"
    ),
    "witness_signature": Text(
        "podpis świadka {witness} pod punktem kontrolnym {size} jest nieprawdziwy",
        "the signature of the witness {witness} under the checkpoint {size} does not hold",
    ),
    "witness_quorum": Text(
        "żadnego punktu kontrolnego w paczce nie podpisało dość zaufanych świadków: {found} z wymaganych {expected}",
        "no checkpoint in the pack is signed by enough trusted witnesses: by {found} of the {expected} asked for",
    ),
    "tree_size": Text(
        "drzewo w paczce ma inną wielkość ({found}) niż podpisany punkt kontrolny ({expected})",
        "the pack's tree has another size ({found}) than the signed checkpoint ({expected})",
    ),
    "tree_spans": Text(
        "wpisy pilotażu {pilot} nie leżą w drzewie jeden po drugim (wpis {seq})",
        "the entries of the pilot {pilot} do not follow each other in the tree (entry {seq})",
    ),
    "tree_overlap": Text(
        "wpisy pilotażu {pilot} leżą w drzewie na miejscu innych albo poza jego końcem (miejsce {position})",
        "the entries of the pilot {pilot} lie in the place of others in the tree, or behind its end (place {position})",
    ),
    "tree_pilots": Text(
        "podpisany punkt kontrolny obejmuje wpisy ({missing}) pilotaży, których w paczce nie ma: usunięto je",
        "the signed checkpoint covers entries ({missing}) of pilots that are not in the pack: they were removed",
    ),
    "tree_root": Text(
        "z wpisów nie wynika to, co podpisano w punkcie kontrolnym {size}: dziennik napisano na nowo",
        "the entries do not lead to what was signed in the checkpoint {size}: the log was rewritten",
    ),
    "unsigned_count": Text(
        "bez podpisu jest wpisów: {found}, a przed pierwszym kluczem było ich {expected}",
        "{found} entries are without a signature, and there were {expected} before the first key",
    ),
    # The pack around them
    "file_missing": Text("brakuje pliku {file}, który wymienia spis", "the file {file} is missing from the pack"),
    "file_unlisted": Text("plik {file} nie jest w spisie paczki", "the file {file} is not in the pack's manifest"),
    "file_digest": Text(
        "plik {file} nie jest tym, którego skrót podaje spis paczki",
        "the file {file} is not the one whose digest the manifest gives",
    ),
    "pilot_twice": Text("ten sam pilotaż jest w paczce dwa razy", "the same pilot is in the pack twice"),
    "content_named": Text(
        "plik {file} nazwano skrótem innej treści: podmieniono go",
        "the file {file} is named by the digest of something else: it was replaced",
    ),
    "calendar": Text(
        "kalendarz w paczce nie zgadza się z dniami wolnymi według prawa ({day})",
        "the pack's calendar is not that of the law's days off ({day})",
    ),
    "calendar_form": Text(
        "kalendarz w paczce ({file}) nie ma właściwej postaci", "the pack's calendar ({file}) is not in its form"
    ),
    "damage_told": Text(
        "biuro samo stwierdziło to, pakując dziennik, i tak napisało w spisie paczki – {told}",
        "the office found it itself when it packed the log, and says so in the manifest – {told}",
    ),
    "container": Text(
        "treść się zgadza, ale plik paczki nie ma postaci, w jakiej go zapisano: ktoś go przepakował albo uszkodził",
        "the contents hold, but the file is not in the form it was written in: it was repacked or damaged",
    ),
}
