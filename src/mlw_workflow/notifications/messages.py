"""The mails' wording: the daily digest, the urgent notice, and the list of mails that reached nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from mlw_workflow.domain.texts import Text
from mlw_workflow.notifications.clean import one_line
from mlw_workflow.notifications.document import (
    Block,
    Entry,
    Fact,
    Heading,
    Paragraph,
    Signature,
    as_html,
    as_text,
)
from mlw_workflow.notifications.values import Composed
from mlw_workflow.notifications.words import BASES, counted, day_words, distance, span_words, with_note

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from mlw_workflow.notifications.values import (
        Action,
        Digest,
        DigestLine,
        DigestPart,
        Language,
        LastChance,
        Outage,
        Undelivered,
        UndeliveredMail,
        UrgentNotice,
        Why,
    )

Stage = Literal["ahead", "now", "past"]
"""A step's last moment is still to come, is today, or has passed."""
TITLE_LIMIT = 80
"""A title in a subject is not longer, so that what follows it can be read."""

HEADING = Text("Przypomnienia na {day}", "Reminders for {day}")
LATE = Text("po terminie: {number}", "late: {number}")
LAST_CHANCE: Mapping[Stage, Text] = {
    "ahead": Text("mało czasu na rozpoczęcie", "little time left to begin"),
    "now": Text("ostatni moment na rozpoczęcie", "last moment to begin"),
    "past": Text("czas na rozpoczęcie minął", "the time to begin has passed"),
}
ADDRESSEE = Text("Dla: {name}", "For: {name}")
OUTAGE = Text(
    "Przypomnień nie wysyłano {span}. Z tamtych dni wysyłamy tylko to, co nadal jest aktualne.",
    "No reminders were sent {span}. Of those days only what still matters is sent.",
)
ON_ONE_DAY = Text("w dniu {day}", "on {day}")
DATED = Text("Terminy", "Deadlines")
UNDATED = Text("Bez ustalonego terminu", "No date set yet")
POINT_OF_NO_RETURN: Mapping[Stage, Text] = {
    "ahead": Text("Mało czasu, aby zdążyć", "Little time left to be in time"),
    "now": Text("Ostatni moment, aby zdążyć", "The last moment to be in time"),
    "past": Text("Za późno, aby zdążyć w zwykłym tempie", "Too late to be in time at the usual pace"),
}
NOTHING = Text("Dzisiaj nie ma nic do zrobienia.", "There is nothing to do today.")

DUE = Text("Termin", "Due")
PASSED = Text("Termin minął", "Was due")
SET_A_DATE = Text("nie ustalono; proszę podać datę", "no date is set; please give one")
SCHOOL_HOLIDAY = Text("Uwaga", "Note")
IN_SCHOOL_HOLIDAY = Text("w tym dniu trwa przerwa w szkołach ({name})", "schools are closed on that day ({name})")
BASIS = Text("Podstawa", "Basis")
MOVED = Text("Termin zmieniono", "Date moved")
MOVED_FROM = Text("z dnia {before} na dzień {now}", "from {before} to {now}")
MISSED = Text("Pominięto", "Left out")
MISSED_BECAUSE = Text("{warnings}, bo program nie działał", "{warnings}, because the program was not running")
WHY = Text("Dlaczego ta wiadomość", "Why you get this")
ROLE = Text("rola „{role}”", "the role “{role}”")
DEPUTY = Text("zastępstwo za: {name}; rola „{role}”", "deputy for {name}; the role “{role}”")
HANDED_ON = Text(
    "nikogo w roli „{other}” nie można powiadomić, następna jest rola „{role}”",
    "nobody can be told as “{other}”; the next role is “{role}”",
)
ACKNOWLEDGE = Text("Potwierdź, że wiesz", "Acknowledge")
SNOOZE = Text("Przypomnij później", "Remind me later")

TASK = Text("Zadanie", "Task")
BEGIN_BY = Text("Rozpocząć najpóźniej", "Begin by")
SHOULD_HAVE_BEGUN = Text("Trzeba było rozpocząć", "Should have begun by")
SLACK = Text("Zapas", "Time in hand")
TOO_LATE = Text("Opóźnienie", "Late by")
NO_SLACK = Text("żaden, dzisiaj jest ostatni dzień", "none, today is the last day")
GOAL = Text("Cel", "Goal")
BECAUSE = Text("Dopiero potem", "Only then")
WHO = Text("Kto może to zrobić", "Who can act")
NOBODY = Text("nikt nie pełni odpowiedniej roli", "nobody holds a role that may")

URGENT = Text("Pilne", "Urgent")
URGENT_NO_DATE = Text("nie ustalono terminu", "no date set")

UNDELIVERED_ABOUT = Text(
    "Te wiadomości czekają na decyzję człowieka. Program nie wyśle ich ponownie sam.",
    "These mails wait for a person's decision. The program will not send them again by itself.",
)
DEAD = Text("Nie doręczono", "Not delivered")
IN_DOUBT = Text("Nie wiadomo, czy doręczono", "Nobody knows whether delivered")
RECIPIENT = Text("Adresat", "To")
REASON = Text("Powód", "Reason")
SERVER_SAID = Text("Odpowiedź serwera poczty", "The mail server said")
TRIED = Text("Prób", "Attempts")
SINCE = Text("Od", "Since")
RESEND = Text("Wyślij jeszcze raz", "Send again")
SHOW_ALL = Text("Wszystkie takie wiadomości", "All such mails")
HOW_TO_SEE = Text("Jak je zobaczyć", "How to see them")
REASONS = {
    "recipient_refused": Text("serwer nie przyjmuje poczty na ten adres", "the server takes no mail for this address"),
    "content_refused": Text("serwer odrzucił treść wiadomości", "the server refused the mail's content"),
    "too_large": Text("wiadomość jest za duża dla serwera", "the mail is too large for the server"),
    "no_answer_after_data": Text(
        "połączenie przerwało się, zanim serwer potwierdził odbiór",
        "the connection was lost before the server confirmed that it had the mail",
    ),
    "address_invalid": Text("adres jest nieprawidłowy", "the address is not valid"),
    "attempts_exhausted": Text("wszystkie próby się nie udały", "all attempts failed"),
}


def digest(of: Digest) -> Composed:
    """The day's one mail for a person."""
    language = of.language
    lines = [line for part in of.parts for line in part.lines]
    heading = HEADING[language].format(day=day_words(of.today, language))
    blocks = [
        Heading(1, f"{URGENT[language]}: {heading[0].lower()}{heading[1:]}" if of.urgent else heading),
        *_preface(of.recipient, of.outage, language),
    ]
    for part in of.parts:
        blocks += _part(part, of.today, language)
    if not lines and not any(part.last_chances for part in of.parts):
        blocks.append(Paragraph(NOTHING[language]))
    return _composed(_digest_subject(of, lines), [*blocks, Signature(of.office)], language)


def urgent_notice(of: UrgentNotice) -> Composed:
    """One deadline at once."""
    language, line = of.language, of.line
    when = (
        URGENT_NO_DATE[language]
        if line.due_on is None
        else f"{day_words(line.due_on, language)} ({distance(line.due_on, of.today, line.working_days, language)})"
    )
    municipality, title = one_line(of.municipality, TITLE_LIMIT), one_line(line.title, TITLE_LIMIT)
    subject = f"{URGENT[language]}: {municipality}, {title}: {when}"
    blocks: list[Block] = [
        Heading(1, f"{URGENT[language]}: {of.municipality}"),
        *_preface(of.recipient, of.outage, language),
        _line(line, of.today, language),
        Signature(of.office),
    ]
    return _composed(subject, blocks, language)


def undelivered(of: Undelivered) -> Composed:
    """What could not be delivered or is in doubt, for the operators."""
    language = of.language
    subject = f"{counted(len(of.mails), 'mail', language)}, {day_words(of.today, language)}"
    blocks: list[Block] = [Heading(1, subject), Paragraph(UNDELIVERED_ABOUT[language])]
    for title, state in ((DEAD, "dead"), (IN_DOUBT, "in_doubt")):
        entries = [_undelivered_mail(mail, language) for mail in of.mails if mail.state == state]
        blocks += [Heading(2, title[language]), *entries] if entries else []
    if of.show_all is not None:
        blocks.append(Entry(SHOW_ALL[language], (_action(HOW_TO_SEE[language], of.show_all),)))
    return _composed(subject, [*blocks, Signature(of.office)], language)


def _composed(subject: str, blocks: list[Block], language: Language) -> Composed:
    content = tuple(blocks)
    return Composed(one_line(subject, 250), as_text(content), as_html(content, language), language)


def _digest_subject(of: Digest, lines: list[DigestLine]) -> str:
    language = of.language
    chances = [chance for part in of.parts for chance in part.last_chances]
    if len(lines) + len(chances) == 1:
        matter = _matter(lines[0], of.today, language) if lines else _pressing_matter(chances[0], language)
        subject = f"{one_line(of.parts[0].municipality, TITLE_LIMIT)}: {matter}"
        return f"{URGENT[language]}: {subject}" if of.urgent else subject
    subject = HEADING[language].format(day=day_words(of.today, language))
    if len(of.parts) == 1:
        subject = f"{one_line(of.parts[0].municipality, TITLE_LIMIT)}: {subject[0].lower()}{subject[1:]}"
    elif of.urgent:
        subject = f"{subject[0].lower()}{subject[1:]}"
    if of.urgent:
        subject = f"{URGENT[language]}: {subject}"
    late = sum(line.due_on is not None and line.due_on < of.today for line in lines)
    facts = [counted(len(lines), "deadline", language)] if lines else []
    facts += [LATE[language].format(number=late)] if late else []
    stages = {_stage(chance) for chance in chances}
    facts += [words[language] for stage, words in LAST_CHANCE.items() if stage in stages]
    return f"{subject} ({', '.join(facts)})" if facts else subject


def _matter(line: DigestLine, today: date, language: Language) -> str:
    """The one deadline that a mail is about."""
    title = one_line(line.title, TITLE_LIMIT)
    if line.due_on is None:
        return f"{title}: {URGENT_NO_DATE[language]}"
    far = distance(line.due_on, today, line.working_days, language)
    return f"{title}: {day_words(line.due_on, language)} ({far})"


def _pressing_matter(chance: LastChance, language: Language) -> str:
    """The one step that a mail is about."""
    return f"{one_line(chance.step, TITLE_LIMIT)}: {LAST_CHANCE[_stage(chance)][language]}"


def _stage(chance: LastChance) -> Stage:
    return "ahead" if chance.slack > 0 else "now" if chance.slack == 0 else "past"


def _preface(name: str, outage: Outage | None, language: Language) -> Iterator[Block]:
    if name:
        yield Paragraph(ADDRESSEE[language].format(name=name))
    if outage is not None:
        span = span_words(outage.first, outage.last, language)
        if outage.first == outage.last:
            span = ON_ONE_DAY[language].format(day=span)
        yield Paragraph(OUTAGE[language].format(span=span))


def _part(part: DigestPart, today: date, language: Language) -> Iterator[Block]:
    dated = sorted((line for line in part.lines if line.due_on is not None), key=_by_day)
    undated = [line for line in part.lines if line.due_on is None]
    if not (dated or undated or part.last_chances):
        return
    yield Heading(2, part.municipality)
    for chance in part.last_chances:
        yield Heading(3, POINT_OF_NO_RETURN[_stage(chance)][language])
        yield _last_chance(chance, today, language)
    for title, lines in ((DATED, dated), (UNDATED, undated)):
        if lines:
            yield Heading(3, title[language])
            for line in lines:
                yield _line(line, today, language)


def _by_day(line: DigestLine) -> date:
    assert line.due_on is not None
    return line.due_on


def _line(line: DigestLine, today: date, language: Language) -> Entry:
    facts = [_due(line, today, language)]
    if line.moved_from is not None and line.due_on is not None:
        days = {"before": day_words(line.moved_from, language), "now": day_words(line.due_on, language)}
        facts.append(Fact(MOVED[language], MOVED_FROM[language].format(**days)))
    if line.school_holiday:
        closed = IN_SCHOOL_HOLIDAY[language].format(name=line.school_holiday)
        facts.append(Fact(SCHOOL_HOLIDAY[language], closed))
    basis = BASES[line.basis][language]
    facts.append(Fact(BASIS[language], with_note(basis, line.basis_note)))
    facts.append(Fact(WHY[language], _why(line.why, language)))
    if line.missed:
        missed = MISSED_BECAUSE[language].format(warnings=counted(line.missed, "warning", language))
        facts.append(Fact(MISSED[language], missed))
    for label, action in ((ACKNOWLEDGE, line.acknowledge), (SNOOZE, line.snooze)):
        if action is not None:
            facts.append(_action(label[language], action))
    return Entry(f"{_named(line.title, line.machine)}: {line.what}", tuple(facts))


def _named(title: str, machine: str) -> str:
    return f"{title} ({machine})" if machine else title


def _due(line: DigestLine, today: date, language: Language) -> Fact:
    if line.due_on is None:
        return Fact(DUE[language], SET_A_DATE[language])
    label = PASSED if line.due_on < today else DUE
    far = distance(line.due_on, today, line.working_days, language)
    return Fact(label[language], f"{day_words(line.due_on, language)}, {far}")


def _why(why: Why, language: Language) -> str:
    if why.deputy_for:
        return DEPUTY[language].format(name=why.deputy_for, role=why.role)
    if why.in_place_of:
        return HANDED_ON[language].format(other=why.in_place_of, role=why.role)
    return ROLE[language].format(role=why.role)


def _last_chance(chance: LastChance, today: date, language: Language) -> Entry:
    far = distance(chance.latest_start, today, chance.slack, language)
    label = BEGIN_BY if chance.latest_start >= today else SHOULD_HAVE_BEGUN
    facts = [
        Fact(TASK[language], _named(chance.title, chance.machine)),
        Fact(label[language], f"{day_words(chance.latest_start, language)}, {far}"),
    ]
    if chance.slack == 0:
        facts.append(Fact(SLACK[language], NO_SLACK[language]))
    else:
        label = SLACK if chance.slack > 0 else TOO_LATE
        facts.append(Fact(label[language], counted(abs(chance.slack), "working_day", language)))
    facts.append(Fact(GOAL[language], f"{chance.goal}, {day_words(chance.goal_on, language)}"))
    if chance.because:
        facts.append(Fact(BECAUSE[language], " → ".join(one_line(title, TITLE_LIMIT) for title in chance.because)))
    facts.append(Fact(WHO[language], ", ".join(chance.who) or NOBODY[language]))
    return Entry(chance.step, tuple(facts))


def _undelivered_mail(mail: UndeliveredMail, language: Language) -> Entry:
    reason = REASONS.get(mail.reason)
    facts = [
        Fact(RECIPIENT[language], mail.recipient),
        Fact(REASON[language], mail.reason if reason is None else reason[language]),
    ]
    if mail.detail:
        facts.append(Fact(SERVER_SAID[language], mail.detail))
    facts.append(Fact(TRIED[language], str(mail.attempts)))
    if mail.since is not None:
        facts.append(Fact(SINCE[language], f"{day_words(mail.since.date(), language)}, {mail.since:%H:%M}"))
    if mail.resend is not None:
        facts.append(_action(RESEND[language], mail.resend))
    return Entry(mail.subject, tuple(facts))


def _action(label: str, action: Action) -> Fact:
    return Fact(label, action.command, action.url, command=True)
