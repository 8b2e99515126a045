"""Every change by any path leaves one entry that names who, and no model is forgotten."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pghistory
import pghistory.models
import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client

from accounts import tokens
from agents.models import Party
from audit.attribution import attributed
from audit.redaction import event_model
from common import clock
from jobs import registry, services
from jobs.registry import JobRun, Kind
from jobs.services import Duty, owe
from salescrm.commands import Named
from tests.office import Office

THIRD = {"auth", "contenttypes", "account", "mfa", "socialaccount", "usersessions", "axes", "sessions", "pghistory"}
LOG = "a log itself: rows are added by services and say who and when"
DERIVED = "counted anew from audited records"
MACHINE = "the machinery's own state: no business record"
OWN = "a person's own mark, undone by himself; the row says whose and when"
# What is not audited, and why not. Whoever adds a model audits it or says here why it need not be.
EXEMPT = {
    "jobs": MACHINE, "monitoring": MACHINE, "webhooks.Event": LOG, "webhooks.Tally": MACHINE, "webhooks.Line": MACHINE,
    "webhooks.Delivery": LOG, "webhooks.Attempt": LOG, "audit": "the chain itself", "channels.Stand": MACHINE,
    "accounts.Session": MACHINE, "accounts.Guess": MACHINE, "accounts.CodeUse": MACHINE, "accounts.ApiCall": LOG,
    "accounts.RecoveryCode": "secrets, used up once; the use is told by mail and log",
    "funnel.TeamNode": DERIVED, "funnel.DayCell": DERIVED, "funnel.OfferCell": DERIVED, "funnel.SourceCell": DERIVED,
    "funnel.OwnerCell": DERIVED, "funnel.DwellCell": DERIVED, "funnel.LossCell": DERIVED, "funnel.CohortCell": DERIVED,
    "funnel.DirtyLead": MACHINE, "funnel.StoredPassage": DERIVED, "funnel.RollupRun": MACHINE,
    "funnel.StageEntry": LOG, "hypotheses.Membership": LOG, "hypotheses.Look": LOG,
    "backlog.FindingLike": OWN, "backlog.Borrowing": OWN, "backlog.PriorityChange": LOG, "backlog.MorningAnswer": OWN,
    "backlog.RateCell": DERIVED, "backlog.StageCooling": DERIVED, "backlog.LeadScore": DERIVED,
    "backlog.ActionScore": DERIVED, "backlog.RankRun": MACHINE, "dashboards.CommitmentChange": LOG,
    "dashboards.ForecastRun": MACHINE, "dashboards.ForecastRow": DERIVED, "dashboards.LoadRun": MACHINE,
    "dashboards.LoadRow": DERIVED, "dashboards.MeetingRun": MACHINE, "dashboards.MeetingThen": DERIVED,
    "documents.TemplateFile": "bytes of an audited template", "documents.Rendition": "made from an audited version",
    "documents.NumberRange": MACHINE, "imports.ImportRow": LOG, "imports.BulkRow": LOG, "notifications": MACHINE,
    "outreach.KnownAddress": MACHINE, "forms.Submission": LOG, "inbox.Arrival": LOG, "inbox.BodyView": LOG,
    "privacy.RetentionRun": LOG, "demo.Receipt": "the demonstration's own",
}  # fmt: skip


def unaudited() -> list[str]:
    return [
        model._meta.label
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy and model._meta.app_label not in THIRD
        and not issubclass(model, pghistory.models.Event) and event_model(model) is None
    ]  # fmt: skip


def test_every_model_is_audited_or_says_why_not() -> None:
    forgotten = [name for name in unaudited() if name not in EXEMPT and name.partition(".")[0] not in EXEMPT]
    assert forgotten == []


def test_no_exemption_outlives_its_model() -> None:
    labels = {model._meta.label for model in apps.get_models()} | {model._meta.app_label for model in apps.get_models()}
    assert sorted(set(EXEMPT) - labels) == []


@pytest.fixture
def entries(office: Office) -> Callable[[], list[dict[str, Any]]]:
    """The contexts of the entries made since the fixture, one for each entry."""
    event: Any = event_model(Party)
    party = office.lead().party
    before = set(event.objects.values_list("pk", flat=True))

    def told() -> list[dict[str, Any]]:
        rows = event.objects.exclude(pk__in=before).select_related("pgh_context").order_by("pk")
        return [row.pgh_context.metadata if row.pgh_context else {} for row in rows if row.pgh_obj_id == party.pk]

    told.party = party  # type: ignore[attr-defined]
    return told


def save(party: Party) -> None:
    party.city = "Самарканд"
    party.save()


def queryset_update(party: Party) -> None:
    Party.objects.filter(pk=party.pk).update(city="Самарканд")


def bulk_update(party: Party) -> None:
    party.city = "Самарканд"
    Party.objects.bulk_update([party], ["city"])


def raw_sql(party: Party) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE agents_party SET city = 'Самарканд' WHERE id = %s", [party.pk])


PATHS = [save, queryset_update, bulk_update, raw_sql]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_a_change_leaves_one_entry_with_its_context(path: Callable[[Party], None], entries: Any) -> None:
    with pghistory.context(user="u-1", request_id="r-1"):
        path(entries.party)
    assert entries() == [{"user": "u-1", "request_id": "r-1"}]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_what_is_rolled_back_leaves_none(path: Callable[[Party], None], entries: Any) -> None:
    with pghistory.context(user="u-1"), transaction.atomic():
        path(entries.party)
        transaction.set_rollback(True)
    assert entries() == []


@pytest.mark.django_db
def test_a_call_of_the_api_leaves_one_entry_with_account_and_request(office: Office, entries: Any) -> None:
    issued = tokens.issue(account="north", scopes=tokens.SCOPES, days=3, at=clock.now(), team=office.north)
    client = Client(headers={"Authorization": f"Bearer {issued.plain}"})
    path = f"/api/v1/agents/{entries.party.pk}/"
    tag = client.get(path)["ETag"]
    answer = client.patch(
        path, {"city": "Самарканд"}, content_type="application/json",
        headers={"If-Match": tag, "X-Request-Id": "request-of-the-test"},
    )  # fmt: skip
    assert answer.status_code == 200
    (told,) = entries()
    assert told["user"] == str(issued.token.user_id)
    assert told["request_id"] == "request-of-the-test"


@contextmanager
def kinds(**table: Kind) -> Iterator[None]:
    before = registry._kinds
    registry.install(attributed(table))
    yield
    registry.install(before)


@pytest.mark.django_db
def test_a_job_carries_whoever_owed_it(entries: Any) -> None:
    def work(run: JobRun) -> None:
        queryset_update(entries.party)

    with kinds(move=Kind(work)):
        with pghistory.context(user="u-1", request_id="r-1", url="/leads/"):
            owe([Duty("move", "move:1", {"party": str(entries.party.pk)}, clock.now() - timedelta(hours=1))])
        assert services.run_one()
    (told,) = entries()
    assert told.pop("job_id")
    assert told == {"job": "move", "user": "u-1", "request_id": "r-1"}


@pytest.mark.django_db
def test_a_job_that_nobody_asked_for_is_told_by_its_kind(entries: Any) -> None:
    def work(run: JobRun) -> None:
        queryset_update(entries.party)

    with kinds(move=Kind(work)):
        owe([Duty("move", "move:2", {}, clock.now() - timedelta(hours=1))])
        assert services.run_one()
    (told,) = entries()
    assert (told["job"], "user" in told) == ("move", False)


def test_every_kind_of_job_of_the_product_is_attributed() -> None:
    assert registry._kinds
    assert {kind.work.__name__ for kind in registry._kinds.values()} == {"told"}


@pytest.mark.django_db
def test_a_command_is_told_by_its_name(entries: Any) -> None:
    command: Any = Named(["manage.py", "shell"]).fetch_command("shell")
    command.handle = lambda **options: queryset_update(entries.party)
    command.execute(no_color=True, force_color=False, skip_checks=True, stdout=None, stderr=None)
    assert entries() == [{"command": "shell"}]


@pytest.mark.django_db
def test_past_every_door_the_entry_is_there_and_names_nobody(entries: Any) -> None:
    raw_sql(entries.party)
    assert entries() == [{}]


def test_a_model_without_history_is_told_apart() -> None:
    """The control of the first test: it would name such a model."""
    assert event_model(apps.get_model("jobs.Job")) is None
    assert event_model(Party) is not None
