"""One sentence for each check that an audit can fail, in both languages."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from mlw_workflow.domain.access import ACCESS_LOG
from mlw_workflow.domain.texts import Text
from mlw_workflow.interfaces.wording.pack import PACK_CHECKS
from mlw_workflow.interfaces.wording.problems import problem_words

if TYPE_CHECKING:
    from collections.abc import Mapping

CHECKS: Mapping[str, Text] = {
    **PACK_CHECKS,
    # The chain: was anything changed?
    "seq": Text(
        "brakuje wpisu {expected}; po poprzednim następuje {found}",
        "entry {expected} is missing; {found} follows the one before it",
    ),
    "body_hash": Text("treść wpisu zmieniono po zapisaniu", "the entry's content was changed after it was recorded"),
    "readable": Text("wpis jest nieczytelny", "the entry cannot be read"),
    "newer": Text(
        "wpis zapisała nowsza wersja programu; proszę zaktualizować program",
        "the entry was written by a newer version of the program; update the program",
    ),
    "log": Text("wpis pochodzi z innego pilotażu", "the entry belongs to another pilot"),
    "seq_sealed": Text(
        "wpis ma w treści numer {found} zamiast {expected}",
        "the entry's content has the number {found}, not {expected}",
    ),
    "prev": Text(
        "wpis nie następuje po poprzednim: któryś z nich podmieniono",
        "the entry does not follow the one before it: one of them was replaced",
    ),
    "recorded_at": Text(
        "wpis jest starszy niż poprzedni ({found})", "the entry is older than the one before it ({found})"
    ),
    "canonical": Text(
        "treść wpisu nie jest w postaci, w jakiej program zapisuje", "the content is not in the form the program writes"
    ),
    "head": Text(
        "koniec dziennika nie zgadza się z ostatnim wpisem: dziennik skrócono albo wydłużono",
        "the end of the log does not fit its last entry: the log was cut or lengthened",
    ),
    "evidence": Text(
        "dane w polu „{field}” zmieniono po zapisaniu", "the evidence in “{field}” was changed after it was recorded"
    ),
    "evidence_missing": Text("brakuje danych pola „{field}”", "the evidence in “{field}” is missing"),
    "evidence_unsealed": Text(
        "są dane pola „{field}”, których wpis nie potwierdza", "there is evidence in “{field}” that no entry commits to"
    ),
    "evidence_erased_silently": Text(
        "dane pola „{field}” usunięto, choć żaden wpis o usunięciu tego nie mówi: zrobiono to poza programem",
        "the evidence in “{field}” was erased though no erasure says so: it was done behind the program's back",
    ),
    # Signatures, the tree over all logs, and its checkpoints
    "signature_key": Text(
        "podpisu wpisu nie złożono żadnym ze znanych kluczy: albo w tym miejscu są inne klucze niż te, którymi "
        "podpisano dziennik (proszę przywrócić folder keys), albo wpis zmieniono",
        "none of the known keys made the entry's signature: either the keys here are not those that the log was "
        "signed with (put the folder keys back), or the entry was changed",
    ),
    "signature": Text(
        "podpis wpisu nie jest prawdziwy: wpis powstał albo zmienił się poza programem",
        "the entry's signature does not hold: it was made or changed behind the program's back",
    ),
    "signature_missing": Text(
        "wpis nie ma podpisu, choć powinien: powstał poza programem albo podpis usunięto",
        "the entry has no signature and should have one: it was made behind the program's back, or the signature "
        "removed",
    ),
    "unsigned_more": Text(
        "wpisów bez podpisu jest {found}, a przed utworzeniem klucza było ich tylko {expected}",
        "{found} entries are unsigned, and there were only {expected} before the key was made",
    ),
    "checkpoint_form": Text(
        "zapisany punkt kontrolny ({size}) nie jest punktem kontrolnym tego dziennika",
        "the stored checkpoint ({size}) is none of this log",
    ),
    "checkpoint_signature": Text(
        "punktu kontrolnego ({size}) nie podpisał żaden ze znanych kluczy",
        "none of the known keys signed the checkpoint ({size})",
    ),
    "tree_root": Text(
        "drzewo wpisów nie jest tym, które podpisano w punkcie kontrolnym ({size})",
        "the tree of entries is not the one that the checkpoint ({size}) signed",
    ),
    "tree_tile": Text(
        "w drzewie wpisów brakuje części: usunięto ją albo uszkodzono poza programem",
        "a part of the tree of entries is missing: it was removed or damaged behind the program's back",
    ),
    "tree_inner": Text(
        "część drzewa wpisów nie wynika z części pod nią: zmieniono ją poza programem",
        "a part of the tree of entries does not follow from those below it: it was changed behind the program's back",
    ),
    "tree_spans": Text(
        "miejsca dzienników w drzewie wpisów nie zgadzają się ze sobą",
        "the places of the logs in the tree of entries do not add up",
    ),
    "tree_pilot": Text(
        "podpisane drzewo obejmuje ten pilotaż, ale w bazie go nie ma: usunięto go poza programem",
        "the signed tree covers this pilot, but the database does not have it: it was removed behind the "
        "program's back",
    ),
    "tree_cut": Text(
        "podpisane drzewo obejmuje wpisy do numeru {expected}, a dziennik kończy się na {found}: obcięto go",
        "the signed tree covers entries up to {expected}, and the log ends with {found}: it was cut",
    ),
    "tree_leaf": Text(
        "wpis nie jest tym, który obejmuje podpisane drzewo: podmieniono go",
        "the entry is not the one that the signed tree covers: it was replaced",
    ),
    "tail_pilot": Text(
        "podpisano wpisy tego dziennika, a w bazie go nie ma: usunięto go z pominięciem programu",
        "entries of this log were signed, and the database does not have it: it was removed behind the program's back",
    ),
    "tail_cut": Text(
        "podpisano wpisy do numeru {expected}, a dziennik kończy się na {found}: obcięto go albo bazę odtworzono ze "
        "starszej kopii",
        "entries up to {expected} were signed, and the log ends with {found}: it was cut, or the database was restored "
        "from an older copy",
    ),
    "tail_leaf": Text(
        "wpis nie jest tym, który podpisano: podmieniono go",
        "the entry is not the one that was signed: it was replaced",
    ),
    "outside_form": Text(
        "ostatni punkt kontrolny zapisany obok klucza nie jest punktem kontrolnym tego dziennika",
        "the last checkpoint kept beside the key is none of this log",
    ),
    "outside_signature": Text(
        "ostatniego punktu kontrolnego zapisanego obok klucza nie podpisał żaden ze znanych kluczy: klucz podmieniono",
        "none of the known keys signed the last checkpoint kept beside the key: the key was replaced",
    ),
    "outside_ahead": Text(
        "podpisano już drzewo {expected} wpisów, a baza zna tylko {found}: odtworzono ją ze starszej kopii albo "
        "to inna baza",
        "a tree of {expected} entries was signed already, and the database knows only {found}: it was restored from an "
        "older copy, or is another one",
    ),
    "outside_root": Text(
        "baza nie zawiera tych wpisów, które objął punkt kontrolny zapisany obok klucza ({size})",
        "the database does not hold the entries that the checkpoint kept beside the key covers ({size})",
    ),
    "definition_broken": Text(
        "treść definicji {definition} nie jest tą, którą zapisano: podmieniono ją",
        "the content of the definition {definition} is not the one that was stored: it was replaced",
    ),
    "checkpoint_gone": Text(
        "w bazie nie ma punktu kontrolnego ({size}), który jest zapisany obok klucza: usunięto go",
        "the checkpoint kept beside the key ({size}) is not in the database: it was deleted",
    ),
    "stored_form": Text(
        "w bazie zapisano poza programem coś, czego tam być nie może: tabela {table}, kolumna {column}{row}",
        "something was written into the database behind the program's back that cannot be there: table {table}, column "
        "{column}{row}",
    ),
    "keyring": Text(
        "wykaz kluczy zmieniono albo uszkodzono ({problem})", "the keyring was changed or damaged ({problem})"
    ),
    "checkpoint_retired": Text(
        "punkt kontrolny ({size}) podpisano kluczem, który przedtem wycofano: ktoś ma stary klucz",
        "the checkpoint ({size}) is signed with a key that was retired before: somebody has the old key",
    ),
    "outside_retired": Text(
        "ostatni punkt kontrolny obok klucza podpisano kluczem, który przedtem wycofano",
        "the last checkpoint kept beside the key is signed with a key that was retired before",
    ),
    "keyring_tree": Text(
        "baza nie zawiera tych wpisów ({size}), które były podpisane, gdy wymieniano klucz",
        "the database does not hold the entries ({size}) that had been signed when the key was replaced",
    ),
    "keyring_missing": Text(
        "wpisy są podpisane, a wykazu kluczy nie ma: folder z kluczami usunięto albo program szuka go gdzie indziej; "
        "proszę odtworzyć go z kopii",
        "entries are signed, and there is no keyring: the folder with the keys was removed, or the program looks for "
        "it elsewhere; restore it from a copy",
    ),
    "witness_signature": Text(
        "podpis świadka {witness} pod punktem kontrolnym ({size}) nie jest prawdziwy",
        "the witness {witness}'s signature under the checkpoint ({size}) does not hold",
    ),
    "witness_forked": Text(
        "dziennik pokazuje inne drzewo {size} wpisów niż to, które świadek już podpisał: dziennik ma dwie różne "
        "historie; oba punkty kontrolne, podpisane przez biuro, zachowano w {evidence}",
        "the log shows another tree of {size} entries than the one that the witness signed before: the log has two "
        "histories; both checkpoints, signed by the office, are kept in {evidence}",
    ),
    "witness_inconsistent": Text(
        "z dowodu w prośbie nie wynika, że punkt kontrolny {size} wpisów jest dalszym ciągiem tego, który świadek "
        "podpisał ({seen} wpisów): dziennik przepisano albo prośbę uszkodzono po drodze. Proszę raz poprosić biuro o "
        "nową; jeżeli i ona nie pasuje, dziennik przepisano. Oba punkty kontrolne zachowano w {evidence}",
        "the proof in the request does not show that the checkpoint of {size} entries continues the one that the "
        "witness signed ({seen} entries): the log was rewritten, or the request damaged on its way. Ask the office "
        "for a new one, once; if that does not fit either, the log was rewritten. Both checkpoints are kept in "
        "{evidence}",
    ),
    "witness_quorum": Text(
        "punkt kontrolny ({size}) współpodpisało za mało świadków: {found} z wymaganych {expected}",
        "too few witnesses signed the checkpoint ({size}): {found} of {expected}",
    ),
    "timestamp": Text(
        "znacznik czasu punktu kontrolnego ({size}) nie jest prawdziwy ({problem})",
        "the checkpoint's ({size}) time stamp does not hold ({problem})",
    ),
    # Around the logs:
    "pilot_missing": Text(
        "w bazie są wpisy tego pilotażu, ale samego pilotażu nie ma: usunięto go poza programem",
        "the database holds entries of this pilot, but not the pilot: it was removed behind the program's back",
    ),
    "triggers_missing": Text(
        "usunięto zabezpieczenia, które nie pozwalają zmieniać wpisów ({triggers}); trzeba ustalić, kto i kiedy to "
        "zrobił",
        "the guards that keep entries from being changed are gone ({triggers}); find out who removed them, and when",
    ),
    "access_head": Text(
        "brakuje końca dziennika dostępu: usunięto go poza programem",
        "the end of the access log is missing: it was removed behind the program's back",
    ),
    "projection_auditor": Text(
        "dostęp audytora {what} zapisano jako „{found}”, a z dziennika dostępu wynika „{expected}”; naprawia to: "
        "mlw audit replay --repair",
        "the access of the auditor {what} is stored as “{found}”, and the access log gives “{expected}”; to mend it: "
        "mlw audit replay --repair",
    ),
    # The replay: should it have been recorded?
    "not_opened": Text(
        "dziennik nie zaczyna się od otwarcia pilotażu", "the log does not begin with the pilot's opening"
    ),
    "opened_twice": Text("pilotaż otwarto po raz drugi", "the pilot is opened a second time"),
    "definition_missing": Text(
        "w bazie nie ma definicji {definition}, według której otwarto pilotaż",
        "the database lacks the definition {definition} that the pilot was opened with",
    ),
    "definition_changed": Text(
        "wpis powołuje się na inną definicję ({found}) niż ta, z którą otwarto pilotaż",
        "the entry names another definition ({found}) than the one the pilot was opened with",
    ),
    "unknown_role": Text("program nie zna roli „{role}”", "the programme knows no role “{role}”"),
    "unknown_machine": Text("pilotaż nie ma zadania „{machine}”", "the pilot has no task “{machine}”"),
    "unknown_trigger": Text("zadanie {machine} nie ma kroku „{trigger}”", "the task {machine} has no step “{trigger}”"),
    "no_day": Text("wpis nie podaje dnia zdarzenia", "the entry does not say on which day it happened"),
    "should_be_refused": Text(
        "tego kroku nie wolno było zapisać ({reasons})", "this step should not have been recorded ({reasons})"
    ),
    "refusal_differs": Text(
        "odmowa ma inne powody, niż wynika z zasad", "the refusal has other reasons than the rules give"
    ),
    "decision_differs": Text(
        "wpis mówi {found}, a z zasad wynika {expected}", "the entry says {found}, and the rules give {expected}"
    ),
    "reliance_differs": Text(
        "wpis opiera się na innych krokach ({found}), niż wynika z zasad ({expected})",
        "the entry relies on other steps ({found}) than the rules give ({expected})",
    ),
    "correction_differs": Text(
        "korekta cofa wpis {found}, a powinna cofać {expected}",
        "the correction undoes entry {found}, and should undo {expected}",
    ),
    "unknown_deadline": Text(
        "zadanie {machine} nie ma terminu „{rule}”, o którym mówi wpis",
        "the task {machine} has no deadline “{rule}”, of which the entry speaks",
    ),
    "erased_nothing": Text("wpis o usunięciu nie mówi, co usunięto", "the erasure does not say what was erased"),
    "erased_unknown": Text(
        "wpis o usunięciu mówi o polu „{field}” wpisu {of}, którego nigdy nie było",
        "the erasure speaks of the field “{field}” of entry {of}, which there never was",
    ),
    "erased_still_there": Text(
        "według wpisu usunięto dane pola „{field}” wpisu {of}, a one są w bazie",
        "the erasure says that “{field}” of entry {of} was erased, and it is in the database",
    ),
    "no_deputy": Text(
        "wpis nie mówi, kto kogo i kiedy zastępuje", "the entry does not say who stands in for whom, and when"
    ),
    "finding_place": Text(
        "odpowiedź na ustalenie kontroli ({code}) mówi o kroku, którego w dzienniku nie ma ({machine}, wpis {of})",
        "an answer to a finding ({code}) speaks of a step that is not in the log ({machine}, entry {of})",
    ),
    "finding_answer": Text(
        "tej odpowiedzi ({answer}) na ustalenie kontroli ({code}) nie wolno było zapisać w roli „{role}” ({why})",
        "this answer ({answer}) to a finding ({code}) should not have been recorded in the role “{role}” ({why})",
    ),
    "finding_text": Text(
        "odpowiedź na ustalenie kontroli ({code}) nie ma uzasadnienia",
        "an answer to a finding ({code}) gives no reason",
    ),
    # The projection: does the board show what the log says?
    "projection_head": Text(
        "koniec dziennika nie zgadza się z ostatnim wpisem: dziennik skrócono albo wydłużono",
        "the end of the log does not fit its last entry: the log was cut or lengthened",
    ),
    "projection_pilot": Text(
        "o pilotażu zapisano obok dziennika „{found}” ({what}), a otwarto go jako „{expected}”",
        "beside the log the pilot is said to have “{found}” ({what}), and it was opened with “{expected}”",
    ),
    "projection_position": Text(
        "tablica pokazuje zadanie {what} inaczej ({found}), niż wynika z dziennika ({expected}); naprawia to: "
        "mlw audit replay --repair",
        "the board shows {what} otherwise ({found}) than the log gives ({expected}); to mend it: "
        "mlw audit replay --repair",
    ),
    "projection_position.same": Text(
        "tablica pokazuje zadanie {what} ze szczegółami innymi, niż wynika z dziennika; naprawia to: "
        "mlw audit replay --repair",
        "the board shows {what} with other details than the log gives; to mend it: mlw audit replay --repair",
    ),
    "projection_position.absent": Text(
        "tablica pomija zadanie {what}, choć z dziennika wynika: {expected}; naprawia to: mlw audit replay --repair",
        "the board leaves out {what}, though the log gives: {expected}; to mend it: mlw audit replay --repair",
    ),
    "projection_position.unfounded": Text(
        "tablica pokazuje zadanie {what} ({found}), choć w dzienniku nic o tym nie ma; naprawia to: "
        "mlw audit replay --repair",
        "the board shows {what} ({found}), of which the log has nothing; to mend it: mlw audit replay --repair",
    ),
    "projection_membership": Text(
        "lista ról pokazuje {what} inaczej ({found}), niż wynika z dziennika ({expected}); naprawia to: "
        "mlw audit replay --repair",
        "the list of roles shows {what} otherwise ({found}) than the log gives ({expected}); to mend it: "
        "mlw audit replay --repair",
    ),
    "projection_membership.same": Text(
        "lista ról pokazuje {what} ze szczegółami innymi, niż wynika z dziennika; naprawia to: "
        "mlw audit replay --repair",
        "the list of roles shows {what} with other details than the log gives; to mend it: mlw audit replay --repair",
    ),
    "projection_membership.absent": Text(
        "lista ról pomija {what}, choć z dziennika wynika: {expected}; naprawia to: mlw audit replay --repair",
        "the list of roles leaves out {what}, though the log gives: {expected}; to mend it: mlw audit replay --repair",
    ),
    "projection_membership.unfounded": Text(
        "lista ról pokazuje {what} ({found}), choć w dzienniku nic o tym nie ma; naprawia to: "
        "mlw audit replay --repair",
        "the list of roles shows {what} ({found}), of which the log has nothing; to mend it: mlw audit replay --repair",
    ),
    "projection_deadline": Text(
        "termin „{what}” zapisano jako „{found}”, a z dziennika wynika „{expected}”; naprawia to: "
        "mlw audit replay --repair",
        "the deadline “{what}” is stored as “{found}”, and the log gives “{expected}”; to mend it: "
        "mlw audit replay --repair",
    ),
    "projection_pause": Text(
        "potwierdzenie lub odroczenie „{what}” zapisano jako „{found}”, a z dziennika wynika „{expected}”; "
        "naprawia to: "
        "mlw audit replay --repair",
        "the acknowledgement or snooze “{what}” is stored as “{found}”, and the log gives “{expected}”; to mend it: "
        "mlw audit replay --repair",
    ),
    "projection_deputy": Text(
        "zastępstwo „{what}” zapisano jako „{found}”, a z dziennika wynika „{expected}”; naprawia to: "
        "mlw audit replay --repair",
        "the deputy “{what}” is stored as “{found}”, and the log gives “{expected}”; to mend it: "
        "mlw audit replay --repair",
    ),
    "projection_policy": Text(
        "sposób przypominania „{what}” zapisano jako „{found}”, a z dziennika wynika „{expected}”; naprawia to: "
        "mlw audit replay --repair",
        "the way of reminding “{what}” is stored as “{found}”, and the log gives “{expected}”; to mend it: "
        "mlw audit replay --repair",
    ),
}
PILOT_FIELDS: Mapping[str, Text] = {
    "id": Text("identyfikator", "id"),
    "code": Text("kod", "code"),
    "municipality": Text("gmina", "municipality"),
    "programme": Text("program", "programme"),
    "definition": Text("definicja", "definition"),
    "start": Text("pierwszy dzień", "first day"),
    "end": Text("ostatni dzień", "last day"),
    "voivodeship": Text("województwo", "voivodeship"),
}
ROW = Text(", wiersz: {row}", ", row: {row}")
UNKNOWN = Text("sprawdzenie „{check}” nie powiodło się", "the check “{check}” failed")
ACCESS_PLACE = Text("Wpis {seq} dziennika dostępu: {what}.", "Entry {seq} of the access log: {what}.")
ACCESS = Text("Dziennik dostępu: {what}.", "The access log: {what}.")
PLACE = Text("Wpis {seq} w pilotażu {pilot}: {what}.", "Entry {seq} of the pilot {pilot}: {what}.")
IN_FILE = Text("Wpis {seq}: {what}.", "Entry {seq}: {what}.")
"""Where it is not known of which pilot."""
NO_ENTRY = Text("{pilot}: {what}.", "{pilot}: {what}.")
"""For what concerns no entry in particular."""


def _dash() -> str:
    return "–"


def check_sentence(
    check: str, seq: int, pilot: str, facts: Mapping[str, str], language: str, *, packed: bool = False
) -> str:
    """What does not hold, and where, in one sentence. ``packed``: of an audit pack, which has words of its own."""
    what = _what(check, facts, language, packed=packed)
    if pilot == ACCESS_LOG:
        return (ACCESS_PLACE if seq else ACCESS)[language].format(seq=seq, what=what)
    if not seq and not pilot:
        return f"{what[:1].upper()}{what[1:]}."
    return ((PLACE if pilot else IN_FILE) if seq else NO_ENTRY)[language].format(seq=seq, pilot=pilot, what=what)


def _what(check: str, facts: Mapping[str, str], language: str, *, packed: bool) -> str:
    """What does not hold, without the place."""
    own = PACK_CHECKS.get(check) if packed else None
    wording = own or CHECKS.get(_variant(check, facts))
    if wording is None:
        return UNKNOWN[language].format(check=check)
    told = {**facts, **{side: _stored(facts[side], language) for side in ("expected", "found") if side in facts}}
    if "problem" in told:
        told["problem"] = problem_words(told["problem"], language) or told["problem"]
    if check == "projection_pilot" and told.get("what") in PILOT_FIELDS:
        told["what"] = PILOT_FIELDS[told["what"]][language]
    if check == "stored_form":
        told["row"] = ROW[language].format(row=told["row"]) if told.get("row") else ""
    if check == "damage_told":
        inner = facts.get("told", "")
        told["told"] = _what(inner, facts, language, packed=False) if inner not in ("", check) else "–"
    return wording[language].format_map(defaultdict(_dash, told))


def _variant(check: str, facts: Mapping[str, str]) -> str:
    """The key of the wording: two sides that are told in the same words, or of which one is not there, are special."""
    if check not in ("projection_position", "projection_membership") or "found" not in facts:
        return check
    if facts["found"] == facts.get("expected"):
        return f"{check}.same"
    return f"{check}.absent" if not facts["found"] else check if facts.get("expected") else f"{check}.unfounded"


def _stored(told: str, language: str) -> str:
    """A stored position or role (``begun since 2014-04-30 by entry 13``) in words; anything else as it is."""
    position = _POSITION.fullmatch(told)
    if position:
        return POSITION[language].format(state=position[1], since=position[2], seq=position[3])
    held = _HELD.fullmatch(told)
    if held:
        until = UNTIL[language].format(until=held[2]) if held[2] else ""
        return HELD[language].format(since=held[1], until=until, seq=held[3])
    return told


_POSITION = re.compile(r"(\S+) since (\S+) by entry (\d+)")
_HELD = re.compile(r"([\d-]+)–([\d-]*) by entry (\d+)")
POSITION = Text("stan „{state}” od {since}, wpis {seq}", "the state “{state}” since {since}, entry {seq}")
HELD = Text("od {since}{until}, wpis {seq}", "from {since}{until}, entry {seq}")
UNTIL = Text(" do {until}", " until {until}")
