"""Administration: people and their roles, programmes, settings, health. It shows nothing of what pilots hold."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mlw_workflow.interfaces.web.routing import NotThere, Pages
from mlw_workflow.interfaces.wording.mails import error_words
from mlw_workflow.services import administration, deliver
from mlw_workflow.services.doctor import doctor
from mlw_workflow.settings.layers import InForce, masked

if TYPE_CHECKING:
    from starlette.responses import Response

    from mlw_workflow.interfaces.web.visit import Visit

pages = Pages()
UNITS = ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB"))
PEOPLE = "/admin/people"


@pages.page("/admin", admin=True)
def overview(visit: Visit) -> Response:
    """What there is."""
    return visit.page("admin.html")


@pages.page("/admin/programmes", admin=True)
def list_programmes(visit: Visit) -> Response:
    """What is installed, and what is found about it."""
    return visit.page("admin_programmes.html", installed=administration.programmes(visit.office.desk))


@pages.page("/admin/settings", admin=True)
def show_settings(visit: Visit) -> Response:
    """Everything that is set and where it comes from; no password."""
    settings = visit.office.settings
    effective = {
        "database.url": masked(settings.database_url),
        "server.host": settings.server.host,
        "server.port": settings.server.port,
    }
    told = [_effective(one, effective) for one in settings.in_force]
    return visit.page("admin_settings.html", told=told)


def _effective(one: InForce, effective: dict[str, Any]) -> InForce:
    if one.key not in effective or effective[one.key] == one.value:
        return one
    origin = one.origin if one.key == "database.url" else f"--{one.key.rpartition('.')[2]}"
    return replace(one, value=effective[one.key], origin=origin)


@pages.page("/admin/health", admin=True)
def show_health(visit: Visit) -> Response:
    """Whether everything goes on, and mails on which somebody has to decide."""
    from mlw_workflow.interfaces.wording.refused import refused_words, unstamped_words
    from mlw_workflow.interfaces.wording.reminder_files import bad_file_words

    desk, settings, language = visit.office.desk, visit.office.settings, visit.language
    found = doctor(desk, reminders_folder=settings.reminders_folder)
    return visit.page(
        "admin_health.html",
        found=found,
        refused=[refused_words(one, language) for one in (found.key_problem, found.refused) if one],
        unstamped=unstamped_words(found.timestamp_failed, language) if found.timestamp_failed else "",
        files=[bad_file_words(one, language) for one in found.reminder_files],
        mails=[(one, error_words(one.last_error, language)) for one in deliver.undelivered(desk)],
        space=_space(visit),
        done=visit.query("done"),
    )


@pages.page("/admin/health", methods=("POST",), admin=True)
def decide_on_mail(visit: Visit) -> Response:
    """Try a mail once more, or say that it arrived."""
    number = visit.typed("mail")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise NotThere
    arrived = visit.typed("do") == "arrived"
    (deliver.arrived if arrived else deliver.resend)(visit.office.desk, int(number))
    return visit.go(f"/admin/health?done={'arrived' if arrived else 'again'}")


def _space(visit: Visit) -> tuple[str, str]:
    """How large the database's file is, and how much room is left beside it; empty: not known."""
    import shutil

    settings = visit.office.settings
    file = settings.home / "mlw.sqlite3"
    try:
        free = sized(shutil.disk_usage(settings.home).free)
        return (sized(file.stat().st_size) if file.exists() else ""), free
    except OSError:
        return "", ""


def sized(size: int) -> str:
    """Bytes in a unit of which there are not too many, rounded up: ``483 kB``."""
    unit, name = next((unit for unit in UNITS if size >= 10 * unit[0]), UNITS[-1])
    return f"{-(-size // unit)} {name}"
