"""What every page shares: the settings, the desk, the templates, and the threads in which pages are made."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import anyio

from mlw_workflow import bootstrap
from mlw_workflow.interfaces.web.assets import Assets
from mlw_workflow.interfaces.web.copies import Copies
from mlw_workflow.interfaces.web.jobs import Jobs
from mlw_workflow.interfaces.web.kept import Kept
from mlw_workflow.interfaces.web.metrics import Metrics
from mlw_workflow.interfaces.web.rendering import Renderer
from mlw_workflow.interfaces.web.viewers import Viewers
from mlw_workflow.services.files import FileStore
from mlw_workflow.services.uploads import Allowance

if TYPE_CHECKING:
    from mlw_workflow.interfaces.web.demonstration import Demonstration
    from mlw_workflow.services.accounts.provider import Provider
    from mlw_workflow.services.accounts.vault import Vault
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.mailroom import Mailroom
    from mlw_workflow.settings import Settings

POSTGRESQL_THREADS = 4
"""SQLite has one: more would only wait for each other, and for Python itself."""

OUTSIDE_THREADS = 8
BESIDE_THREADS = 4


@cache
def shared() -> tuple[Assets, Renderer]:
    """The files and templates of the installation, read and compiled once for all panels of a process."""
    assets = Assets()
    return assets, Renderer(assets)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account that a demo's login page shows."""

    login: str
    password: str
    name: str
    role: str
    place: str


@dataclass(frozen=True)
class Office:
    """Made once for a running panel."""

    settings: Settings
    desk: Desk
    mailroom: Mailroom
    demonstration: Demonstration | None = None
    """The clock and the mailbox of a demonstration; nothing else has them."""
    kept: Kept = field(default_factory=Kept)
    copies: Copies = field(init=False)
    viewers: Viewers = field(init=False)
    reminds: bool = False
    """Whether the worker of the reminders runs in this process."""
    started: float = field(default_factory=time.monotonic)
    assets: Assets = field(default_factory=lambda: shared()[0])
    renderer: Renderer = field(init=False)
    threads: anyio.CapacityLimiter = field(init=False)
    writers: anyio.CapacityLimiter = field(init=False)
    """For what writes: on SQLite it may wait for whoever else is writing, and nobody who reads waits with it."""
    outside: anyio.CapacityLimiter = field(init=False)
    """For what waits for somebody outside: never long for the pages' own threads."""
    beside: anyio.CapacityLimiter = field(init=False)
    """For what programs ask that takes long, such as a verification: the pages' own threads do not wait for it."""
    jobs: Jobs = field(default_factory=Jobs)
    """What takes longer than a page may."""
    metrics: Metrics = field(init=False)
    vault: Vault = field(init=False)
    provider: Provider | None = field(init=False)
    """Where people may log in instead of with a password."""
    demo: tuple[DemoAccount, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Read what is read once."""
        sqlite = self.settings.database_url.startswith("sqlite")
        object.__setattr__(self, "renderer", shared()[1])
        object.__setattr__(self, "threads", anyio.CapacityLimiter(1 if sqlite else POSTGRESQL_THREADS))
        object.__setattr__(self, "writers", anyio.CapacityLimiter(1) if sqlite else self.threads)
        object.__setattr__(self, "outside", anyio.CapacityLimiter(OUTSIDE_THREADS))
        object.__setattr__(self, "beside", anyio.CapacityLimiter(BESIDE_THREADS))
        object.__setattr__(self, "copies", Copies(self.desk))
        object.__setattr__(self, "viewers", Viewers(self.desk))
        object.__setattr__(self, "metrics", Metrics(self.desk))
        object.__setattr__(self, "vault", bootstrap.open_vault(self.settings))
        object.__setattr__(self, "provider", bootstrap.open_provider(self.settings))
        object.__setattr__(self, "demo", demo_accounts(self.settings))

    @property
    def compares_at_once(self) -> bool:
        """Whether a browser's copy is compared where requests arrive: SQLite's readers wait for nobody and nothing."""
        return self.threads.total_tokens == 1

    @property
    def name(self) -> str:
        """What telephones and bookmarks show."""
        return self.settings.mail.office or "mlw-workflow"

    def store(self, person: str) -> FileStore:
        """Where files that this person (an id) sends are kept, as many as they may send on a day."""
        settings = self.settings
        allowance = Allowance(self.desk, person, settings.file_day_max_mb)
        return FileStore(settings.files, settings.file_size_max_mb, allowance)

    @property
    def secure(self) -> bool:
        """Whether people reach the panel by TLS only."""
        return self.settings.server.encrypted


def demo_accounts(settings: Settings) -> tuple[DemoAccount, ...]:
    """The accounts to be shown; none outside a demo."""
    if not settings.is_demo or not settings.demo_accounts.exists():
        return ()
    return tuple(DemoAccount(**item) for item in json.loads(settings.demo_accounts.read_text("utf-8")))
