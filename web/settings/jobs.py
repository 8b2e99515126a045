"""Settings: the board of jobs, and the end of a quarantine."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.stepup import demand
from channels import quarantine
from common import clock
from jobs.models import Job
from monitoring import board, services, words
from web.pages import only_once, page, person, show
from web.settings.people import administrator

PORTION = 50
LINES = 12
# Which page tells of a job's subject, by the name under which the job keeps its id.
SUBJECTS = {"import": "imports:run", "arrival": "integrations:inbox_arrival", "lead": "leads:card"}


@page("GET")
def index(request: HttpRequest) -> HttpResponse:
    """What needs somebody first; the whole timetable and all kinds of jobs are views of their own."""
    by, at, view = person(request), clock.now(), request.GET.get("view", "")
    lines: dict[str, list[Any]] = {"ticks": board.ticks(by, at=at), "kinds": board.kind_lines(by, at=at)}
    troubled = {name: [line for line in found if line.troubled] for name, found in lines.items()}
    counts = {name: len(found) for name, found in lines.items()}
    counts["troubles"] = sum(len(found) for found in troubled.values())
    context: dict[str, Any] = {"counts": counts, "dead": board.dead_count()}
    if view in lines:
        found = Paginator(lines[view], LINES).get_page(request.GET.get("page"))
        return show(request, "settings/jobs.html", context | {"page": found, view: found, f"on_{view}": True})
    return show(request, "settings/jobs.html", context | troubled | {"parts": board.parts(by, at=at)})


@page("GET")
def dead(request: HttpRequest) -> HttpResponse:
    kind = request.GET.get("kind", "")[:60]
    rows = board.dead_jobs(person(request), kind=kind)
    found = Paginator(rows, PORTION).get_page(request.GET.get("page"))
    lines = [_line(job) for job in found]
    return show(
        request, "settings/jobs_dead.html", {"page": found, "lines": lines, "kind": kind, "title": words.of_kind(kind)}
    )


def _line(job: Job) -> dict[str, Any]:
    subject = next(
        ((SUBJECTS[name], value) for name, value in job.payload.items() if name in SUBJECTS and _is_id(value)), None
    )
    return {
        "job": job,
        "title": words.of_kind(job.kind),
        "error": words.of_error(job.last_error),
        "subject": resolve_url(*subject) if subject else "",
    }


@page("POST")
def run(request: HttpRequest) -> HttpResponse:
    by, name = administrator(request), request.POST.get("name", "")[:120]

    def deed() -> str:
        services.run_now(by=by, name=name, at=clock.now())
        return resolve_url("settings:jobs")

    return only_once(request, deed, said=_("Запуск назначен: «%(task)s».") % {"task": words.of_tick(name)})


@page("POST")
def retry(request: HttpRequest) -> HttpResponse:
    by, job_id, kind = administrator(request), _chosen(request), request.POST.get("kind", "")[:60]

    def deed() -> str:
        services.retry(by=by, at=clock.now(), job_id=job_id, kind=kind)
        return _back(kind)

    return only_once(request, deed, said=_("Задания пойдут ещё раз."))


@page("POST")
def cancel(request: HttpRequest) -> HttpResponse:
    by, job_id, kind = administrator(request), _chosen(request), request.POST.get("kind", "")[:60]

    def deed() -> str:
        services.cancel(by=by, at=clock.now(), job_id=job_id, kind=kind)
        return _back(kind)

    return only_once(request, deed, said=_("Задания сняты."))


@page("GET", "POST")
def release(request: HttpRequest) -> HttpResponse:
    """The end of a quarantine is asked for by somebody who has just proved who he is."""
    by = administrator(request)
    if request.method != "POST":
        return show(request, "settings/quarantine.html", {"state": quarantine.look()})
    demand(request)

    def deed() -> str:
        services.release_quarantine(by=by, at=clock.now())
        return resolve_url("settings:jobs")

    return only_once(request, deed, said=_("Карантин снят: письма и события уходят."))


def told(count: int) -> str:
    """What the list of sections says of it."""
    text = ngettext("%(n)s задание не выполнено", "%(n)s задания не выполнено", count)
    return text % {"n": count} if count else ""


def _back(kind: str) -> str:
    return f"{resolve_url('settings:jobs_dead')}?{urlencode({'kind': kind})}"


def _chosen(request: HttpRequest) -> UUID | None:
    given = request.POST.get("job", "")
    return UUID(given) if _is_id(given) else None


def _is_id(text: object) -> bool:
    try:
        UUID(str(text))
    except ValueError:
        return False
    return True
