"""Audit packs."""

from mlw_workflow.domain.texts import Text

ERRORS = {
    "pack_refused": Text(
        "Paczki nie zapisano, bo zapisy się nie zgadzają. {failure} Proszę niczego nie zmieniać i zrobić kopię bazy. "
        "Jeżeli paczka ma być dowodem tego, co się stało: --even-if-broken.",
        "No pack was written, because the record does not hold. {failure} Change nothing, and make a copy of the "
        "database. If the pack shall be evidence of what happened: --even-if-broken.",
    ),
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
    "quorum_too_large": Text(
        "--quorum wymaga podpisów świadków: {quorum}, a podano świadków (--witness): {witnesses}.",
        "--quorum asks for {quorum} witnesses, and {witnesses} were given (--witness).",
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
