"""8,000 real seller leads: imported, and recounted by plain Python from the files alone."""

import csv
import os
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection

from agents.models import Segment
from common import clock
from funnel import rollups
from funnel.figures import FunnelQuery, Source, funnel_table
from funnel.models import Passage, StageEntry
from imports.models import Import
from leads.models import Lead
from tests.imports.desk import MAPPINGS
from tests.office import Office

SHARED = Path(os.environ.get("CRM_SHARED", Path(__file__).resolve().parents[3] / "shared"))
OLIST = SHARED / "data" / "olist"
TASHKENT = ZoneInfo("Asia/Tashkent")
LEADS, DEALS = OLIST / "olist_marketing_qualified_leads_dataset.csv", OLIST / "olist_closed_deals_dataset.csv"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.shared_data,
    pytest.mark.skipif(not LEADS.exists(), reason="the Olist files are licensed for tests only and not shipped"),
]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _import(path: Path, mapping: str, office: Office) -> Import:
    call_command("import_leads", str(path), mapping=MAPPINGS / mapping, key="mql_id", by=office.adiba.email)
    return Import.objects.latest("created_at")


def test_the_olist_files_are_imported_and_every_number_is_recounted(office: Office) -> None:
    first = _import(LEADS, "olist_leads.json", office)
    assert (first.state, first.created, first.refused) == ("done", 8000, 0)
    second = _import(DEALS, "olist_deals.json", office)
    assert (second.state, second.updated, second.refused) == ("done", 842, 0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # what autovacuum does within the minute for rows that are committed
    leads, deals = _rows(LEADS), _rows(DEALS)
    _every_lead_and_date_is_there(leads, deals)
    _conversion_by_origin_is_the_files_own(leads, deals)
    _what_was_learnt_of_winners_does_not_leak()
    _the_win_before_its_first_contact_is_reported(second, leads, deals)
    _a_second_run_changes_nothing(office)


def _every_lead_and_date_is_there(leads: list[dict[str, str]], deals: list[dict[str, str]]) -> None:
    assert Lead.objects.count() == len(leads) == 8000
    assert Lead.objects.filter(stage__code="signed_contract").count() == len(deals) == 842
    kept = StageEntry.objects.filter(stage__code="contact").values_list("lead_id", "at")
    ids = dict(Lead.objects.values_list("pk", "external_id"))
    by_day = {ids[pk]: at for pk, at in kept}
    kept_days = {key: at.astimezone(TASHKENT).date().isoformat() for key, at in by_day.items()}
    assert kept_days == {row["mql_id"]: row["first_contact_date"] for row in leads}
    assert set(StageEntry.objects.values_list("origin", flat=True)) == {"import"}


def _conversion_by_origin_is_the_files_own(leads: list[dict[str, str]], deals: list[dict[str, str]]) -> None:
    won = {row["mql_id"] for row in deals}
    all_of, won_of = Counter(r["origin"] for r in leads), Counter(r["origin"] for r in leads if r["mql_id"] in won)
    for source in (Source.LIVE, Source.CELLS):
        if source == Source.CELLS:
            rollups.refresh(at=clock.now())
        for origin, n in all_of.items():
            query = FunnelQuery("agent", dimensions={"source_channel": origin}, source=source)
            contact = next(row for row in funnel_table(query) if row.stage.code == "contact")
            assert (contact.entered, contact.passed) == (n, won_of[origin]), origin
    table = {origin: (n, round(100 * won_of[origin] / n, 1)) for origin, n in all_of.items()}
    assert table["unknown"] == (1099, 16.3)
    assert table["organic_search"] == (2296, 11.8)
    assert table[""] == (60, 23.3)


def _what_was_learnt_of_winners_does_not_leak() -> None:
    assert Segment.objects.filter(kind="agent").count() > 33
    leaked = Passage.objects.filter(stage__code="contact", segment_id__isnull=False)
    assert not leaked.exists()
    assert not Passage.objects.filter(stage__code="contact", owner_id__isnull=False).exists()
    signed = Passage.objects.filter(stage__code="signed_contract", owner_id__isnull=False)
    assert signed.count() == 842


def _the_win_before_its_first_contact_is_reported(
    run: Import, leads: list[dict[str, str]], deals: list[dict[str, str]]
) -> None:
    contacted = {row["mql_id"]: row["first_contact_date"] for row in leads}
    early = [row["mql_id"] for row in deals if row["won_date"][:10] < contacted[row["mql_id"]]]
    warned = run.rows.exclude(warnings=[])
    assert [row.lead.external_id for row in warned] == early
    assert len(early) == 1
    contact = next(row for row in funnel_table(FunnelQuery("agent", source=Source.LIVE)) if row.stage.code == "contact")
    assert contact.reversed_dates == 1


def _a_second_run_changes_nothing(office: Office) -> None:
    before = StageEntry.objects.count()
    again = _import(DEALS, "olist_deals.json", office)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 842)
    assert StageEntry.objects.count() == before
