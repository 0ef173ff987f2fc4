"""The vocabulary of control: ``audit`` of programme.yaml."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mlw_workflow.definitions.schema_reminders import Counted
from mlw_workflow.definitions.vocabulary import Id, Model, Roles

Names = Annotated[list[Id], Field(min_length=1, max_length=50)]


class TermModel(Counted):
    """A length of time."""


class AuditModel(Model):
    """What is looked after beside the rules, and who may answer what was found."""

    recorded_within: TermModel | None = None
    imported: bool = False
    two_people: Names = []
    read_first: Names = []
    waiver_holds: TermModel | None = None
    late: Names = []
    role_held_on: Annotated[list[Literal["recorded", "occurred"]], Field(min_length=1, max_length=2)] = []
    reconfirm: bool = False
    explained_by: Roles = []
    closed_by: Roles = []
