"""The sentence of each finding, Polish and English, filled from its facts. Codes are stable; sentences may improve.

Each sentence says what is wrong and, where it is not plain, what to do. It does not repeat file and line.
"""

from __future__ import annotations

Pair = tuple[str, str]
"""Polish, English."""

READING: dict[str, Pair] = {
    "file_missing": ("Nie ma takiego pliku.", "There is no such file."),
    "file_unreadable": ("Pliku nie da się odczytać.", "The file cannot be read."),
    "file_too_large": ("Plik ma ponad {limit} bajtów.", "The file is larger than {limit} bytes."),
    "not_utf8": ("Plik nie jest zapisany w UTF-8.", "The file is not in UTF-8."),
    "yaml_syntax": (
        "To nie jest poprawny YAML. Proszę sprawdzić w tym miejscu wcięcia, dwukropki, nawiasy i cudzysłowy.",
        "This is not valid YAML. Check the indentation, colons, brackets and quotes there.",
    ),
    "yaml_bad_character": (
        "Plik zawiera niedozwolony znak {character}.",
        "The file holds the character {character}, which is not allowed.",
    ),
    "yaml_alias": (
        "Odwołanie *{name} jest niedozwolone. Proszę powtórzyć treść albo użyć słownika (vocabularies).",
        "The alias *{name} is not allowed. Repeat the content, or use a vocabulary.",
    ),
    "yaml_anchor": ("Kotwica &{name} jest niedozwolona.", "The anchor &{name} is not allowed."),
    "yaml_tag": ("Znacznik typu {tag} jest niedozwolony.", "The tag {tag} is not allowed."),
    "yaml_duplicate_key": (
        "Klucz „{key}” występuje po raz drugi, pierwszy raz w wierszu {first}.",
        'The key "{key}" is given a second time; the first is on line {first}.',
    ),
    "yaml_key_not_text": ("Klucz musi być zwykłym tekstem.", "A key must be plain text."),
    "yaml_many_documents": (
        "W pliku może być tylko jeden dokument, a tu zaczyna się następny.",
        "A file holds one document, and here begins another.",
    ),
    "yaml_too_deep": ("Zagnieżdżenie przekracza {limit} poziomów.", "Nested more than {limit} levels deep."),
    "yaml_too_many_nodes": ("Plik ma ponad {limit} elementów.", "The file has more than {limit} nodes."),
    "yaml_bad_number": (
        "Liczby {number} nie da się zapisać dokładnie. Numer lub identyfikator proszę ująć w cudzysłów.",
        "The number {number} cannot be kept exactly. Put quotation marks around a number that is a name.",
    ),
}

SHAPE: dict[str, Pair] = {
    "missing_key": ("Brakuje klucza „{key}”.", 'The key "{key}" is missing.'),
    "unknown_key": ("Nieznany klucz „{key}”.", 'Unknown key "{key}".'),
    "not_text": (
        "Tu powinien być tekst. Wartość, która wygląda jak liczba, proszę ująć w cudzysłów.",
        "This should be text. Put quotation marks around what looks like a number.",
    ),
    "not_number": ("Tu powinna być liczba.", "This should be a number."),
    "not_whole_number": ("Tu powinna być liczba całkowita.", "This should be a whole number."),
    "not_true_or_false": ("Tu powinno być true albo false.", "This should be true or false."),
    "not_mapping": ("Tu powinny być pary klucz: wartość.", "This should be a mapping of keys to values."),
    "not_list": ("Tu powinna być lista.", "This should be a list."),
    "not_allowed": ("Dozwolone wartości: {expected}.", "Allowed values: {expected}."),
    "bad_name": (
        "„{given}” nie jest poprawną nazwą. Nazwa to małe litery a–z, cyfry i _, na początku litera.",
        '"{given}" is not a valid name. A name is made of a–z, digits and _, and begins with a letter.',
    ),
    "bad_need": (
        "Wymaganie zapisuje się jako maszyna.stan albo {{all: …}}, {{any: …}}, {{at_least: n, of: …}}, {{every: …}}.",
        "A need is written machine.state, or {{all: …}}, {{any: …}}, {{at_least: n, of: …}}, {{every: …}}.",
    ),
    "no_such_day": ("Dnia {given} nie ma w kalendarzu.", "There is no day {given} in the calendar."),
    "bad_day": ("Dzień zapisuje się jako RRRR-MM-DD.", "A day is written YYYY-MM-DD."),
    "empty_list": ("Lista nie może być pusta.", "This must not be empty."),
    "empty_text": ("Tekst nie może być pusty.", "The text must not be empty."),
    "too_many": ("Za dużo: dozwolone jest najwyżej {limit}.", "Too many: at most {limit} are allowed."),
    "out_of_range": (
        "Liczba jest poza zakresem (granica: {limit}).",
        "The number is out of range (the limit is {limit}).",
    ),
    "wrong_value": ("Niepoprawna wartość: {problem}.", "Wrong value: {problem}."),
    "options_or_among": (
        "Pole wyboru musi mieć albo „options”, albo „among”.",
        'A choice has either "options" or "among".',
    ),
    "min_without_many": ("„min” w polu wyboru wymaga „many: true”.", '"min" of a choice needs "many: true".'),
    "state_classes": (
        "Te cechy stanu wykluczają się: initial, suspended oraz done lub final.",
        "These properties of a state exclude each other: initial, suspended, and done or final.",
    ),
    "returns_to_without_done": (
        "„returns_to” ma sens tylko w stanie z „done: true”.",
        '"returns_to" belongs to a state with "done: true".',
    ),
    "bad_due": (
        "Termin ma postać {{on: …}}, {{at: …}}, {{after: …, days: n}}, {{before: …, days: n}}, {{evidence: …}}.",
        "A deadline is written {{on: …}}, {{at: …}}, {{after: …, days: n}}, {{before: …, days: n}}, {{evidence: …}}.",
    ),
    "bad_rrule": (
        "Tego fragmentu reguły powtarzania tu się nie przyjmuje: {part}.",
        "This part of a rule by which days recur is not accepted here: {part}.",
    ),
    "months_or_rrule": (
        "Maszyna powtarza się albo co tyle miesięcy („months”), albo według reguły („rrule”).",
        'A machine recurs either every so many months ("months") or by a rule ("rrule").',
    ),
    "series_misfit": (
        "„starts” i „key: day” należą do „rrule”, a „whole” i „key: month” do „months”.",
        '"starts" and "key: day" belong to "rrule", "whole" and "key: month" to "months".',
    ),
    "one_unit": (
        "Proszę podać dokładnie jedną jednostkę: days, weeks, working_days (w terminie także months).",
        "Give exactly one unit: days, weeks, working_days (in a deadline also months).",
    ),
    "times_without_every": ("„times” wymaga „every”.", '"times" needs "every".'),
    "empty_ladder": (
        "Drabina nie ma ani jednego przypomnienia.",
        "The ladder has no warning at all.",
    ),
    "span_backwards": ("Okres kończy się, zanim się zacznie.", "The span ends before it starts."),
}

NAMES: dict[str, Pair] = {
    "programme_missing": ("Brakuje pliku programme.yaml.", "There is no programme.yaml."),
    "programme_unknown": (
        "Nie ma programu „{name}”. Dostępne: {known}.",
        'There is no programme "{name}". Known: {known}.',
    ),
    "normal_form_invalid": (
        "Zapisana definicja jest uszkodzona: {problem}.",
        "The stored definition is damaged: {problem}.",
    ),
    "duplicate_machine": (
        "Maszyna „{machine}” jest już opisana w pliku {other}.",
        'The machine "{machine}" is already defined in {other}.',
    ),
    "machine_not_listed": (
        "Maszyny „{machine}” nie ma na liście „machines” w programme.yaml.",
        'The machine "{machine}" is not listed under "machines" in programme.yaml.',
    ),
    "machine_without_file": (
        "Żaden plik nie opisuje maszyny „{machine}”.",
        'No file defines the machine "{machine}".',
    ),
    "duplicate_item": ("„{item}” jest na liście dwa razy.", '"{item}" is listed twice.'),
    "unknown_kind": ("Nieznany rodzaj „{kind}”.", 'Unknown kind "{kind}".'),
    "unknown_machine": ("Nieznana maszyna „{machine}”.", 'Unknown machine "{machine}".'),
    "unknown_state": ("Maszyna {machine} nie ma stanu „{state}”.", 'The machine {machine} has no state "{state}".'),
    "unknown_role": ("Nieznana rola „{role}”.", 'Unknown role "{role}".'),
    "role_only_reads": (
        "Rola „{role}” tylko czyta (acts: false), więc nie może niczego wykonać.",
        'The role "{role}" only reads (acts: false), so it can do nothing.',
    ),
    "unknown_vocabulary": ("Nieznany słownik „{vocabulary}”.", 'Unknown vocabulary "{vocabulary}".'),
    "unknown_field": (
        "Maszyna {machine} nie zapisuje pola „{field}”.",
        'The machine {machine} records no field "{field}".',
    ),
    "subfield_missing": (
        "„{field}” to tabela. Proszę podać jej kolumnę w „subfield”.",
        '"{field}" is a table: name one of its columns in "subfield".',
    ),
    "unknown_column": ("Tabela nie ma kolumny „{column}”.", 'The table has no column "{column}".'),
    "min_each_not_choice": (
        "„min_each” wymaga kolumny wyboru z opcjami, a „{column}” nią nie jest.",
        '"min_each" needs a choice column with options, which "{column}" is not.',
    ),
    "unknown_trigger": (
        "Maszyna {machine} nie ma przejścia „{trigger}”.",
        'The machine {machine} has no transition "{trigger}".',
    ),
    "unknown_timezone": ("Nieznana strefa czasowa „{timezone}”.", 'Unknown time zone "{timezone}".'),
    "needs_itself": (
        "Maszyna {machine} wymaga własnego stanu „{state}”. O własnym stanie rozstrzyga „from”.",
        'The machine {machine} needs its own state "{state}". Its own state is what "from" asks for.',
    ),
    "needs_initial": (
        "„{machine}.{state}” to stan początkowy, do którego nikt nie dochodzi, więc nie można go wymagać.",
        '"{machine}.{state}" is the initial state. Nobody reaches it, so it cannot be needed.',
    ),
    "no_done_state": (
        "Maszyna {machine} nie ma stanu z „done: true”, więc „{machine}.$done” nigdy nie nastąpi.",
        'The machine {machine} has no state with "done: true", so "{machine}.$done" never comes.',
    ),
    "series_without_every": (
        "Maszyna {machine} powtarza się co okres. Proszę napisać {{every: {machine}.{state}}}.",
        "The machine {machine} recurs each period. Write {{every: {machine}.{state}}}.",
    ),
    "every_without_series": (
        "Maszyna {machine} nie powtarza się, więc „every” nie ma tu sensu.",
        'The machine {machine} does not recur, so "every" makes no sense.',
    ),
    "at_least_too_large": (
        "Wymagane jest {at_least}, a możliwych jest tylko {of}.",
        "{at_least} are required, but only {of} are possible.",
    ),
    "bounds_crossed": ("„min” ({min}) jest większe niż „max” ({max}).", '"min" ({min}) is larger than "max" ({max}).'),
    "not_before_without_series": (
        "„not_before” działa tylko w maszynie, która się powtarza (series).",
        '"not_before" works only in a machine that recurs (series).',
    ),
    "section_reserved": (
        "Sekcja „{section}” ma stałe znaczenie i nie może być tu opisana.",
        'The section "{section}" has a fixed meaning and cannot be described here.',
    ),
    "history_of_series": (
        "Maszyna {machine} powtarza się. Sekcja historii nie mówi, o który okres chodzi.",
        "The machine {machine} recurs, and a history section does not tell which period is meant.",
    ),
    "kind_unused": ("Żadna maszyna nie jest rodzaju „{kind}”.", 'No machine is of the kind "{kind}".'),
    "role_unused": ("Rola „{role}” niczego nie może wykonać.", 'The role "{role}" can do nothing.'),
    "selector_unused": (
        "Przejście „{trigger}” nie dotyczy żadnego stanu żadnej maszyny rodzaju „{kind}”.",
        'The transition "{trigger}" leaves no state of any machine of the kind "{kind}".',
    ),
    "series_empty": (
        "W okresie programu maszyna {machine} nie ma ani jednego pełnego okresu.",
        "Within the programme's span the machine {machine} has no period at all.",
    ),
}

MACHINES: dict[str, Pair] = {
    "trigger_reserved": (
        "Nazwa przejścia „{trigger}” jest zastrzeżona dla korekt.",
        'The trigger "{trigger}" is reserved for corrections.',
    ),
    "state_redefined": (
        "Stan „{state}” jest już określony w rodzaju tej maszyny.",
        'The state "{state}" is already defined by the kind of this machine.',
    ),
    "no_initial": ("Maszyna {machine} nie ma stanu początkowego.", "The machine {machine} has no initial state."),
    "many_initial": (
        "Maszyna {machine} ma kilka stanów początkowych: {states}.",
        "The machine {machine} has several initial states: {states}.",
    ),
    "no_final": ("Maszyna {machine} nie ma stanu końcowego.", "The machine {machine} has no final state."),
    "leaves_final": (
        "Stan „{state}” jest końcowy, więc przejście „{trigger}” nie może z niego wychodzić.",
        'The state "{state}" is final, so the transition "{trigger}" must not leave it.',
    ),
    "unreachable_state": (
        "Żadne przejścia maszyny {machine} nie prowadzą do stanu „{state}”.",
        'No course of the machine {machine} leads to the state "{state}".',
    ),
    "no_way_to_end": (
        "Z tego stanu („{state}”) maszyna {machine} nie może dojść do żadnego stanu końcowego.",
        'From the state "{state}" the machine {machine} cannot come to any final state.',
    ),
    "done_without_return": (
        "Stan „{state}” jest wykonany, a przejście „{trigger}” potrzebuje „returns_to”.",
        'The state "{state}" is done, and the transition "{trigger}" needs its "returns_to".',
    ),
    "shadowed_rule": (
        "Przejście „{trigger}” ze stanu „{state}” nigdy nie będzie wybrane: te same role ma wcześniejsze przejście.",
        'The transition "{trigger}" from "{state}" is never chosen: an earlier one has the same roles.',
    ),
    "effect_misfit": (
        "Skutek „{effect}” przejścia „{trigger}” nie pasuje do stanów, które ono łączy.",
        'The effect "{effect}" of the transition "{trigger}" does not fit the states that it joins.',
    ),
    "return_not_passed": (
        "Przejście „{trigger}” wraca z „{state}” do „{target}”, choć maszyna mogła tam nigdy nie być.",
        'The transition "{trigger}" returns from "{state}" to "{target}", where the machine may never have been.',
    ),
    "too_large": ("„{machine}” ma ponad {limit} reguł.", '"{machine}" has more than {limit} rules.'),
}

CONTROL: dict[str, Pair] = {
    "audit_trigger_unknown": (
        "Żadne zadanie nie ma kroku „{trigger}”.",
        'No machine has a transition "{trigger}".',
    ),
    "findings_unanswered": (
        "Nikt nie może zamknąć ustaleń kontroli. Proszę podać role w „closed_by”.",
        'Nobody may close what control finds. Name roles in "closed_by".',
    ),
}

DEADLINES: dict[str, Pair] = {
    "unknown_ladder": ("Nieznana drabina przypomnień „{ladder}”.", 'Unknown ladder of reminders "{ladder}".'),
    "ladder_unused": (
        "Żaden termin nie używa drabiny „{ladder}”.",
        'No deadline uses the ladder "{ladder}".',
    ),
    "duplicate_rung": (
        "Przypomnienie „{rung}” jest w tej drabinie dwa razy. Role proszę wpisać do jednego.",
        'The warning "{rung}" is in this ladder twice. Put the roles into one.',
    ),
    "no_date_unwarned": (
        "Drabina „{ladder}” nie ma „no_date”, więc dopóki nie ma daty, nikt nie dostanie przypomnienia.",
        'The ladder "{ladder}" has no "no_date", so nobody is warned while no date is set.',
    ),
    "period_without_series": (
        "„{anchor}” ma sens tylko w maszynie, która się powtarza, a {machine} się nie powtarza.",
        '"{anchor}" makes sense only in a machine that recurs, and {machine} does not.',
    ),
    "anchor_of_series": (
        "Maszyna {machine} powtarza się, więc „{machine}.{state}” nie wskazuje jednego dnia.",
        'The machine {machine} recurs, so "{machine}.{state}" points to no single day.',
    ),
    "field_not_date": (
        "Pole „{field}” ma typ {type}, a termin wymaga pola typu date.",
        'The field "{field}" is of type {type}, and a deadline needs one of type date.',
    ),
    "impossible_day": (
        "Termin „{deadline}” maszyny {machine} wypada poza okresem, w którym jest liczony ({day}).",
        'The deadline "{deadline}" of {machine} falls outside the period it is counted in ({day}).',
    ),
    "rrule_never": ("Reguła „{rule}” nie wskazuje żadnego dnia.", 'The rule "{rule}" names no day at all.'),
    "too_many_periods": (
        "W czasie programu maszyna {machine} ma {number} okresów. Dozwolone: najwyżej {limit}.",
        "Within the programme's span the machine {machine} has {number} periods; at most {limit} are allowed.",
    ),
    "lead_times_too_long": (
        "Przy podanych czasach trwania cel {goal} jest możliwy najwcześniej {finish}, o {days} dni roboczych po {end}.",
        "With these lead times the goal {goal} comes on {finish} at the earliest, {days} working days after {end}.",
    ),
}

PROOFS: dict[str, Pair] = {
    "needs_cycle": (
        "Przejścia „{trigger}” maszyny {machine} nigdy nie da się wykonać: wymagania tworzą koło.",
        'The transition "{trigger}" of {machine} can never be taken: the needs form a circle.',
    ),
    "dead_rule": (
        "Przejścia „{trigger}” maszyny {machine} nigdy nie da się wykonać: tego, czego wymaga, nie da się osiągnąć.",
        'The transition "{trigger}" of {machine} can never be taken: what it needs cannot be reached.',
    ),
    "needs_exclusive": (
        "Przejścia „{trigger}” maszyny {machine} nigdy nie da się wykonać: jego wymagań nie da się spełnić naraz.",
        'The transition "{trigger}" of {machine} can never be taken: its needs cannot be met together.',
    ),
    "only_waiver": (
        "Przejście „{trigger}” maszyny {machine} jest możliwe tylko wtedy, gdy ktoś zwolni gminę z innej maszyny.",
        'The transition "{trigger}" of {machine} is possible only when another machine is waived.',
    ),
    "branch_trap": (
        "Po przejściu „{trigger}” maszyny {machine} nie da się już wykonać „{rule}”.",
        'Once {machine} has taken "{trigger}", "{rule}" can no longer be taken.',
    ),
    "branch_deadlock": (
        "Po przejściu „{trigger}” maszyny {machine} maszyna {other} nie może już dojść do końca („{rule}”).",
        'Once {machine} has taken "{trigger}", {other} can no longer come to an end ("{rule}").',
    ),
    "no_common_end": (
        "Nie ma takiego przebiegu, w którym wszystkie maszyny dochodzą do końca. Zawsze zostaje któraś z: {machines}.",
        "No course of events brings all machines to an end. Some are always left: {machines}.",
    ),
    "too_many_courses": (
        "Maszyna {machine} ma tyle rozgałęzień, że nie sprawdzono, czy się nie wykluczają.",
        "The machine {machine} has so many branches that it was not checked whether they exclude each other.",
    ),
}

MESSAGES: dict[str, Pair] = {**READING, **SHAPE, **NAMES, **MACHINES, **CONTROL, **DEADLINES, **PROOFS}

HOPS: dict[str, Pair] = {
    "needs": ("{0} wymaga {1}", "{0} needs {1}"),
    "never": ("{0} nie da się osiągnąć", "{0} can never be reached"),
    "step": ("{0}: {1} → {2}", "{0}: {1} → {2}"),
    "without": ("przy przebiegu {0} nie ma {1}", "on the course {0} there is no {1}"),
    "late": ("{0} jest możliwe dopiero, gdy {1} opuści stan {2}", "{0} comes only after {1} has left {2}"),
    "falls": ("{0}: wypada {1}, a granicą jest {2}", "{0}: falls on {1}, and the limit is {2}"),
    "takes": ("{0}: dni robocze: {1}, najwcześniej do {2}", "{0}: working days: {1}, until {2} at the earliest"),
    "open": ("{0} nie dochodzi do końca", "{0} does not come to an end"),
}
"""The steps of a counterexample."""
