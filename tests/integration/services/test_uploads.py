"""How much somebody may send on a day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.services.uploads import Allowance


def test_what_is_allowed_on_a_day_is_shared_by_all_that_is_sent_at_once(office: Any) -> None:
    """Of eight files at the same time five fit; the refusal says how much was sent; the next day begins anew."""
    office.clock.instant = datetime(2014, 5, 31, 21, 30, tzinfo=UTC)
    allowance = Allowance(office.desk, "anna", 1, office.clock)

    def send(number: int) -> dict[str, Any]:
        try:
            allowance(f"{number}.pdf", 200_000)
        except BadInput as refused:
            return {**refused.facts, "code": refused.code}
        return {}

    with ThreadPoolExecutor(8) as senders:
        told = [facts for facts in senders.map(send, range(8)) if facts]
    assert len(told) == 3
    assert {(one["code"], one["megabytes"], one["used"], one["minutes"]) for one in told} == {
        ("upload_quota", 1, 1, 30)
    }
    Allowance(office.desk, "jan", 1, office.clock)("a.pdf", 1_000_000)
    office.clock.instant = datetime(2014, 5, 31, 22, 0, tzinfo=UTC)  # midnight in Warsaw
    allowance("a.pdf", 1_000_000)
    with pytest.raises(BadInput, match="upload_quota"):
        allowance("b.pdf", 1)
