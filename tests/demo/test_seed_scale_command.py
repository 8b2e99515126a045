"""How the large load behaves: the same again by seed, all or nothing, and only where it may."""

import hashlib
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django import Settings

from accounts.models import User
from agents.models import Party
from backlog.models import Action
from common import clock
from demo.scale import columns, load, table
from demo.scale.leads import Sizes, TooFew
from funnel.models import Stage, StageEntry
from leads.models import Lead
from tests.demo.scale import SIZES, fill, rows, schema
from tests.office import Office


@pytest.mark.django_db
def test_the_same_seed_makes_the_same_rows_and_another_seed_others() -> None:
    at = clock.now()
    found = []
    for seed in (7, 7, 8):
        point = transaction.savepoint()
        fill(seed=seed, at=at)
        found.append(digest())
        transaction.savepoint_rollback(point)
    assert found[0] == found[1] != found[2]


def digest() -> str:
    """Every row of every table, but for salted passwords."""
    whole = hashlib.sha256()
    for model in load.MODELS:
        names = [field.column for field in model._meta.concrete_fields if field.column != "password"]
        quoted = ", ".join(f'"{name}"' for name in names)
        whole.update(repr(rows(f"SELECT ROW({quoted})::text FROM {model._meta.db_table}")).encode())
    return whole.hexdigest()


@pytest.mark.django_db
def test_a_failure_half_way_leaves_nothing_and_the_schema_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    before, write = schema(), table.copy_in

    def fails_at_actions(model: Any, *args: Any, **kwargs: Any) -> int:
        if model is Action:
            raise OSError("disk full")
        return write(model, *args, **kwargs)

    monkeypatch.setattr(table, "copy_in", fails_at_actions)
    with pytest.raises(OSError, match="disk full"):
        fill()
    assert schema() == before
    assert load.filled() == []


@pytest.mark.django_db
def test_a_column_without_a_default_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LookupError, match="has no segment_idd"):
        columns.copy_in(Party, 1, {"segment_idd": None}, at=clock.now())
    with pytest.raises(LookupError, match=r"LeadScore\.lead_id has no default"):
        columns.copy_in(apps.get_model("backlog", "LeadScore"), 1, {}, at=clock.now())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sizes", [SIZES._replace(open=1.0), SIZES._replace(open=0.0), SIZES._replace(entries=901), Sizes(1, 20, 0, 2, 1)]
)
def test_odd_sizes_are_met_to_the_row(sizes: Sizes) -> None:
    fill(sizes)
    assert Lead.objects.open().count() == round(sizes.leads * sizes.open)
    assert StageEntry.objects.count() == sizes.entries


@pytest.mark.django_db
def test_what_cannot_be_had_is_said_plainly() -> None:
    with pytest.raises(TooFew, match="too few for 600 leads"):
        fill(SIZES._replace(entries=500))
    with pytest.raises(CommandError, match="one lead at least"):
        call_command("seed_scale", force=True, users=1)


@pytest.mark.django_db
def test_the_command_prints_its_steps_and_takes_everything_back() -> None:
    out, stages = StringIO(), Stage.objects.count()
    call_command("seed_scale", force=True, stdout=out, **SIZES._asdict())
    assert '"step": "leads_lead", "rows": 600' in out.getvalue()
    with pytest.raises(CommandError, match="not empty"):
        call_command("seed_scale", force=True)
    call_command("seed_scale", force=True, reset=True, stdout=out)
    assert load.filled() == []
    assert Stage.objects.count() == stages, "the funnels belong to the bank, not to the load"


def test_it_removes_nothing_where_others_rows_stand(office: Office) -> None:
    assert office.olim
    with pytest.raises(CommandError, match="more here than this command made"):
        call_command("seed_scale", force=True, reset=True)
    assert User.objects.exists()


def test_it_refuses_outside_the_demo_mode(db: None, settings: Settings) -> None:
    settings.DEMO_MODE = False
    with pytest.raises(CommandError, match="not a demo installation"):
        call_command("seed_scale")
