"""What takes longer than a page may: it runs in a thread of its own, one after the other, and is asked for again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import structlog

from mlw_workflow.domain.errors import WorkflowError

log = structlog.get_logger("mlw.web")

KEPT_MAX = 64
"""Finished jobs that are remembered."""
Progress = Callable[[int, int], None]


@dataclass
class Job:
    """One piece of work and how far it is."""

    done: int = 0
    total: int = 0
    result: Any = None
    error: WorkflowError | None = None
    failed: bool = False
    """It ended in a way that nobody foresaw; the log tells more."""
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def running(self) -> bool:
        """Whether it is not over yet."""
        return not self.over.is_set()

    def progress(self, done: int, total: int) -> None:
        """What the work tells of itself."""
        self.done, self.total = done, total


class Jobs:
    """The jobs of a running panel, by who asked for what. They end with the process."""

    def __init__(self) -> None:
        """None yet."""
        self._jobs: dict[Hashable, Job] = {}
        self._guard = threading.Lock()
        self._turn = threading.Lock()

    def find(self, key: Hashable) -> Job | None:
        """The last job of that key."""
        with self._guard:
            return self._jobs.get(key)

    def start(self, key: Hashable, work: Callable[[Progress], Any], wait: float) -> Job:
        """Start a job, unless one of that key still runs; wait so many seconds for what is soon over."""
        with self._guard:
            job = self._jobs.get(key)
            if job is None or not job.running:
                job = Job()
                self._jobs.pop(key, None)
                self._jobs[key] = job
                self._forget()
                threading.Thread(target=self._run, args=(job, work), name="job", daemon=True).start()
        job.over.wait(wait)
        return job

    def _forget(self) -> None:
        over = [key for key, job in self._jobs.items() if not job.running]
        for key in over[: max(0, len(self._jobs) - KEPT_MAX)]:
            del self._jobs[key]

    def _run(self, job: Job, work: Callable[[Progress], Any]) -> None:
        try:
            with self._turn:
                job.result = work(job.progress)
        except WorkflowError as problem:
            job.error = problem
        except Exception as problem:
            job.failed = True
            log.error("job_failed", problem=type(problem).__name__, exc_info=problem)
        finally:
            job.over.set()
