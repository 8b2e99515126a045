"""Two administrators move teams at once."""

import pytest

from accounts import services
from accounts.models import Team
from accounts.services import TeamCycle
from tests.concurrency.together import together
from tests.office import Office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


def test_two_moves_at_once_never_close_a_ring(office: Office) -> None:
    one, two, admin = office.north, office.south, office.adiba
    answers = together(
        [
            lambda: services.update_team(team=one, by=admin, changes={"parent": two}),
            lambda: services.update_team(team=two, by=admin, changes={"parent": one}),
        ]
    )
    assert sum(isinstance(answer, TeamCycle) for answer in answers) == 1
    parents = dict(Team.objects.filter(pk__in=[one.pk, two.pk]).values_list("pk", "parent"))
    assert list(parents.values()).count(office.bank.pk) == 1


def test_without_the_lock_both_moves_pass_and_the_ring_is_closed(office: Office) -> None:
    """The negative control: each move alone is right."""
    one, two = office.north, office.south
    together(
        [
            lambda: Team.objects.filter(pk=one.pk).update(parent=two),
            lambda: Team.objects.filter(pk=two.pk).update(parent=one),
        ]
    )
    parents = dict(Team.objects.filter(pk__in=[one.pk, two.pk]).values_list("pk", "parent"))
    assert parents == {one.pk: two.pk, two.pk: one.pk}
