"""Any course of events, lawful and unlawful: the services answer as the second reading of the rules does."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.simulation import course
from tests.simulation.__main__ import memory
from tests.simulation.programmes import named
from tests.simulation.world import World

from mlw_workflow.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable

CHANCE = st.randoms(use_true_random=False)
PROGRAMMES = st.sampled_from(["mlw-pilot", "model-kooperacji", *(f"small-{seed}" for seed in range(12))])


class CourseOfEvents(RuleBasedStateMachine):
    """Each rule does one thing to a random pilot, in the services and in the model, and compares (see ``World``)."""

    fresh: Callable[[ExitStack], Database]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.world: World = None  # type: ignore[assignment]

    @initialize(name=PROGRAMMES, chance=CHANCE)
    def begin(self, name: str, chance: random.Random) -> None:
        database = type(self).fresh(self.stack)
        self.world = World(database, named(name))
        self.stack.callback(self.world.close)
        course.begin(self.world, chance)

    @rule(chance=CHANCE, times=st.integers(1, 6))
    def steps(self, chance: random.Random, times: int) -> None:
        for _ in range(times):
            course.step(self.world, chance)

    @rule(chance=CHANCE)
    def anything(self, chance: random.Random) -> None:
        course.anything(self.world, chance)

    @rule(chance=CHANCE)
    def go_back(self, chance: random.Random) -> None:
        course.go_back(self.world, chance)

    @rule(chance=CHANCE)
    def correct(self, chance: random.Random) -> None:
        course.correct(self.world, chance)

    @rule(chance=CHANCE)
    def change_roles(self, chance: random.Random) -> None:
        course.change_roles(self.world, chance)

    @rule(chance=CHANCE)
    def pass_time(self, chance: random.Random) -> None:
        course.pass_time(self.world, chance)

    @rule(chance=CHANCE)
    def bring_in(self, chance: random.Random) -> None:
        course.bring_in(self.world, chance)

    @rule(chance=CHANCE)
    def open_another(self, chance: random.Random) -> None:
        course.open_another(self.world, chance)

    @rule(chance=CHANCE)
    def misunderstand(self, chance: random.Random) -> None:
        course.misunderstand(self.world, chance)

    @rule(chance=CHANCE)
    def look_back(self, chance: random.Random) -> None:
        course.look_back(self.world, chance)

    @invariant()
    def all_holds(self) -> None:
        if self.world is not None:
            for run in self.world.runs:
                self.world.audit(run)

    def teardown(self) -> None:
        self.stack.close()


def run_courses(fresh: Callable[[ExitStack], Database], examples: int, steps: int) -> None:
    """Run the state machine on databases that ``fresh`` makes.

    ``World`` asserts after each step that services and model agree, and ``audit`` that the record holds.
    """

    class Here(CourseOfEvents):
        pass

    Here.fresh = staticmethod(fresh)  # type: ignore[method-assign, assignment]
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            print_blob=True,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.slow
def test_any_course_of_events_on_sqlite(sqlite_template: Path) -> None:
    """Whatever is tried in whatever order, services and model agree, and the log, the projection and the steps hold."""

    def fresh(stack: ExitStack) -> Database:
        path = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=memory()))) / "pilots.sqlite3"
        shutil.copyfile(sqlite_template, path)
        database = Database.open(f"sqlite:///{path}")
        stack.callback(database.close)
        return database

    run_courses(fresh, examples=35, steps=30)


@pytest.mark.slow
@pytest.mark.postgres
def test_any_course_of_events_on_postgresql(postgres_server: str, postgres_template: str) -> None:
    """The same on PostgreSQL, with fewer courses."""
    run_courses(_postgres(postgres_server, postgres_template), examples=4, steps=20)


def _postgres(server: str, template: str) -> Callable[[ExitStack], Database]:
    import psycopg

    numbers = itertools.count()

    def run(statement: str) -> None:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def fresh(stack: ExitStack) -> Database:
        name = f"mlw_course_{os.getpid()}_{next(numbers)}"
        run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" ENCODING utf8')
        stack.callback(run, f'DROP DATABASE "{name}" WITH (FORCE)')
        database: Any = Database.open(urlsplit(server)._replace(path=f"/{name}").geturl())
        stack.callback(database.close)
        return database  # type: ignore[no-any-return]

    return fresh
