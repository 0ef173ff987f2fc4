"""Bodies as they are sent, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

EXAMPLES: dict[str, dict[str, Any]] = {
    "take_step": {
        "appointment": {
            "summary": "The mayor appoints the team",
            "value": {"occurred_on": "2014-05-30", "evidence": {"order_number": "12/2014"}},
        },
        "correction": {
            "summary": "The last step is taken back (trigger `correct`)",
            "value": {"evidence": {"reason": "pomyłka w dacie"}},
        },
    },
    "preview_step": {"today": {"summary": "Could it be done today?", "value": {}}},
    "snooze_deadline": {
        "holiday": {"summary": "After the holiday", "value": {"until": "2014-06-05", "reason": "urlop"}}
    },
    "answer_a_finding": {
        "explained": {
            "summary": "How it came about",
            "value": {"place": "7", "answer": "explained", "text": "protokół przyszedł pocztą"},
        }
    },
    "name_a_deputy": {
        "holiday": {
            "summary": "While one is away",
            "value": {"deputy": "5b1c…", "since": "2014-07-01", "until": "2014-07-14"},
        }
    },
    "make_a_checkpoint": {"now": {"summary": "Nothing needs to be said", "value": {}}},
}
