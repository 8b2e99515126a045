"""What the components draw: states in words, fields joined to their errors, addresses that keep the filters."""

from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Lead(forms.Form):
    name = forms.CharField(label="Название", help_text="Как в договоре")
    agreed = forms.BooleanField(label="Согласие", required=False)
    kind = forms.ChoiceField(label="Вид", widget=forms.RadioSelect, choices=[("a", "Реферал"), ("b", "Витрина")])


@pytest.fixture(autouse=True)
def _russian():
    with translation.override("ru"):
        yield


def draw(source: str, address: str = "/leads/", **values: object) -> str:
    request = RequestFactory().get(address)
    return Template(source).render(Context({"request": request, "csrf_token": "token", "now": NOW, **values}))


def test_a_lead_without_a_step_says_so() -> None:
    assert "нет шага" in draw("{% step_mark %}")


def test_a_step_ahead_names_its_time() -> None:
    text = draw("{% step_mark due 'Звонок' now %}", due=NOW + timedelta(hours=1))
    assert "Звонок сегодня, 15:00" in text
    assert "mark-plain" in text


def test_a_step_that_is_late_tells_how_late() -> None:
    assert "Звонок, просрочено 2\u00a0дн." in draw("{% step_mark due 'Звонок' now %}", due=NOW - timedelta(days=2))


@pytest.mark.parametrize(("days", "kind"), [(3, "muted"), (7, "warning"), (10, "warning"), (11, "error")])
def test_staleness_grows_loud_with_the_norm(days: int, kind: str) -> None:
    text = draw("{% stale_mark days 7 %}", days=days)
    assert f"mark-{kind}" in text
    assert f"{days} дн. на этапе при норме 7" in text


def test_staleness_without_a_norm_is_only_a_span() -> None:
    assert "/" not in draw("{% stale_mark 5 %}").replace("</", "")
    assert draw("{% stale_mark None %}") == ""


def test_a_field_is_joined_to_its_hint_and_error() -> None:
    form = Lead({"name": ""})
    text = draw("{% field form.name %}", form=form)
    assert 'aria-describedby="id_name-hint id_name-error"' in text
    assert 'aria-invalid="true"' in text
    assert 'id="id_name-hint"' in text
    assert 'id="id_name-error"' in text


def test_a_field_without_trouble_is_not_marked() -> None:
    text = draw("{% field form.agreed %}", form=Lead())
    assert "aria-invalid" not in text
    assert 'class="checkbox"' in text


def test_choices_stand_in_a_fieldset_with_a_legend() -> None:
    text = draw("{% field form.kind %}", form=Lead())
    assert "<legend" in text
    assert text.count('class="radio"') == 2


def test_extra_arguments_of_a_field_become_attributes() -> None:
    assert 'hx-get="/x"' in draw("{% field form.name hx_get='/x' %}", form=Lead())


def test_the_summary_of_errors_links_to_the_fields() -> None:
    text = draw("{% errors form %}", form=Lead({"name": ""}))
    assert 'href="#id_name"' in text
    assert "data-focus" in text
    assert draw("{% errors form %}", form=Lead()).strip() == ""


def test_the_title_of_a_refused_form_says_error_first() -> None:
    assert draw("{% error_title form %}", form=Lead({})) == "Ошибка: "
    assert draw("{% error_title form %}", form=Lead()) == ""


def test_an_address_keeps_the_filters_and_forgets_the_page() -> None:
    address = "/leads/?stage=3&stage=4&q=auto&page=2"
    assert draw("{% query_with sort='name' %}", address) == "?stage=3&amp;stage=4&amp;q=auto&amp;sort=name"
    assert draw("{% query_without 'stage' %}", address) == "?q=auto"
    assert draw("{% query_without stage=3 %}", address) == "?stage=4&amp;q=auto"


def test_a_chip_takes_off_its_own_filter_only() -> None:
    chip = [{"name": "stage", "value": 3, "label": "Этап", "text": "CustDev"}]
    text = draw("{% chips items %}", "/leads/?stage=3&q=auto", items=chip)
    assert 'href="?q=auto"' in text
    assert "Этап: CustDev" in text


def test_more_names_the_next_portion_and_keeps_the_filters() -> None:
    page = Paginator(range(128), 50).page(2)
    text = draw("{% more page %}", "/leads/?q=auto&page=2", page=page)
    assert "51–100 из 128" in text
    assert "Показать ещё 28" in text
    assert "?q=auto&amp;page=3" in text


def test_the_last_portion_offers_no_more() -> None:
    assert "<a" not in draw("{% more page %}", page=Paginator(range(3), 50).page(1))


def test_a_column_turns_its_sort_around() -> None:
    assert 'aria-sort="none"' in draw("{% sort_head 'name' 'Лид' %}")
    text = draw("{% sort_head 'name' 'Лид' %}", "/leads/?sort=name")
    assert 'aria-sort="ascending"' in text
    assert "sort=-name" in text


def test_every_form_gets_its_own_key() -> None:
    assert draw("{% once %}") != draw("{% once %}")


def test_text_from_people_is_escaped() -> None:
    text = draw("{% badge name %}{% panel name %}{{ name }}{% endpanel %}{% person name %}", name="<b>Ирина</b>")
    assert "<b>" not in text


def test_a_button_with_an_address_is_a_link() -> None:
    text = draw("{% button 'Создать' 'primary' 'plus' href='/leads/new/' dialog=True data_key='KeyC' %}")
    assert text.startswith("<a ")
    assert "data-dialog" in text
    assert 'data-key="KeyC"' in text


def test_a_misspelt_tone_is_refused() -> None:
    with pytest.raises(ValueError, match="Unknown tone"):
        draw("{% badge 'x' 'warn' %}")


def test_an_attribute_with_a_dangerous_name_is_refused() -> None:
    with pytest.raises(ValueError, match="style"):
        draw("{% button 'x' style='color:red' %}")


def test_a_meter_says_when_it_is_behind() -> None:
    text = draw("{% meter 3 8 'Встречи' pace=5 %}")
    assert "отстаёт: темп 5" in text
    assert 'aria-valuetext="3 из 8"' in text
    assert "отстаёт" not in draw("{% meter 6 8 'Встречи' pace=5 %}")


def test_the_path_marks_where_the_lead_stands() -> None:
    steps = [{"name": "Контакт", "state": "done"}, {"name": "Встреча", "state": "current"}]
    text = draw("{% stage_path steps %}", steps=steps)
    assert text.count('aria-current="step"') == 1
    assert "Этап 2 из 2" in text


def test_a_gate_has_its_title_key_and_target() -> None:
    text = draw("{% gate_dialog 'Устный контракт' '/move/' card='lead-7' %}<input>{% endgate_dialog %}")
    for part in ("data-gate", 'hx-target="#lead-7"', 'id="dialog-title"', 'name="_once"', "csrfmiddlewaretoken"):
        assert part in text


def test_a_conflict_shows_all_three_versions() -> None:
    rows = [{"name": "amount", "label": "Сумма", "mine": "5 млн", "theirs": "7 млн", "was": "4 млн", "value": 5}]
    text = draw("{% conflict_panel rows action='/x/' version=4 %}", rows=rows)
    for part in ("5 млн", "7 млн", "4 млн", 'value="5"', 'value="7 млн"', 'name="version" value="4"'):
        assert part in text


def test_a_toast_with_undo_is_a_form() -> None:
    text = draw("{% toast 'Итог записан' undo='/undo/' %}")
    assert 'method="post"' in text
    assert 'data-key="KeyU"' in text


def test_few_cases_are_no_percent() -> None:
    assert "2 из 7" in draw("{% rate 2 7 %}")
    assert "%" not in draw("{% rate 2 7 %}")


def test_a_phone_is_a_link_to_call() -> None:
    assert 'href="tel:+998901234567"' in draw("{% phone '+998901234567' %}")
    assert draw("{% phone None %}") == ""


def test_plain_days_and_moments_are_read_on_the_readers_calendar() -> None:
    late = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)
    assert draw("{{ at|day }}", at=late) == "23.11.2026"
