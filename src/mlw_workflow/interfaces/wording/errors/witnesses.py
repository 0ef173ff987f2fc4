"""Witnesses."""

from mlw_workflow.domain.texts import Text

ERRORS = {
    "witness_key_exists": Text(
        "Plik {place} już jest; klucz świadka zapisuje się w nowym pliku.",
        "The file {place} is there already; a witness's key goes into a new one.",
    ),
    "witness_key_kind": Text(
        "To nie jest klucz świadka. Tworzy go: mlw audit witness key new.",
        "This is no witness's key. To make one: mlw audit witness key new.",
    ),
    "witness_setting": Text(
        "Ustawienie audit.witnesses zawiera „{value}”, co nie jest kluczem publicznym świadka ({problem}).",
        "The setting audit.witnesses holds “{value}”, which is no witness's public key ({problem}).",
    ),
    "witness_request_malformed": Text(
        "Prośba o podpis nie ma właściwej postaci ({problem}). Tworzy ją: mlw audit witness request.",
        "The request is not in the right form ({problem}). The agency makes one with: mlw audit witness request.",
    ),
    "witness_log_unknown": Text(
        "Dziennik {origin} nie jest jeszcze znany temu świadkowi. Proszę dodać --log-key z kluczem publicznym "
        "dziennika, "
        "otrzymanym inną drogą niż ta prośba.",
        "This witness does not know the log {origin} yet. Add --log-key with the log's public key, received by another "
        "way than this request.",
    ),
    "witness_other_log": Text(
        "Prośba dotyczy dziennika {origin}, a podany klucz należy do {key}.",
        "The request is about the log {origin}, and the key that was given belongs to {key}.",
    ),
    "witness_old_size": Text(
        "Świadek podpisał ostatnio {size} wpisów, a prośba nie jest ich dalszym ciągiem (zaczyna się od: {old}). Taka "
        "prośba mogła długo iść. Proszę poprosić biuro o nową: mlw audit witness request --old {size}.",
        "This witness signed {size} entries last, and the request does not go on from there (it begins at {old}). It "
        "may have been long on its way. Ask the office for a new one: mlw audit witness request --old {size}.",
    ),
    "witness_key_unknown": Text(
        "Punkt kontrolny podpisano kluczem, którego ten świadek nie zna. Jeżeli biuro ma nowy klucz, proszę poprosić "
        "o jego plik keys/keyring.json i dodać --keyring PLIK: dawny klucz poręcza w nim za nowy.",
        "The checkpoint is signed with a key that this witness does not know. If the office has a new key, ask for its "
        "file keys/keyring.json and add --keyring FILE: there the old key vouches for the new one.",
    ),
    "witness_keyring_unknown": Text(
        "W podanym pęku kluczy dziennika {origin} nie ma żadnego klucza, który ten świadek zna. Nowy klucz publiczny "
        "proszę potwierdzić w biurze inną drogą i podać w --log-key.",
        "The keyring of the log {origin} that was given holds no key that this witness knows. Have the office confirm "
        "its public key by another way, and give it with --log-key.",
    ),
    "keyring_file_malformed": Text(
        "Plik {file} nie jest spójnym pękiem kluczy ({problem}). Biuro ma go w keys/keyring.json.",
        "The file {file} is no keyring that holds together ({problem}). The office has it in keys/keyring.json.",
    ),
    "witness_state_broken": Text(
        "Plik ze stanem świadka {place} jest uszkodzony ({problem}). Proszę go odtworzyć z kopii; bez niego "
        "świadek nie "
        "wie, co podpisał.",
        "The witness's state {place} is damaged ({problem}). Restore it from a copy; without it the witness does "
        "not know "
        "what it signed.",
    ),
    "witness_refused": Text(
        "Świadek nie podpisuje. {failure}",
        "The witness does not sign. {failure}",
    ),
    "witness_none": Text(
        "W ustawieniach nie ma żadnego świadka. Jego klucz publiczny proszę dodać w [audit] witnesses.",
        "The settings name no witness. Add its public key to [audit] witnesses.",
    ),
    "witness_no_line": Text(
        "W odpowiedzi nie ma podpisu żadnego ze znanych świadków. Znani: {choices}.",
        "The answer holds no signature of a known witness. Known: {choices}.",
    ),
    "witness_line_wrong": Text(
        "Podpis świadka {witness} nie pasuje do żadnego punktu kontrolnego ({problem}).",
        "The signature of the witness {witness} fits no checkpoint ({problem}).",
    ),
}
