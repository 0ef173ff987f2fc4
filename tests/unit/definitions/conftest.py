"""A small valid programme as files, to be broken in one place at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

PROGRAMME = """\
id: probe
title: {pl: Próba, en: Probe}
span: {start: 2014-01-01, end: 2014-06-30}
timezone: Europe/Warsaw
roles:
  clerk: {title: {pl: Urzędnik, en: Clerk}}
  chief: {title: {pl: Kierownik, en: Chief}, scope: programme}
  guest: {title: {pl: Gość, en: Guest}, acts: false}
vocabularies:
  group:
    young: {pl: Młodzi, en: Young}
    old: {pl: Starsi, en: Old}
kinds:
  task:
    title: {pl: Zadanie, en: Task}
    states:
      open: {initial: true, title: {pl: Otwarte, en: Open}}
      accepted: {final: true, title: {pl: Przyjęte, en: Accepted}}
      waived: {final: true, title: {pl: Pominięte, en: Waived}}
      halted: {suspended: true, title: {pl: Wstrzymane, en: Halted}}
    transitions:
      - {trigger: accept, title: {pl: Przyjmij, en: Accept}, from: $done, to: accepted, by: [chief]}
      - {trigger: return, title: {pl: Zwróć, en: Return}, from: $done, to: $returns_to, effect: return, by: [chief]}
      - {trigger: suspend, title: {pl: Stop, en: Suspend}, from: $working, to: halted, effect: suspend, by: [clerk]}
      - {trigger: resume, title: {pl: Wznów, en: Resume}, from: halted, to: $left, effect: resume, by: [clerk]}
      - {trigger: waive, title: {pl: Pomiń, en: Waive}, from: $initial, to: waived, effect: waive, by: [chief]}
    correct: {by: [clerk], evidence: {reason: {type: text, title: {pl: Powód, en: Reason}}}}
  report:
    title: {pl: Raport, en: Report}
    states:
      due: {initial: true, title: {pl: Do złożenia, en: Due}}
machines: [first, second, fork, monthly]
history:
  meetings:
    - {machine: first, trigger: begin, on: on, evidence: {place: place}}
"""

FIRST = """\
id: first
kind: task
title: {pl: Pierwsze, en: First}
states:
  working: {title: {pl: W toku, en: Working}}
  finished: {title: {pl: Gotowe, en: Finished}, done: true, returns_to: working}
transitions:
  - trigger: begin
    title: {pl: Zacznij, en: Begin}
    from: open
    to: working
    by: [clerk]
    evidence:
      place: {type: text, title: {pl: Miejsce, en: Place}, min: 2, max: 80}
      people:
        type: records
        title: {pl: Osoby, en: People}
        min: 1
        fields:
          name: {type: text, title: {pl: Nazwa, en: Name}}
          group: {type: choice, title: {pl: Grupa, en: Group}, options: group}
        min_each: {field: group, at_least: 1}
  - trigger: finish
    title: {pl: Zakończ, en: Finish}
    from: working
    to: finished
    by: [clerk, chief]
    evidence:
      people:
        type: records
        title: {pl: Osoby, en: People}
        fields: {name: {type: text, title: {pl: Nazwa, en: Name}}}
        collects: begin
"""

SECOND = """\
id: second
kind: task
title: {pl: Drugie, en: Second}
states:
  working: {title: {pl: W toku, en: Working}}
  finished: {title: {pl: Gotowe, en: Finished}, done: true, returns_to: working}
transitions:
  - trigger: begin
    title: {pl: Zacznij, en: Begin}
    from: open
    to: working
    by: [clerk]
    needs:
      - first.working
    evidence:
      person:
        type: choice
        title: {pl: Osoba, en: Person}
        among: {machine: first, field: people, subfield: name}
  - trigger: finish
    title: {pl: Zakończ, en: Finish}
    from: working
    to: finished
    by: [clerk]
    needs:
      - {every: monthly.sent}
      - {any: [fork.left, fork.right]}
"""

FORK = """\
id: fork
kind: task
title: {pl: Rozwidlenie, en: Fork}
states:
  left: {title: {pl: W lewo, en: Left}, done: true, returns_to: open}
  right: {title: {pl: W prawo, en: Right}, done: true, returns_to: open}
transitions:
  - {trigger: go_left, title: {pl: W lewo, en: Left}, from: open, to: left, by: [clerk]}
  - {trigger: go_right, title: {pl: W prawo, en: Right}, from: open, to: right, by: [clerk]}
"""

MONTHLY = """\
id: monthly
kind: report
title: {pl: Raport miesięczny, en: Monthly report}
series: {months: 1, key: month}
states:
  sent: {final: true, title: {pl: Złożony, en: Sent}}
transitions:
  - trigger: send
    title: {pl: Złóż, en: Send}
    from: due
    to: sent
    by: [clerk]
    not_before: period_end
    outside_span: [after]
"""

FILES = {
    "programme.yaml": PROGRAMME,
    "first.yaml": FIRST,
    "second.yaml": SECOND,
    "more/fork.yaml": FORK,
    "more/monthly.yaml": MONTHLY,
}


class Probe:
    """The programme on disk, and the means to break it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name: str, content: str | bytes) -> Path:
        """Put a file in place of another, or beside the others."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace the only occurrence of ``old``."""
        text = (self.folder / name).read_text("utf-8")
        assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in {name}"
        self.write(name, text.replace(old, new))

    def marked(self) -> tuple[str, int]:
        """The file and line that carry the mark ``#!``."""
        found = [
            (file.as_posix(), number)
            for file in sorted(self.folder.rglob("*.yaml"))
            for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
            if "#!" in line
        ]
        assert len(found) == 1, found
        return found[0]


@pytest.fixture
def probe(tmp_path: Path) -> Probe:
    return Probe(tmp_path / "probe")
