"""Where the story may be told."""

import random

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.models import User
from agents.models import Product
from demo import signins
from demo.names import Names
from tests.office import Office

SMALL = {"scale": 0.005, "verbosity": 0}


def test_it_refuses_outside_the_demo_mode_and_says_why(db: None) -> None:
    with pytest.raises(CommandError, match="not a demo installation"):
        call_command("demo_story", **SMALL)
    assert not User.objects.exists()


def test_it_refuses_a_database_with_people_in_it(office: Office, settings: Settings) -> None:
    settings.DEMO_MODE = True
    assert office.olim
    with pytest.raises(CommandError, match="not empty"):
        call_command("demo_story", **SMALL)
    call_command("demo_story", if_empty=True, **SMALL)
    assert User.objects.count() == 1


def test_force_tells_it_and_the_same_seed_tells_the_same(db: None) -> None:
    call_command("demo_story", force=True, **SMALL)
    assert User.objects.filter(email="owner@demo.local").exists()
    assert Product.objects.count() == 6
    first, second = Names(random.Random(7)), Names(random.Random(7))
    assert [first.person() for _n in range(20)] == [second.person() for _n in range(20)]


def test_the_sign_ins_are_listed_only_in_the_demo_mode(settings: Settings) -> None:
    assert signins.lines() == []
    settings.DEMO_MODE = True
    text = "\n".join(signins.lines())
    for name in ("owner", "owner2", "head", "leadgen", "kam", "admin", "auditor"):
        assert f"{name}@demo.local" in text
    assert settings.DEMO_PASSWORD in text
