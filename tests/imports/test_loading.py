"""An import from the file to the leads, through kills, repeats and back."""

import time
from collections.abc import Callable
from unittest import mock
from uuid import uuid4

import pytest
from django.conf import settings

from agents.models import Party
from common import clock
from common.errors import Invalid
from funnel.models import Passage, StageEntry
from imports import reverting, services, turns, work
from imports.models import ImportRow
from jobs import keeping
from jobs.registry import JobRun
from leads.models import Lead
from leads.services.editing import add_note
from notifications.models import Notice
from tests.imports import desk
from tests.imports.desk import PEOPLE, check, csv_bytes, load, people_mapping, settle, take
from tests.office import Office

pytestmark = pytest.mark.django_db


def test_a_check_writes_nothing_and_says_what_a_load_would_do(office: Office) -> None:
    run = take(office.olim, csv_bytes(PEOPLE))
    services.choose_columns(run=run, by=office.olim, mapping=people_mapping())
    run = check(run, office.olim)
    assert (run.state, run.created, run.refused) == ("checked", 2, 1)
    assert not Lead.objects.exists()
    assert not Party.objects.exists()
    bad = run.rows.get(status="refused")
    assert (bad.number, bad.errors[0]["field"]) == (4, "Телефон")
    assert "телефон" in bad.errors[0]["message"]


def test_a_load_does_what_the_check_said(office: Office) -> None:
    run = take(office.olim, csv_bytes(PEOPLE))
    services.choose_columns(run=run, by=office.olim, mapping=people_mapping())
    check(run, office.olim)
    run = load(run, office.olim)
    assert (run.state, run.created, run.refused) == ("done", 2, 1)
    lead = Lead.objects.get(party__name="Олим Р.")
    assert (lead.owner, lead.team, lead.stage.code) == (office.olim, office.north, "contact")
    assert lead.party.contacts.get().value == "+998901234567"


def test_a_finished_load_rings_its_owner_once(office: Office) -> None:
    run = take(office.olim, csv_bytes(PEOPLE))
    services.choose_columns(run=run, by=office.olim, mapping=people_mapping())
    check(run, office.olim)
    assert not Notice.objects.exists()
    load(run, office.olim)
    settle(run)
    notice = Notice.objects.get()
    assert (notice.user, notice.facts["created"], notice.facts["errors"]) == (office.olim, 2, 1)


def test_the_same_file_twice_adds_nothing(office: Office) -> None:
    rows = [["Имя", "Телефон", "Код"], ["Олим", "90 123 45 67", "7"], ["Ирина", "93 765 43 21", "8"]]
    mapping = people_mapping(external_id={"column": "Код"})
    for expected in ((2, 0), (0, 2)):
        run = take(office.olim, csv_bytes(rows))
        services.choose_columns(run=run, by=office.olim, mapping=mapping)
        run = load(run, office.olim)
        assert (run.created, run.unchanged) == expected
    assert Lead.objects.count() == 2


def test_without_an_external_id_the_phone_is_the_key(office: Office) -> None:
    for rows, counts in (
        ([["Имя", "Телефон", "Проблема"], ["Олим", "90 123 45 67", ""]], (1, 0)),
        ([["Имя", "Телефон", "Проблема"], ["Олим", "8 90 123-45-67".replace("8 ", ""), "Долго"]], (0, 1)),
    ):
        run = take(office.olim, csv_bytes(rows))
        mapping = people_mapping(problem={"column": "Проблема"}) | {"update_known": True}
        services.choose_columns(run=run, by=office.olim, mapping=mapping)
        run = load(run, office.olim)
        assert (run.created, run.updated) == counts
    assert Lead.objects.get().problem == "Долго"


def test_the_mapping_of_a_file_of_the_same_shape_is_remembered(office: Office) -> None:
    run = take(office.olim, csv_bytes(PEOPLE))
    services.choose_columns(run=run, by=office.olim, mapping=people_mapping())
    check(run, office.olim)
    again = take(office.olim, csv_bytes([["Телефон", "Имя"], ["90 111 22 33", "Другой"]], separator=";"))
    assert again.mapping["fields"]["name"]["column"] == "Имя"


def test_a_mapping_that_does_not_fit_names_every_column(office: Office) -> None:
    run = take(office.olim, csv_bytes(PEOPLE))
    mapping = {"kind": "agent", "fields": {"name": {"column": "Нет такой"}, "colour": {"column": "Имя"}}}
    with pytest.raises(Invalid) as refusal:
        services.choose_columns(run=run, by=office.olim, mapping=mapping)
    assert {error.field for error in refusal.value.errors} == {"name", "colour", "key"}


def test_a_segment_with_too_long_a_name_is_reported_and_not_cut(office: Office) -> None:
    long, fits = ["Акмаль", "+998901112233", "а" * 201], ["Дилором", "+998901112244", "б" * 200]
    run = take(office.olim, csv_bytes([["Имя", "Телефон", "Сегмент"], long, fits]))
    mapping = people_mapping(segment={"column": "Сегмент", "unknown": "create"})
    services.choose_columns(run=run, by=office.olim, mapping=mapping)
    check(run, office.olim)
    run = load(run, office.olim)
    assert (run.created, run.refused) == (1, 1)
    bad = run.rows.get(status="refused").errors[0]
    assert (bad["field"], bad["code"]) == ("Сегмент", "too_long")
    assert Lead.objects.get().segment.name == "б" * 200


def test_a_worker_killed_between_chunks_goes_on_where_it_stood(office: Office) -> None:
    rows = [["Имя", "Телефон"], *[[f"Агент {i}", f"+99890{i:07d}"] for i in range(30)]]
    run = take(office.olim, csv_bytes(rows))
    services.choose_columns(run=run, by=office.olim, mapping=people_mapping())
    services.start_loading(run=run, by=office.olim, at=clock.now())
    with mock.patch.object(work, "CHUNK", 7):
        turns = work.process(desk.fresh(run))
        next(turns)
        next(turns)
        turns.close()
        assert desk.fresh(run).position == 14
        run = settle(run)
    assert (run.state, run.created, Lead.objects.count()) == ("done", 30, 30)


def test_a_worker_killed_inside_a_chunk_leaves_nothing_of_it(office: Office) -> None:
    run = take(office.olim, csv_bytes(PEOPLE))
    services.choose_columns(run=run, by=office.olim, mapping=people_mapping())
    services.start_loading(run=run, by=office.olim, at=clock.now())
    killed = mock.patch.object(ImportRow.objects, "bulk_create", side_effect=KeyboardInterrupt)
    with killed, pytest.raises(KeyboardInterrupt):
        settle(run)
    assert not Lead.objects.exists()
    assert settle(run).created == 2


def test_a_key_repeated_in_the_file_is_reported_also_after_a_restart(office: Office) -> None:
    rows = [["Имя", "Телефон", "Код"], *[[f"А {i}", f"+99890{i:07d}", str(i % 9)] for i in range(12)]]
    run = take(office.olim, csv_bytes(rows))
    services.choose_columns(run=run, by=office.olim, mapping=people_mapping(external_id={"column": "Код"}))
    services.start_loading(run=run, by=office.olim, at=clock.now())
    with mock.patch.object(work, "CHUNK", 5):
        turns = work.process(desk.fresh(run))
        next(turns)
        turns.close()
        run = settle(run)
    assert (run.created, run.refused) == (9, 3)
    assert {row.errors[0]["code"] for row in run.rows.filter(status="refused")} == {"repeated"}


def test_a_revert_takes_back_what_nobody_has_touched(office: Office) -> None:
    run = take(office.olim, csv_bytes(PEOPLE))
    services.choose_columns(run=run, by=office.olim, mapping=people_mapping())
    run = load(run, office.olim)
    kept = Lead.objects.get(party__name="Ирина К.")
    add_note(lead=kept, by=office.olim, at=clock.now(), text="Уже созвонились")
    services.start_revert(run=run, by=office.olim, at=clock.now())
    for _chunk in reverting.chunks(desk.fresh(run)):
        continue
    reverting.finish(desk.fresh(run))
    run = desk.fresh(run)
    assert (run.state, run.kept) == ("reverted", 1)
    assert list(Lead.objects.all()) == [kept]
    assert StageEntry.objects.count() == 1
    assert Passage.objects.count() == 1
    assert Party.objects.count() == 1


def test_a_revert_puts_back_what_an_update_replaced(office: Office) -> None:
    rows = [["Имя", "Телефон", "Код", "Проблема"], ["Олим", "90 123 45 67", "7", "Старая"]]
    mapping = people_mapping(external_id={"column": "Код"}, problem={"column": "Проблема"})
    for problem in ("Старая", "Новая"):
        rows[1][3] = problem
        run = take(office.olim, csv_bytes(rows))
        services.choose_columns(run=run, by=office.olim, mapping=mapping)
        run = load(run, office.olim)
    assert Lead.objects.get().problem == "Новая"
    services.start_revert(run=run, by=office.olim, at=clock.now())
    for _chunk in reverting.chunks(desk.fresh(run)):
        continue
    assert Lead.objects.get().problem == "Старая"


def test_another_teams_lead_is_neither_taken_over_nor_shown(office: Office) -> None:
    office.lead(office.sitora, name="Чужой")
    phone = "+998900000001"
    run = take(office.olim, csv_bytes([["Имя", "Телефон"], ["Мой", phone]]))
    services.choose_columns(run=run, by=office.olim, mapping=people_mapping())
    run = load(run, office.olim)
    message = run.rows.get().errors[0]["message"]
    assert run.refused == 1
    assert "Чужой" not in message
    assert "другой сотрудник" in message


def test_a_person_who_lost_the_right_to_write_loads_nothing(office: Office) -> None:
    run = take(office.olim, csv_bytes(PEOPLE))
    services.choose_columns(run=run, by=office.olim, mapping=people_mapping())
    services.start_loading(run=run, by=office.olim, at=clock.now())
    office.olim.is_active = False
    office.olim.save()
    with pytest.raises(Invalid):
        settle(run)
    assert not Lead.objects.exists()


def test_a_turn_lasts_several_times_as_long_as_its_reading_and_ends_before_its_task_is_killed() -> None:
    assert [turns.seconds_after(reading) for reading in (0.1, 5, 10, 600)] == [20, 20, 40, 120]
    assert turns.LONGEST_SECONDS * 1.5 < settings.CELERY_TASK_SOFT_TIME_LIMIT
    # A million rows of Excel: 12,000 a turn of twenty seconds, sixty thousand read again in a second.
    assert _reading_of_all_turns(turns.seconds_after) < 600
    assert _reading_of_all_turns(lambda _reading: turns.SHORTEST_SECONDS) > 600, "the control: turns of one length"


def _reading_of_all_turns(seconds_after: Callable[[float], float]) -> float:
    settled, total = 0.0, 0.0
    while settled < 1_000_000:
        reading = settled / 60_000
        total += reading
        settled += 600 * seconds_after(reading)
    return total


def test_the_lease_is_kept_while_what_was_settled_is_read_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = take(office.olim, csv_bytes(PEOPLE))
    services.choose_columns(run=run, by=office.olim, mapping=people_mapping())
    services.start_loading(run=run, by=office.olim, at=clock.now())
    renewed: list[str] = []
    monkeypatch.setattr(keeping, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(keeping, "renew", lambda _job: renewed.append("kept"))
    monkeypatch.setattr(work, "renew", lambda _job: renewed.append("chunk"))
    monkeypatch.setattr(work, "_remember_keys", lambda *_: time.sleep(0.2))
    job = JobRun(uuid4(), {"import": str(run.pk)}, uuid4(), 1)
    assert work.work_off(job) is None
    assert renewed.count("kept") > 3
    assert renewed.index("kept") < renewed.index("chunk")
