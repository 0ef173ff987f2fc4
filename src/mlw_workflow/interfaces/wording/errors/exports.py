"""Exports for other programs, and the way back."""

from mlw_workflow.domain.texts import Text

ERRORS = {
    "export_format_unknown": Text(
        "Nie ma formatu „{format}”; do wyboru są: {choices}.",
        "There is no format “{format}”; choose one of: {choices}.",
    ),
    "export_case_unknown": Text(
        "Po --case stoi „{case}”; do wyboru są: machine, pilot.",
        "After --case stands “{case}”; choose one of: machine, pilot.",
    ),
    "export_jsonl_whole": Text(
        "Format jsonl zawiera cały zapis, tak by można go było wczytać z powrotem. Nie łączy się z --from, --to, "
        "--with-names ani --without-corrected.",
        "The format jsonl holds the whole record, so that it can be read back. It does not go with --from, --to, "
        "--with-names or --without-corrected.",
    ),
    "export_no_evidence": Text(
        "--no-evidence dotyczy tylko formatu jsonl; format {format} i tak nie zawiera danych z dowodów.",
        "--no-evidence is for the format jsonl only; the format {format} holds no evidence anyway.",
    ),
    "export_json_to_output": Text(
        "--json i --out - nie mogą iść razem: oba piszą na standardowe wyjście. Proszę podać plik.",
        "--json and --out - do not go together: both write to standard output. Name a file.",
    ),
    "restore_not_empty": Text(
        "W bazie {place} jest już zapis. Pełny eksport wczytuje się tylko do pustej bazy (mlw init w nowym folderze "
        "danych, MLW_HOME). Niczego nie zapisano.",
        "The database {place} holds a record already. A complete export is read into an empty database only (mlw init "
        "in a new data folder, MLW_HOME). Nothing was written.",
    ),
    "restore_keys": Text(
        "Plik {file} (wiersz {line}) jest podpisany kluczem, którego tu nie ma: po wczytaniu wyglądałby na "
        "sfałszowany. Proszę najpierw skopiować folder keys z dawnego miejsca na {place} (zamiast klucza utworzonego "
        "przez mlw init) i wczytać plik ponownie. Bez podpisów, świadomie: --without-signatures. Niczego nie zapisano.",
        "The file {file} (line {line}) is signed with a key that is not here: once read in, it would look forged. "
        "First copy the folder keys from the old place to {place} (in place of the key that mlw init made), then read "
        "the file again. Knowingly without the signatures: --without-signatures. Nothing was written.",
    ),
    "restore_key_used": Text(
        "Kluczem z {place} już coś podpisano, a wpisy bez podpisu muszą być starsze od klucza. Proszę wczytać plik w "
        "nowym folderze danych (MLW_HOME, mlw init). Niczego nie zapisano.",
        "The key in {place} has signed something already, and entries without a signature must be older than the key. "
        "Read the file in a new data folder (MLW_HOME, mlw init). Nothing was written.",
    ),
    "import_option": Text(
        "Plik {file} nie jest pełnym eksportem zapisu, a {origin} dotyczy tylko takich plików.",
        "The file {file} is no complete export of the record; {origin} is for such files only.",
    ),
    "restore_option": Text(
        "Plik {file} jest pełnym eksportem zapisu; {origin} dotyczy tylko plików z historią.",
        "The file {file} is a complete export of the record; {origin} is for history files only.",
    ),
    "ledger_file_format": Text(
        "{file}, wiersz {line}: to nie jest eksport w postaci, którą ten program zna (mlw-ledger/1). Niczego nie "
        "zapisano.",
        "{file}, line {line}: this is no export in a form that this program knows (mlw-ledger/1). Nothing was written.",
    ),
    "ledger_file_without_evidence": Text(
        "{file}, wiersz {line}: eksport powstał z --no-evidence, więc nie da się z niego odtworzyć całego zapisu. "
        "Niczego nie zapisano.",
        "{file}, line {line}: the export was made with --no-evidence, so the whole record cannot be made from it. "
        "Nothing was written.",
    ),
    "ledger_file_line": Text(
        "{file}, wiersz {line}: wiersz jest nieczytelny ({problem}). Niczego nie zapisano.",
        "{file}, line {line}: the line cannot be read ({problem}). Nothing was written.",
    ),
    "ledger_file_line_too_long": Text(
        "{file}, wiersz {line}: wiersz jest dłuższy niż jakikolwiek, który zapisał ten program. Niczego nie zapisano.",
        "{file}, line {line}: the line is longer than any that this program writes. Nothing was written.",
    ),
    "ledger_file_order": Text(
        "{file}, wiersz {line}: ten wiersz stoi nie na swoim miejscu. Niczego nie zapisano.",
        "{file}, line {line}: this line is out of its place. Nothing was written.",
    ),
    "ledger_file_cut": Text(
        "{file}, wiersz {line}: plik jest ucięty, brakuje jego końca. Niczego nie zapisano.",
        "{file}, line {line}: the file is cut off, its end is missing. Nothing was written.",
    ),
    "ledger_file_after_end": Text(
        "{file}, wiersz {line}: po ostatnim wierszu eksportu jest coś jeszcze. Niczego nie zapisano.",
        "{file}, line {line}: something follows the last line of the export. Nothing was written.",
    ),
    "ledger_file_counts": Text(
        "{file}, wiersz {line}: miało być wpisów: {expected}, a jest ich {found}. Niczego nie zapisano.",
        "{file}, line {line}: there were to be {expected} entries, and there are {found}. Nothing was written.",
    ),
    "ledger_file_digest": Text(
        "{file}, wiersz {line}: skrót całego pliku się nie zgadza, więc plik zmieniono albo uszkodzono. Niczego nie "
        "zapisano.",
        "{file}, line {line}: the digest of the whole file is not the one it names, so it was changed or damaged. "
        "Nothing was written.",
    ),
    "ledger_file_reserved": Text(
        "{file}, wiersz {line}: pilotaż nie może się nazywać „{what}”, bo tak nazywa się dziennik dostępu. "
        "Niczego nie zapisano.",
        "{file}, line {line}: no pilot can be called “{what}”, which is the access log's name. Nothing was written.",
    ),
    "ledger_file_twice": Text(
        "{file}, wiersz {line}: „{what}” jest w pliku drugi raz. Niczego nie zapisano.",
        "{file}, line {line}: “{what}” is in the file a second time. Nothing was written.",
    ),
    "ledger_file_definition": Text(
        "{file}, wiersz {line}: definicji {definition} ten program nie rozumie. Niczego nie zapisano.",
        "{file}, line {line}: this program does not understand the definition {definition}. Nothing was written.",
    ),
    "ledger_file_broken": Text(
        "{file}, wiersz {line}: zapis się nie zgadza. {failure} Niczego nie zapisano.",
        "{file}, line {line}: the record does not hold. {failure} Nothing was written.",
    ),
}
