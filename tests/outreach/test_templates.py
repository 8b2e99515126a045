"""Templates: the author is told of a slip while writing."""

from typing import Any

import pytest

from common.changes import StaleVersion
from common.errors import Invalid, NotAllowed
from outreach.services.templates import save_template
from outreach.variables import VARIABLES, EmptyVariable, Recipient, render, render_example
from tests.office import Office
from tests.outreach.conftest import Desk

pytestmark = pytest.mark.django_db
TEXT = {"name": "Оценка", "channel": "email", "subject": "Тема", "body": "Добрый день, {{ name }}."}


def test_an_unknown_variable_is_named_and_the_known_ones_are_listed(office: Office) -> None:
    with pytest.raises(Invalid) as refused:
        save_template(by=office.olim, template=None, fields=TEXT | {"body": "Добрый день, {{ nam }}."})
    [error] = refused.value.errors
    assert error.field == "body"
    assert "«nam»" in error.message
    assert all(name in error.message for name in VARIABLES)


@pytest.mark.parametrize(
    "body", ["{{ name", "name }}", "{{ {{ name }} }}", "{{}}", "{{ name | a | b }}", "{{ name.owner }}"]
)
def test_broken_braces_are_told(body: str, office: Office) -> None:
    with pytest.raises(Invalid):
        save_template(by=office.olim, template=None, fields=TEXT | {"body": body})


def test_a_subject_is_checked_too(office: Office) -> None:
    with pytest.raises(Invalid) as refused:
        save_template(by=office.olim, template=None, fields=TEXT | {"subject": "{{ boss }}"})
    assert [error.field for error in refused.value.errors] == ["subject"]


def test_every_variable_has_a_value_for_its_example() -> None:
    text = " ".join(f"{{{{ {name} }}}}" for name in VARIABLES)
    assert "{{" not in render_example(text)


def test_a_spare_word_stands_in_for_what_is_unknown(desk: Desk) -> None:
    to = Recipient(desk.agent("Зафар"), None, desk.office.olim)
    assert render("{{name}} из {{ city | вашего города }}", to) == "Зафар из вашего города"
    with pytest.raises(EmptyVariable) as gap:
        render("{{ name }} из {{ city }}", to)
    assert gap.value.name == "city"


def test_a_value_that_looks_like_a_variable_is_not_read_again(desk: Desk) -> None:
    to = Recipient(desk.agent("{{ owner }}"), None, desk.office.olim)
    assert render("{{ name }}", to) == "{{ owner }}"


def test_a_channel_that_is_not_set_up_is_refused_where_it_is_chosen(office: Office) -> None:
    with pytest.raises(Invalid) as refused:
        save_template(by=office.olim, template=None, fields=TEXT | {"channel": "telegram"})
    [error] = refused.value.errors
    assert error.field == "channel"
    assert "TELEGRAM_BOT_TOKEN" in error.message


def test_a_letter_needs_a_subject(office: Office) -> None:
    with pytest.raises(Invalid):
        save_template(by=office.olim, template=None, fields=TEXT | {"subject": " "})


def test_two_authors_do_not_overwrite_each_other(office: Office) -> None:
    made = save_template(by=office.olim, template=None, fields=TEXT)
    save_template(by=office.oksana, template=made, fields={"body": "Новый"}, expected_version=1)
    with pytest.raises(StaleVersion):
        save_template(by=office.olim, template=made, fields={"body": "Другой"}, expected_version=1)


def test_who_only_reads_writes_no_template(office: Office, settings: Any) -> None:
    with pytest.raises(NotAllowed):
        save_template(by=office.aziz, template=None, fields=TEXT)
