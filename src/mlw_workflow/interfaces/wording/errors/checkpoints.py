"""Checkpoints, proofs, and the time-stamping authority."""

from mlw_workflow.domain.texts import Text

ERRORS = {
    "checkpoint_refused": Text(
        "Punkt kontrolny nie został podpisany. {failure} Proszę niczego nie zmieniać, zrobić kopię bazy i "
        "powiadomić osobę "
        "prowadzącą audyt.",
        "No checkpoint was signed. {failure} Change nothing, make a copy of the database and tell the auditor.",
    ),
    "checkpoint_none": Text(
        "Nie ma jeszcze punktu kontrolnego. Tworzy go: mlw audit checkpoint.",
        "There is no checkpoint yet. To make one: mlw audit checkpoint.",
    ),
    "entry_not_sequenced": Text(
        "Wpisu {seq} pilotażu {pilot} nie obejmuje jeszcze żaden punkt kontrolny. Nowy tworzy: mlw audit checkpoint.",
        "No checkpoint covers entry {seq} of the pilot {pilot} yet. To make one: mlw audit checkpoint.",
    ),
    "checkpoint_unknown": Text(
        "Nie ma punktu kontrolnego o {size} wpisach. Ostatnie mają: {choices}.",
        "There is no checkpoint of {size} entries. The last ones have: {choices}.",
    ),
    "checkpoints_backwards": Text(
        "Wcześniejszy punkt kontrolny ({old}) nie może być większy niż późniejszy ({new}).",
        "The earlier checkpoint ({old}) cannot be larger than the later one ({new}).",
    ),
    "checkpoint_busy": Text(
        "Ktoś inny tworzy właśnie punkt kontrolny. Proszę spróbować ponownie za chwilę.",
        "Somebody else is making a checkpoint just now. Try again in a moment.",
    ),
    "checkpoint_file_malformed": Text(
        "Plik {file} nie jest podpisanym punktem kontrolnym ({problem}). Proszę zapisać go tak, jak przyszedł.",
        "The file {file} is no signed checkpoint ({problem}). Save it as it came.",
    ),
    "proof_malformed": Text(
        "{file} nie zawiera dowodu we właściwej postaci ({problem}).",
        "{file} does not hold a proof in the right form ({problem}).",
    ),
    "proof_old_unused": Text(
        "Opcja --old dotyczy tylko dowodu ciągłości, a {file} jest dowodem jednego wpisu. Proszę ją pominąć.",
        "--old is for consistency proofs only, and {file} proves a single entry. Leave it out.",
    ),
    "proof_needs_old": Text(
        "Dowód ciągłości sprawdza się z zachowanym punktem kontrolnym. Proszę dodać --old i podać jego plik.",
        "A consistency proof is checked against a checkpoint that you kept. Add --old with its file.",
    ),
    "timestamp_not_set": Text(
        "Nie podano urzędu znacznika czasu. Proszę ustawić audit.timestamp_url i audit.timestamp_ca_file "
        "w config.toml.",
        "No time-stamping authority is set. Set audit.timestamp_url and audit.timestamp_ca_file in config.toml.",
    ),
    "timestamp_address": Text(
        "audit.timestamp_url nie jest adresem http ani https: {url}.",
        "audit.timestamp_url is neither an http nor an https address: {url}.",
    ),
    "timestamp_unreachable": Text(
        "Urząd znacznika czasu {url} nie odpowiada: {problem}.",
        "The time-stamping authority {url} does not answer: {problem}.",
    ),
    "timestamp_invalid": Text(
        "Odpowiedź urzędu znacznika czasu {url} nie jest poprawna: {problem}.",
        "The answer of the time-stamping authority {url} is not valid: {problem}.",
    ),
    "tsa_ca_malformed": Text(
        "Plik {file} (--tsa-ca) nie zawiera certyfikatów w postaci PEM.",
        "The file {file} (--tsa-ca) holds no certificates in PEM form.",
    ),
}
