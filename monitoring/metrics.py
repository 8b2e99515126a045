"""Figures in the form of Prometheus: those of requests counted in this process and its siblings, all others asked of
the database when somebody looks."""

import os
import time
from collections import Counter as Tally
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily

from monitoring import figures

BUCKETS = (0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 15.0)
SCAN_SECONDS = 600
own = CollectorRegistry()
REQUESTS = Counter("crm_requests", "Answers, by the name of the address", ["route", "method", "status"], registry=own)
SECONDS = Histogram("crm_request_seconds", "How long answers took", ["route"], buckets=BUCKETS, registry=own)
IN_FLIGHT = Gauge("crm_requests_in_flight", "Requests at work", registry=own, multiprocess_mode="livesum")
SIGN_INS_FAILED = Counter("crm_sign_ins_failed", "Passwords and codes that did not fit", registry=own)
DENIED_OF_ONE = Gauge(
    "crm_denied_of_one_person_max", "403 and 404 that one person got within ten minutes, the most: above 50 a scan",
    registry=own, multiprocess_mode="livemax",
)  # fmt: skip


class Measure:
    """Counts every answer; does nothing where no token opens the figures."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.METRICS_TOKEN:
            return self.get_response(request)
        began = time.perf_counter()
        with IN_FLIGHT.track_inprogress():
            response = self.get_response(request)
        route = request.resolver_match.view_name if request.resolver_match else "none"
        method = request.method if request.method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} else "other"
        REQUESTS.labels(route or "unnamed", method, str(response.status_code)).inc()
        SECONDS.labels(route or "unnamed").observe(time.perf_counter() - began)
        if response.status_code in {403, 404}:
            denied.note(request)
        return response


class Denied:
    """Who is refused again and again: counted in memory by id, told as the largest number alone."""

    def __init__(self) -> None:
        self._counts: Tally[str] = Tally()
        self._until = 0.0

    def note(self, request: HttpRequest) -> None:
        if time.monotonic() > self._until:
            self._counts, self._until = Tally(), time.monotonic() + SCAN_SECONDS
        user: Any = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            self._counts[str(user.pk)] += 1
        DENIED_OF_ONE.set(max(self._counts.values(), default=0))


denied = Denied()


def _on_failed_sign_in(**_: Any) -> None:
    SIGN_INS_FAILED.inc()


user_login_failed.connect(_on_failed_sign_in, weak=False, dispatch_uid="monitoring.sign_ins_failed")


class Asked:
    """A collector whose figures are those of the database."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        failed = GaugeMetricFamily("crm_figure_failed", "1 where a figure could not be asked for", labels=["figure"])
        for figure, rows in figures.read():
            if rows is None:
                failed.add_metric([figure.name], 1)
                continue
            family = GaugeMetricFamily(figure.name, figure.about, labels=figure.labels)
            for *labels, value in rows:
                family.add_metric([str(label) for label in labels], float(value))
            yield family
        yield failed


def exposition() -> bytes:
    """All of it. With several processes the requests of all of them are added up from their files."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        requests = generate_latest(registry)
    else:
        requests = generate_latest(own)
    asked = CollectorRegistry()
    asked.register(Asked())
    return requests + generate_latest(asked)
