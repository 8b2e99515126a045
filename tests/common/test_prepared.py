"""Queries kept ready-made: the same rows as the queryset gives, and a refusal of what would be kept wrongly."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Count, F, UUIDField
from django.db.models.functions import Now

from accounts.models import User
from common.prepared import Prepared, among
from leads.models import Lead
from tests.office import Office

pytestmark = pytest.mark.django_db
SINCE = datetime(2020, 1, 1, tzinfo=UTC)


def newer(owner: Any, since: Any) -> Any:
    return Lead.objects.filter(owner=owner, created_at__gte=since).order_by("pk").values_list("pk", "party__name")


def test_each_call_gets_the_rows_of_its_own_values(office: Office) -> None:
    mine, others = office.lead(), office.lead(office.sitora)
    kept = Prepared(newer, owner=UUID, since=datetime)
    for owner, lead in ((office.olim, mine), (office.sitora, others), (office.olim, mine)):
        assert kept.rows(owner=owner.pk, since=SINCE) == [(lead.pk, lead.party.name)]
    assert kept.rows(owner=office.olim.pk, since=mine.created_at + timedelta(seconds=1)) == []


def test_the_text_is_built_once(office: Office, django_assert_num_queries: Any) -> None:
    built = []

    def build(owner: Any, since: Any) -> Any:
        built.append(owner)
        return newer(owner, since)

    kept, owner = Prepared(build, owner=UUID, since=datetime), office.olim.pk
    with django_assert_num_queries(3):
        for _ in range(3):
            kept.rows(owner=owner, since=SINCE)
    assert len(built) == 1


@pytest.mark.parametrize("length", [0, 1, 2])
def test_a_list_may_be_of_any_length(office: Office, length: int) -> None:
    kept = Prepared(
        lambda ids: User.objects.filter(among(F("pk"), ids, UUIDField())).order_by("pk").values_list("pk"), ids=list
    )
    wanted = sorted([office.olim.pk, office.sitora.pk][:length])
    assert kept.rows(ids=wanted) == [(pk,) for pk in wanted]


def test_a_count_comes_as_django_gives_it(office: Office) -> None:
    office.lead()
    kept = Prepared(
        lambda owner: (
            Lead.objects.filter(owner=owner).order_by().values("owner").annotate(n=Count("pk")).values_list("n")
        ),
        owner=UUID,
    )
    assert [int(n) for (n,) in kept.rows(owner=office.olim.pk)] == [1]


def test_an_argument_that_would_be_kept_for_everybody_is_refused(office: Office) -> None:
    lost = Prepared(lambda owner: Lead.objects.filter(created_at__lt=Now()).values_list("pk"), owner=UUID)
    with pytest.raises(TypeError, match="owner"):
        lost.rows(owner=office.olim.pk)


def test_a_missing_argument_is_refused(office: Office) -> None:
    with pytest.raises(TypeError, match="since"):
        Prepared(newer, owner=UUID, since=datetime).rows(owner=office.olim.pk)
