"""What is said of an audit pack: the checks it can fail, and why it may be no pack at all."""

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
        "wpisu nie da się rozstrzygnąć ponownie: nie mógł go zapisać ten program ({problem})",
        "the entry cannot be decided again: this program could not have written it ({problem})",
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

PACK_ERRORS: Mapping[str, Text] = {
    "pack_refused": Text(
        "Paczki nie zapisano, bo zapisy się nie zgadzają. {failure} Proszę niczego nie zmieniać i zrobić kopię bazy. "
        "Jeżeli paczka ma być dowodem tego, co się stało: --even-if-broken.",
        "No pack was written, because the record does not hold. {failure} Change nothing, and make a copy of the "
        "database. If the pack shall be evidence of what happened: --even-if-broken.",
    ),
    "option_missing": Text("Brakuje opcji {origin}. Proszę ją dodać.", "The option {origin} is missing. Add it."),
    "pack_pilot_or_all": Text(
        "Podano i pilotaż ({pilot}), i --all. Proszę wybrać jedno z nich.",
        "Both a pilot ({pilot}) and --all were given. Choose one of them.",
    ),
    "redact_field_unknown": Text(
        "Żaden z tych pilotaży nie ma pola „{field}” (--redact), więc paczki nie zapisano. {suggestion}",
        "None of these pilots has a field “{field}” (--redact), so no pack was written. {suggestion}",
    ),
    "pack_option_needs_pack": Text(
        "Opcja {origin} dotyczy tylko paczki, a „{given}” nie jest plikiem paczki.",
        "The option {origin} is for packs only, and “{given}” is no file of a pack.",
    ),
    "tsa_ca_malformed": Text(
        "Plik {file} (--tsa-ca) nie zawiera certyfikatów w postaci PEM.",
        "The file {file} (--tsa-ca) holds no certificates in PEM form.",
    ),
    "quorum_too_large": Text(
        "--quorum wymaga podpisów świadków: {quorum}, a podano świadków (--witness): {witnesses}.",
        "--quorum asks for {quorum} witnesses, and {witnesses} were given (--witness).",
    ),
    "key_malformed": Text(
        "{origin}: „{key}” nie jest kluczem publicznym ({problem}). Klucz wygląda tak: NAZWA+1a2b3c4d+AbCd…",
        "{origin}: “{key}” is no public key ({problem}). A key looks like NAME+1a2b3c4d+AbCd…",
    ),
    "key_type_unknown": Text(
        "{origin}: klucz „{key}” jest rodzaju, którego ten program nie sprawdza ({problem}).",
        "{origin}: the key “{key}” is of a kind that this program does not check ({problem}).",
    ),
    "checkpoint_file_malformed": Text(
        "Plik {file} nie jest podpisanym punktem kontrolnym ({problem}). Proszę zapisać go tak, jak przyszedł.",
        "The file {file} is no signed checkpoint ({problem}). Save it as it came.",
    ),
    "pack_unreadable": Text(
        "Plik {file} nie jest paczką kontrolną, jest niepełny albo coś do niego dopisano. Proszę pobrać go "
        "jeszcze raz.",
        "The file {file} is no audit pack, is incomplete, or something was added to it. Fetch it again.",
    ),
    "pack_malformed": Text(
        "Paczki nie można odczytać: plik {member} w jej wnętrzu nie ma właściwej postaci ({problem}).",
        "The pack cannot be read: its file {member} is not in its form ({problem}).",
    ),
    "pack_newer": Text(
        "Paczka {file} ma postać „{format}”, a ta wersja programu zna „{known}”. Proszę zaktualizować program.",
        "The pack {file} is of the form “{format}”, and this version knows “{known}”. Update the program.",
    ),
    "pack_member_missing": Text("W paczce brakuje pliku {member}.", "The pack lacks the file {member}."),
    "pack_member_large": Text(
        "Plik {member} w paczce jest większy, niż może być.", "The pack's file {member} is larger than it can be."
    ),
    "pack_line_long": Text(
        "Plik {member} w paczce ma wiersz dłuższy, niż może być.",
        "The pack's file {member} has a line that is too long.",
    ),
    "pack_many_members": Text(
        "Plik {file} ma w środku więcej niż {maximum} plików, więc nie jest paczką kontrolną.",
        "The file {file} has more than {maximum} files in it, so it is no audit pack.",
    ),
    "pack_name_unsafe": Text(
        "Plik w paczce ma nazwę „{member}”, która mogłaby wskazywać poza paczkę. Proszę jej nie rozpakowywać.",
        "A file in the pack is named “{member}”, which could lead outside. Do not unpack it.",
    ),
    "pack_member_twice": Text(
        "Plik {member} jest w paczce dwa razy, więc nie wiadomo, który jest prawdziwy.",
        "The file {member} is in the pack twice, so nobody can say which one counts.",
    ),
    "pack_member_encrypted": Text(
        "Plik {member} w paczce jest zaszyfrowany. Paczka kontrolna niczego nie ukrywa.",
        "The pack's file {member} is encrypted. An audit pack hides nothing.",
    ),
    "pack_member_link": Text(
        "Plik {member} w paczce jest dowiązaniem, a nie plikiem. Proszę jej nie rozpakowywać.",
        "The pack's file {member} is a link, not a file. Do not unpack it.",
    ),
    "pack_member_packed": Text(
        "Plik {member} skompresowano w sposób, którego paczki kontrolne nie używają.",
        "The file {member} is compressed in a way that audit packs do not use.",
    ),
    "pack_bomb": Text(
        "Plik {member} rozpakowałby się do wielokrotności swojej wielkości. To nie jest paczka kontrolna.",
        "The file {member} would unpack to many times its size. This is no audit pack.",
    ),
    "pack_overlap": Text(
        "Plik {member} zajmuje w paczce miejsce innego pliku. To nie jest paczka kontrolna.",
        "The file {member} lies over another file in the pack. This is no audit pack.",
    ),
}
