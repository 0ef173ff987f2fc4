"""Random courses of events: what somebody may well try next, lawful or not, drawn from a source of chance."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.simulation.evidence import make, spoil
from tests.simulation.model import Ask
from tests.simulation.world import PEOPLE, Run, World

from mlw_workflow.services.advance import Request, advance

if TYPE_CHECKING:
    import random

Json = dict[str, Any]


def act(world: World, rng: random.Random) -> str:
    """Do one thing; its name."""
    name = rng.choices(list(ACTIONS), weights=[weight for _, weight in ACTIONS.values()])[0]
    ACTIONS[name][0](world, rng)
    return name


def begin(world: World, rng: random.Random) -> None:
    """The first pilot, seen soon after its first day, or much later."""
    world.open(world.start, world.end)
    world.clock.instant += timedelta(days=rng.randint(3, 20) if rng.random() < 0.6 else rng.randint(20, 300))


def step(world: World, rng: random.Random) -> None:
    """A step that the rules admit today, perhaps told of another day, by somebody else, or without its evidence."""
    run = rng.choice(world.runs)
    able = possible(world, run)
    if not able:
        pass_time(world, rng)
        return
    machine, rule = rng.choice(able)
    today = world.today(run)
    on = today if rng.random() < 0.4 else some_day(world, run, machine, rng)
    acting = rng.choice(rule["by"]) if rng.random() < 0.7 else somebody(run, rng)
    evidence = make(rng, rule.get("evidence", ()), run.model.recorded, on)
    if rng.random() < 0.08:
        evidence = spoil(rng, list(rule.get("evidence", ())), evidence)
    last = run.model.course(machine)
    seen = rng.choice([None, None, None, last[-1].seq if last else 0, run.seq])
    if rng.random() < 0.1:
        world.look_first(run, machine, rule["trigger"], on, acting, evidence)
    world.attempt(run, machine, rule["trigger"], on, acting, evidence, seen)


def anything(world: World, rng: random.Random) -> None:
    """Any trigger of any machine, whatever its state."""
    run = rng.choice(world.runs)
    machine = rng.choice(list(run.model.workflow))
    rule = rng.choice(run.model.workflow[machine]["rules"])
    on = some_day(world, run, machine, rng)
    evidence = make(rng, rule.get("evidence", ()), run.model.recorded, on)
    world.attempt(run, machine, rule["trigger"], on, somebody(run, rng), evidence)


def go_back(world: World, rng: random.Random) -> None:
    """A return, preferably of what others rely on."""
    run = rng.choice(world.runs)
    able = [(m, r) for m, r in possible(world, run) if r.get("effect") == "return"]
    if not able:
        step(world, rng)
        return
    machine, rule = rng.choice(able)
    course = run.model.course(machine)
    on = rng.choice([world.today(run), course[-1].on, some_day(world, run, machine, rng)])
    evidence = make(rng, rule.get("evidence", ()), run.model.recorded, on)
    world.attempt(run, machine, rule["trigger"], on, rng.choice(rule["by"]), evidence)


def correct(world: World, rng: random.Random) -> None:
    """A mistake in recording is undone, by whoever may or by another."""
    run = rng.choice(world.runs)
    moved = [machine for machine in run.model.workflow if run.model.course(machine)]
    machine = rng.choice(moved or list(run.model.workflow))
    asked = run.model.workflow[machine].get("correction", {}).get("evidence", ())
    today = world.today(run)
    on = today if rng.random() < 0.8 else today + timedelta(days=rng.randint(-40, 2))
    evidence = make(rng, asked, run.model.recorded, on)
    if rng.random() < 0.1:
        evidence = spoil(rng, list(asked), evidence)
    acting = rng.choice(run.model.acting) if rng.random() < 0.8 else somebody(run, rng)
    world.attempt(run, machine, "correct", on, acting, evidence)


def change_roles(world: World, rng: random.Random) -> None:
    """A role begins, or its end is set."""
    run = rng.choice(world.runs)
    today = world.today(run)
    role = rng.choice([r["id"] for r in world.definition["roles"]])
    since = today + timedelta(days=rng.randint(-20, 5))
    held = [(p, r, s) for (p, r, s) in run.model.held if r == role]
    name = rng.choice(PEOPLE)
    if held and rng.random() < 0.5:
        person, _, since = rng.choice(held)
        name = next(n for n, i in world.people.items() if i == person)
    until = rng.choice([None, None, since + timedelta(days=rng.randint(-1, 40)), today, today + timedelta(days=1)])
    world.give_role(run, name, role, since, until)


def pass_time(world: World, rng: random.Random) -> None:
    """The clock moves on, to close before midnight now and then; or it is set back a little."""
    if rng.random() < 0.15:
        world.clock.instant -= timedelta(seconds=rng.randint(1, 30))
        late = [run.last for run in world.runs if run.last - world.clock.instant > timedelta(seconds=115)]
        if late:
            world.clock.instant = max(late)
        return
    move = rng.choice(
        [timedelta(seconds=rng.randint(1, 40)), timedelta(hours=3), timedelta(days=rng.choice([1, 4, 12, 40]))]
    )
    world.clock.instant += move
    if rng.random() < 0.3:
        local = world.clock.instant.astimezone(world.zone)
        midnight = local.replace(hour=23, minute=59, second=50)
        world.clock.instant = max(world.clock.instant, midnight.astimezone(world.clock.instant.tzinfo))


def bring_in(world: World, rng: random.Random) -> None:
    """A history file: a lawful course, sometimes with something unlawful in its middle; then the same file again."""
    run = rng.choice(world.runs)
    model = run.model.copied()
    events: list[Json] = []
    for number in range(rng.randint(1, 5)):
        today = world.today(run)
        able = [(m, r) for m, r in possible(world, run, model) if r.get("effect", "advance") == "advance"]
        if not able:
            break
        machine, rule = rng.choice(able)
        course = model.course(machine)
        least = max([run.model.start, *(f.on for f in course[-1:]), *(date.fromisoformat(e["on"]) for e in events)])
        on = min(today, least + timedelta(days=rng.randint(0, 3)))
        event = {"machine": machine, "trigger": rule["trigger"], "on": on.isoformat()}
        evidence = make(rng, rule.get("evidence", ()), model.recorded, on)
        if evidence:
            event["evidence"] = evidence
        if rng.random() < 0.3:
            event["source"] = rng.choice(["assumed", "report"])
        ask = Ask(machine, rule["trigger"], on, model.acting, evidence, today)
        answer = model.answer(ask)
        if answer.admitted:
            model.take(ask, answer, 10**6 + number, world.clock.instant)
            events.append(event)
    if not events:
        return
    if rng.random() < 0.3:
        machine = rng.choice(list(model.workflow))
        rule = rng.choice(model.workflow[machine]["rules"])
        wrong = {"machine": machine, "trigger": rule["trigger"], "on": rng.choice(events)["on"]}
        events.insert(rng.randint(0, len(events)), wrong)
    if rng.random() < 0.2:
        events.append(rng.choice(events))
    until = rng.choice([None, None, world.today(run), world.today(run) - timedelta(days=5)])
    if world.bring_in(run, events, until):
        before = run.seq
        world.bring_in(run, events, until)
        assert run.seq == before, "the same file was recorded twice"


def open_another(world: World, rng: random.Random) -> None:
    """A further pilot, its span a little different."""
    if len(world.runs) < 3:
        shift = timedelta(days=rng.randint(-10, 10))
        world.open(world.start + shift, world.end + shift * rng.randint(-1, 2))


def look_back(world: World, rng: random.Random) -> None:
    """As of a day, as known at an instant."""
    run = rng.choice(world.runs)
    days = [fact.on + timedelta(days=rng.randint(-1, 1)) for fact in run.model.facts] or [run.model.start]
    instant = rng.choice(run.instants) + rng.choice([timedelta(0), timedelta(seconds=-1), timedelta(seconds=1)])
    world.same_view(run, rng.choice(days), rng.choice([None, instant, instant]))


def misunderstand(world: World, rng: random.Random) -> None:
    """An unknown machine, trigger, person, or a role that only reads."""
    run = rng.choice(world.runs)
    machine = rng.choice(list(run.model.workflow))
    readers = [role["id"] for role in world.definition["roles"] if not role.get("acts", True)]
    request = rng.choice(
        [
            Request(run.pilot, "no-such-machine", "begin", run.model.acting[0]),
            Request(run.pilot, machine, "no-such-trigger", run.model.acting[0]),
            Request(run.pilot, machine, run.model.workflow[machine]["rules"][0]["trigger"], "Nobody Known"),
            Request(run.pilot, machine, run.model.workflow[machine]["rules"][0]["trigger"], rng.choice(readers)),
        ]
    )
    world.expect_bad_input(run, lambda: advance(world.desk, request))


ACTIONS = {
    "step": (step, 50),
    "anything": (anything, 14),
    "go back": (go_back, 6),
    "correct": (correct, 9),
    "change roles": (change_roles, 7),
    "pass time": (pass_time, 14),
    "bring in": (bring_in, 4),
    "open another": (open_another, 1),
    "look back": (look_back, 4),
    "misunderstand": (misunderstand, 2),
}


def possible(world: World, run: Run, model: Any = None) -> list[tuple[str, Json]]:
    """Rules that would be admitted today, their evidence left out of the question."""
    model = model or run.model
    today = world.today(run)
    found = []
    for machine, workflow in model.workflow.items():
        here = model.state(machine)
        for rule in workflow["rules"]:
            if rule["from_state"] == here and model.leads_back(machine, rule):
                ask = Ask(machine, rule["trigger"], today, tuple(rule["by"]), {}, today)
                if not model.unmet(ask, rule):
                    found.append((machine, rule))
    return found


def somebody(run: Run, rng: random.Random) -> str:
    return rng.choice([*PEOPLE, *run.model.acting])


def some_day(world: World, run: Run, machine: str, rng: random.Random) -> date:
    """A day near something: today, the machine's last step, another's step, an end of the span."""
    course = run.model.course(machine)
    near = [world.today(run), run.model.start, run.model.end]
    near += [course[-1].on] * 2 if course else []
    near += [rng.choice(run.model.facts).on] if run.model.facts else []
    return rng.choice(near) + timedelta(days=rng.choice([0, 0, 0, 1, -1, rng.randint(-30, 30)]))
