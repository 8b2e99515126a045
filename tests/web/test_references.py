"""What a form names besides the record of its address: nobody's record, person or offer gets in by its id alone."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client

from leads.models import Lead
from tests.office import Office
from tests.web.matrix import quiet
from tests.web.policy import POLICY, Door, Rule
from tests.web.pressing import Form, form_of
from tests.web.routes import address
from tests.web.watching import digest
from tests.web.world import World

pytestmark = pytest.mark.django_db
# What a field of this name (after the prefix of its form) points to.
KINDS = {
    "segment": "segment", "parent": "segment", "segments": "segment", "utp": "utp", "initiative": "initiative",
    "agent": "agent", "party": "agent", "lead": "lead", "contact": "contact", "contract": "contract", "owner": "person",
    "members": "person", "lead_generator": "person", "user": "person",
}  # fmt: skip
FORMS = [rule for rule in POLICY if rule.is_page and rule.methods >= {"GET", "POST"} and rule.door is Door.WRITERS]
BULK = "/leads/bulk/"
# What a person adds where filling in the fields is not enough: the button he presses, the boxes he ticks.
PRESSED: dict[str, dict[str, object]] = {
    "results:action": {"outcome": "not_reached"},
    "results:lead": {"outcome": "not_reached"},
    "actions:move": {"to": "down"},
    "actions:priority": {"to": "0"},
    "actions:split": {"titles": "Собрать вопросы\r\nПозвонить"},
    "documents:ask": {"question": "Можно ли называть банк в объявлении?"},
    "leads:share": {"level": "read", "email": "oksana@bank.test"},
    "agents:share": {"level": "read", "email": "oksana@bank.test"},
    "agents:client_share": {"level": "read", "email": "oksana@bank.test"},
    "outreach:create": {"weekdays": ["1", "3"], "hours_to": "17:00"},
}


def spoilt(form: Form, strange: dict[str, object]) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """The filled form with one reference at a time turned to the stranger's."""
    good = form.data()
    for item in form.fields:
        kind = KINDS.get(item.name.rpartition("-")[2])
        if kind in strange and item.type in {"select", "hidden", "radio", "checkbox"}:
            yield item.name, good | {item.name: [str(strange[kind])]}


def _strange(world: World) -> dict[str, object]:
    return world.of["sitora"] | {"person": world.office.sitora.pk}


def _olims(office: Office) -> tuple[World, Client]:
    world, client = World(office).fill(["olim", "sitora"]), Client(raise_request_exception=False)
    client.force_login(office.olim)
    return world, client


def _path(rule: Rule, world: World) -> str:
    own = world.of["bank"] | world.of["olim"]
    return address(rule, own.get(rule.of), {name: own[name] for name in rule.also})


def test_no_form_takes_a_strangers_id(office: Office) -> None:
    world, client = _olims(office)
    before, tried, wrong = digest(), 0, []
    with quiet():
        for rule in FORMS:
            path = _path(rule, world)
            form = form_of(client.get(path).content.decode(), path)
            for name, body in spoilt(form, _strange(world)) if form else ():
                tried += 1
                with transaction.atomic():
                    status = client.post(path, body).status_code
                    if status >= 500 or (status < 400 and digest() != before):
                        wrong.append(f"{rule.name} took a stranger's {name}: {status}")
                    transaction.set_rollback(True)
    assert tried >= 15, "the walk found hardly a reference: have the forms changed their names?"
    assert not wrong, "\n".join(wrong)


def test_the_same_forms_take_what_ones_own_page_offers(office: Office) -> None:
    """The control: what refuses above is the stranger's id, and not the form as it was filled in."""
    world, client = _olims(office)
    refused = []
    with quiet():
        for rule in FORMS:
            path = _path(rule, world)
            form = form_of(client.get(path).content.decode(), path)
            with transaction.atomic():
                status = client.post(path, form.data() | PRESSED.get(rule.name, {})).status_code if form else 0
                refused += [] if status == 302 else [rule.name]
                transaction.set_rollback(True)
    # Two ask for a file; a value is written by hand for a goal that is counted by hand, and the world's counts itself.
    # A test of the world's has started already, as far as it has one; a new one wants all that it is about.
    # No lead of the world's has a twin to be merged with, none was merged: tests/web/test_merging_page.py does both.
    blank = {"imports:create", "documents:sign", "week:goal_value", "leads:merge", "leads:unmerge"}
    assert set(refused) - {"hypotheses:create", "hypotheses:edit", "hypotheses:start"} == blank


@pytest.mark.parametrize("deed", ["step", "close", "owner", "segment"])
def test_a_bulk_edit_reaches_no_strangers_lead(office: Office, deed: str) -> None:
    world, client = _olims(office)
    world.fill(["lola"])
    before, own = Lead.objects.values().get(pk=world.of["sitora"]["lead"]), world.of["olim"]["lead"]
    version = Lead.objects.get(pk=own).version
    body = {
        "deed": deed, "run": "1", "lead": [before["id"], own], "text": "Позвонить", "outcome": "lost",
        "next_action_at": "2027-01-01T10:30", "owner": office.oksana.pk, "segment": world.of["lola"]["segment"],
        "reason": world.of["bank"]["reason"],
    }  # fmt: skip
    assert client.post(BULK, body).status_code == 302
    assert Lead.objects.get(pk=own).version > version, "the control: his own lead was changed"
    assert Lead.objects.values().get(pk=before["id"]) == before
