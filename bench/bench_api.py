"""The API measured: a page of 50 leads beside a bare view of the framework with the same bytes, and leads taken in by
the thousand beside COPY into a bare table. ``BENCH_ROWS`` leads go in (20,000 unless told; a million shows that memory
stays flat); the page is read over them, the first one and one far behind.

Everything runs in one process through Django's own client (middleware, token, view, database; no socket). Queries are
counted, milliseconds are the median of the runs, taken in turns so that a busy machine slows both alike.
"""

import json
import os
import resource
import statistics
import time
from base64 import b64encode
from collections.abc import Callable, Iterable
from typing import Any

from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django.utils import timezone
from rest_framework import generics, serializers
from rest_framework.pagination import CursorPagination

from accounts import tokens
from accounts.models import Team
from agents.models import Contact
from api.paging import SALT
from backlog.scored import freshness_of
from bench.bench_rank import _spent
from common import clock
from demo.scale import load
from leads.models import Lead
from salescrm import urls

ROWS = int(os.environ.get("BENCH_ROWS", "20000"))
BATCH, ROUNDS, FAR = 1000, 60, 500_000
TOLD_EVERY = max(ROWS // 10, BATCH)


def run() -> Iterable[dict[str, Any]]:
    from django.conf import settings

    settings.API_RATE_LIMIT = 1_000_000_000
    team = Team.objects.create(name="Bench")
    token = tokens.issue(account="bench", scopes=tokens.SCOPES, days=1, at=clock.now(), team=team)
    client = Client(HTTP_HOST="localhost", headers={"Authorization": f"Bearer {token.plain}"})
    yield from bulk(client)
    yield {"figure": "bare_copy", "rows": ROWS, "per_second": round(ROWS / _copy())}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    yield from lists(client)
    load.reset()


def bulk(client: Client) -> Iterable[dict[str, Any]]:
    """New leads, the same again, and each changed in one column."""
    for figure, base in (("bulk_create", ""), ("bulk_same_again", ""), ("bulk_update", "Выставка")):
        begun, spent, told = time.perf_counter(), _spent(), TOLD_EVERY
        for first in range(0, ROWS, BATCH):
            items = [_item(number, base) for number in range(first, min(first + BATCH, ROWS))]
            headers = {"Idempotency-Key": f"{figure}-{first}"}
            answer = client.post(
                "/api/v1/bulk/leads/", json.dumps({"items": items}), content_type="application/json", headers=headers
            )
            assert answer.status_code == 200, answer.content
            assert not answer.json()["counts"]["refused"], answer.json()
            if first + BATCH >= told:
                told += TOLD_EVERY
                yield {"figure": figure, "leads": first + BATCH,
                       "per_second": round((first + BATCH) / (time.perf_counter() - begun)),
                       "per_cpu_second": round((first + BATCH) / (_spent() - spent)), "rss_mb": _rss_mb()}  # fmt: skip


def _item(number: int, base: str) -> dict[str, Any]:
    contact = {"type": "phone", "value": f"+99890{number:07d}"}
    item: dict[str, Any] = {"kind": "agent", "name": f"Агент {number}", "contacts": [contact], "source_channel": "Сайт"}
    item |= {"source": "core", "external_id": f"c-{number}", "source_version": 2 if base else 1}
    return item | ({"base": base} if base else {})


def lists(client: Client) -> Iterable[dict[str, Any]]:
    """Page 1 and a far one, ours and the bare view's, in turns."""
    urls.urlpatterns.insert(0, path("bench/leads/", Bare.as_view()))
    timezone.activate("UTC")  # so that the bare view writes its times as the contract does
    row, cursor = _far_row()
    bare_cursor = b64encode(f"p={row.created_at.isoformat().replace('+', '%2B')}".encode()).decode()
    pages = (
        ("list_first_page", "/api/v1/leads/", "/bench/leads/"),
        ("list_far_page", f"/api/v1/leads/?cursor={cursor}", f"/bench/leads/?cursor={bare_cursor}"),
    )
    for figure, ours, bare in pages:
        mine, theirs = client.get(ours).json()["data"], client.get(bare).json()["results"]
        assert mine == theirs, (mine[0], theirs[0])
        with CaptureQueriesContext(connection) as queries:
            client.get(ours)
        asked = len(queries)
        times: dict[str, list[float]] = {ours: [], bare: []}
        for _round in range(ROUNDS):
            for address, spent in times.items():
                spent.append(_once(lambda address=address: client.get(address)))  # type: ignore[misc]
        ms, bare_ms = (statistics.median(spent) for spent in times.values())
        yield {"figure": figure, "leads": Lead.objects.count(), "queries": asked, "ms": round(ms, 1),
               "bare_ms": round(bare_ms, 1), "bytes": len(client.get(ours).content),
               "throughput_of_bare": round(bare_ms / ms, 2)}  # fmt: skip
    urls.urlpatterns.pop(0)


class BareContact(serializers.ModelSerializer[Contact]):
    class Meta:
        model = Contact
        fields = ("type", "value", "person", "preferred", "note")


class BareShape(serializers.ModelSerializer[Lead]):
    """The same members with the same bytes, by the framework's own fields."""

    name = serializers.CharField(source="party.name")
    contacts = BareContact(source="party.contacts", many=True)
    stage = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    amount = serializers.SerializerMethodField()
    freshness = serializers.SerializerMethodField()

    def get_amount(self, lead: Lead) -> Any:
        return None if lead.amount is None else {"amount": f"{lead.amount:.2f}", "currency": lead.currency}

    def get_freshness(self, lead: Any) -> Any:
        lead.seen_half_life = None  # nothing was measured yet: the stage's own holds
        return round(freshness_of(lead, clock.now()) or 0, 2)

    def to_representation(self, instance: Lead) -> Any:
        return {**super().to_representation(instance), "hypothesis": None, "score": None, "value_state": None}

    class Meta:
        model = Lead
        fields = (
            "id", "created_at", "updated_at", "version", "source", "external_id", "kind", "party", "name", "contacts",
            "segment", "agent", "initiative", "utp", "product", "owner", "lead_generator", "team", "stage",
            "stage_entered_at", "outcome", "loss_reason", "closed_at", "return_on", "problem", "resources",
            "next_action", "next_action_at", "touched_at", "amount", "source_channel", "base", "tags", "freshness",
            "merged_into",
        )  # fmt: skip


class BarePages(CursorPagination):
    page_size, ordering = 50, "-created_at"


class Bare(generics.ListAPIView[Lead]):
    """What anybody would write first: no scopes, no filters, no log, no masking."""

    queryset = Lead.objects.select_related("party", "stage").prefetch_related("party__contacts")
    serializer_class = BareShape
    pagination_class = BarePages
    authentication_classes = ()
    permission_classes = ()
    filter_backends = ()


def _far_row() -> tuple[Lead, str]:
    """The last row of the page before a far one, and the cursor that the list would give after it."""
    row = Lead.objects.order_by("-created_at", "id")[min(FAR, ROWS - 60)]
    return row, signing.dumps(["-created_at", [row.created_at.isoformat(), str(row.pk)]], salt=SALT, compress=True)


def _once(act: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def _rss_mb() -> int:
    """The most that the process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _copy() -> float:
    """The same facts into one table without an index, as the floor under any answer. Seconds."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bare (name text, phone text, source text, external_id text, at timestamptz)")
        begun = time.perf_counter()
        with cursor.copy("COPY bare FROM STDIN") as copy:
            for number in range(ROWS):
                copy.write_row((f"Агент {number}", f"+99890{number:07d}", "core", f"c-{number}", clock.now()))
        return time.perf_counter() - begun
