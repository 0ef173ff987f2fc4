"""What is counted for whatever watches over the panel (Prometheus). Nothing about anybody is ever a label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from mlw_workflow.domain.errors import WorkflowError
from mlw_workflow.services.vitals import vitals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client import Metric

    from mlw_workflow.services.desk import Desk

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""Seconds."""


class Metrics:
    """The counters of one panel, in a registry of its own."""

    def __init__(self, desk: Desk) -> None:
        """Nothing counted yet."""
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._answers = Counter("mlw_requests", "Requests answered.", labels, registry=self.registry)
        self._seconds = Histogram(
            "mlw_request_seconds", "How long an answer took.", labels[:2], registry=self.registry, buckets=BUCKETS
        )
        self._logins = Counter("mlw_logins", "Attempts to log in.", ("outcome",), registry=self.registry)
        for outcome in ("ok", "failed"):
            self._logins.labels(outcome)
        self.registry.register(_Vitals(desk))

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request. ``route`` is a pattern, never an address: that may hold a one-time link."""
        method = method if method in METHODS else "other"
        self._answers.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def login(self, *, ok: bool) -> None:
        """Count an attempt to log in."""
        self._logins.labels("ok" if ok else "failed").inc()

    def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self.registry)


class _Vitals(Collector):
    """Read from the database when somebody asks."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def describe(self) -> Iterable[Metric]:
        """Nothing is read before somebody asks."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The gauges; only that the database is away where it is."""
        try:
            found = vitals(self.desk)
        except WorkflowError:
            yield GaugeMetricFamily("mlw_database_up", "Whether the database can be read.", 0)
            return
        yield GaugeMetricFamily("mlw_database_up", "Whether the database can be read.", 1)
        yield GaugeMetricFamily("mlw_ledger_entries", "Entries of all pilots' logs.", found.entries)
        yield GaugeMetricFamily("mlw_reminders_waiting", "Reminders that wait for their mail.", found.health.waiting)
        yield GaugeMetricFamily(
            "mlw_reminders_standing_still", "Whether reminders stand still.", found.health.status != "ok"
        )
        if found.health.last_tick is not None:
            age = (found.health.at - found.health.last_tick).total_seconds()
            yield GaugeMetricFamily("mlw_reminders_last_run_age_seconds", "Seconds since the worker last ran.", age)
        mails = GaugeMetricFamily("mlw_mails", "Mails by what became of them.", labels=["status"])
        for status, count in found.mails.items():
            mails.add_metric([status], count)
        yield mails
