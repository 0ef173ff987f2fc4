"""What was made under a key is made once, and the longest unused goes first."""

from __future__ import annotations

from mlw_workflow.interfaces.web.kept import Kept


def test_what_is_kept_is_not_made_again() -> None:
    """A key brings back what was made under it; of too many, what nobody asked for lately is forgotten."""
    kept, made = Kept(most=2), []

    def make(name: str) -> str:
        made.append(name)
        return name.upper()

    for name in ("a", "b", "a", "c", "a", "b"):
        assert kept.of(name, lambda name=name: make(name)) == name.upper()
    assert made == ["a", "b", "c", "b"]
