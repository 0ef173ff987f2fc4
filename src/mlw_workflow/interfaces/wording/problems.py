"""What is wrong with a key, a note or a proof that somebody handed in: the words in brackets behind a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.texts import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

PROBLEMS: Mapping[str, Text] = {
    "url_form": Text("nie jest adresem w sieci", "it is no address of the web"),
    "url_inside": Text(
        "prowadzi do tego komputera albo sieci wewnętrznej", "it leads to this computer or into its network"
    ),
    "url_scheme": Text("nie zaczyna się od https://", "it does not begin with https://"),
    "checkpoint_lines": Text(
        "pierwsze wiersze nie są nazwą dziennika, liczbą wpisów i skrótem",
        "the first lines are not a log's name, a number of entries and a hash",
    ),
    "control_character": Text("jest w nim znak, którego nie widać", "there is a character in it that cannot be seen"),
    "field": Text(
        "pola {which} brakuje albo ma niewłaściwą wartość", "the field {which} is missing or has a wrong value"
    ),
    "form": Text("nie ma postaci, w jakiej się go zapisuje", "it is not in the form in which it is written"),
    "json": Text("to nie jest JSON", "this is no JSON"),
    "key_base64": Text("ostatnia część nie jest kluczem", "the last part is no key"),
    "key_form": Text("nie ma trzech części połączonych znakiem +", "there are not three parts joined by +"),
    "key_id": Text(
        "środkowa część nie pasuje do nazwy i klucza: brakuje znaku albo jest inny",
        "the middle part does not fit name and key: a character is missing, or another one",
    ),
    "key_kind": Text("jest innego rodzaju", "it is of another kind"),
    "key_length": Text("ostatnia część jest za krótka albo za długa", "the last part is too short or too long"),
    "key_name": Text(
        "nazwa jest pusta, za długa albo ma spację lub +", "the name is empty, too long, or has a blank or +"
    ),
    "no_pilot": Text("nie ma w niej pilotażu", "there is no pilot in it"),
    "no_signatures": Text("nie ma w nim podpisów pod pustym wierszem", "there are no signatures under an empty line"),
    "not_utf8": Text("to nie jest tekst", "this is no text"),
    "old_size": Text("nie wiadomo, od ilu wpisów się zaczyna", "it does not say at how many entries it begins"),
    "pilot_span": Text(
        "pilotaż nie ma wpisów albo kończy się, zanim się zaczął", "the pilot has no entries, or ends before it begins"
    ),
    "proof_length": Text("dowód jest za krótki albo za długi", "the proof is too short or too long"),
    "proof_opening": Text(
        "wpis otwierający, który podaje gminę, nie należy do tego dziennika",
        "the opening entry, which names the municipality, is not of this log",
    ),
    "proof_root": Text(
        "dowód nie prowadzi do tego, co podpisano: zmieniono go albo dotyczy czegoś innego",
        "the proof does not lead to what was signed: it was changed, or is of something else",
    ),
    "proof_size": Text(
        "dowód podaje miejsce, którego w punkcie kontrolnym nie ma",
        "its place is none that the checkpoint has",
    ),
    "said_leaf": Text(
        "plik podaje inny skrót wpisu, niż wynika z jego treści",
        "the file gives another hash of the entry than follows from its content",
    ),
    "said_pilot": Text(
        "plik podaje inną gminę niż podpisany wpis", "the file names another municipality than the signed entry"
    ),
    "said_seq": Text("plik podaje inny numer niż podpisany wpis", "the file gives another number than was signed"),
    "said_size": Text(
        "plik podaje inną wielkość niż punkt kontrolny", "the file gives another size than the checkpoint"
    ),
    "proof_entry": Text("brakuje w nim wpisu", "the entry is missing from it"),
    "proof_first_line": Text("pierwszy wiersz jest inny", "the first line is another one"),
    "proof_from_nothing": Text("zaczyna się od zera, a ma dowód", "it begins at nothing, and has a proof"),
    "proof_hash": Text("jeden ze skrótów jest uszkodzony", "one of the hashes is damaged"),
    "proof_index": Text("brakuje w nim miejsca wpisu", "the entry's place is missing from it"),
    "proof_json": Text("brakuje w nim części dowodu", "a part of the proof is missing from it"),
    "proof_no_checkpoint": Text("nie ma w nim punktu kontrolnego", "there is no checkpoint in it"),
    "ring_key": Text("klucz {which}", "key {which}"),
    "ring_last": Text("ostatni klucz już nie obowiązuje", "the last key is not in force any more"),
    "several": Text("jest w nim kilka różnych", "there are several different ones in it"),
    "signature": Text("podpis nie pasuje do treści", "the signature does not fit the text"),
    "signature_line": Text("wiersz podpisu jest uszkodzony", "a signature line is damaged"),
    "timestamp_certificate": Text(
        "nie potwierdza jej żaden z podanych certyfikatów urzędu",
        "none of the given certificates of the authority vouches for it",
    ),
    "timestamp_closed": Text("nikt nie odbiera pod tym adresem", "nobody answers at this address"),
    "timestamp_form": Text("to nie jest znacznik czasu", "it is no time stamp"),
    "timestamp_http": Text("serwer odpowiedział błędem {which}", "the server answered with the error {which}"),
    "timestamp_long": Text("jest za długa", "it is too long"),
    "timestamp_nonce": Text("dotyczy innego zapytania", "it is of another request"),
    "timestamp_no_answer": Text("połączenie zostało przerwane", "the connection broke"),
    "timestamp_no_host": Text(
        "nie ma serwera o tej nazwie albo nie ma sieci", "there is no server of that name, or no network"
    ),
    "timestamp_other": Text("dotyczy czegoś innego", "it is of something else"),
    "timestamp_roots": Text(
        "plik z certyfikatami urzędu nie zawiera certyfikatów", "the file of the authority's certificates holds none"
    ),
    "timestamp_slow": Text("odpowiedź trwa za długo", "the answer takes too long"),
    "timestamp_status": Text("urząd odmówił (kod {which})", "the authority refused (code {which})"),
    "timestamp_tls": Text("nie udało się bezpieczne połączenie", "no secure connection could be made"),
    "timestamp_no_checkpoint": Text("nie ma takiego punktu kontrolnego", "there is no such checkpoint"),
    "time_zone": Text("chwila jest podana bez strefy czasowej", "an instant is given without a time zone"),
    "too_long": Text("jest za długi", "it is too long"),
    "unknown_field": Text("pola {which} ten program nie zna", "this program does not know the field {which}"),
}


def problem_words(problem: str, language: str) -> str | None:
    """The words of a problem that has some (``ring_key:3`` names which); None for any other."""
    code, _, which = problem.partition(":")
    words = PROBLEMS.get(code)
    return None if words is None else words[language].format(which=which)
