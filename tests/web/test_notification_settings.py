"""The page on which a person chooses what leaves the house, and the lines folded, muted and opened from outside."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from common import clock
from leads.models import Lead
from notifications.choices import Mode, NoticeKind, Quiet, Way
from notifications.models import Mute, Notice, NotificationSettings, TelegramLink
from notifications.services import link_telegram, notify
from notifications.services.telegram import invitation
from tests.office import Office
from tests.web.pressing import form_of

pytestmark = pytest.mark.django_db
PAGE = "/notifications/settings/"


@pytest.fixture
def olim(office: Office, client: Client) -> Client:
    client.force_login(office.olim)
    return client


def ring(user: User, lead: Lead | None, key: str, *, kind: str = NoticeKind.STEP_DUE, **facts: object) -> Notice:
    given = {"step": key, "step_at": clock.now().isoformat()} | facts
    notify(user_id=user.pk, kind=kind, key=key, at=clock.now(), lead_id=lead.pk if lead else None, facts=given)
    return Notice.objects.get(key=key)


def filled(client: Client, **changes: Any) -> dict[str, Any]:
    form = form_of(client.get(PAGE).content.decode(), PAGE)
    assert form is not None
    return form.data() | changes


def kept(office: Office) -> NotificationSettings:
    return NotificationSettings.objects.get(user=office.olim)


def test_the_profile_leads_there(olim: Client) -> None:
    assert f'href="{PAGE}"' in olim.get("/account/").content.decode()


def test_the_defaults_stand_in_the_form_and_looking_writes_nothing(olim: Client) -> None:
    data = filled(olim)
    assert data["email-overdue"] == ["digest"]
    assert data["email-step_due"] == ["none"]
    assert data["digest_at"] == ["09:00"]
    assert not NotificationSettings.objects.exists()


def test_what_is_chosen_is_kept_and_shown(office: Office, olim: Client) -> None:
    sent = filled(olim, **{"email-step_due": "at_once", "digest_at": "08:30", "quiet": "never"})
    assert olim.post(PAGE, sent)["Location"] == PAGE
    row = kept(office)
    assert row.mode(Way.EMAIL, NoticeKind.STEP_DUE) == Mode.AT_ONCE
    assert row.mode(Way.EMAIL, NoticeKind.OVERDUE) == Mode.DIGEST
    assert (f"{row.digest_at:%H:%M}", row.quiet) == ("08:30", Quiet.NEVER)
    again = filled(olim)
    assert (again["email-step_due"], again["digest_at"]) == (["at_once"], ["08:30"])


def test_all_boxes_can_be_turned_off(office: Office, olim: Client) -> None:
    names = {f"{way}-{kind}": "none" for way in Way.values for kind in NoticeKind.values}
    olim.post(PAGE, filled(olim, **names))
    assert {kept(office).mode(way, kind) for way in Way.values for kind in NoticeKind.values} == {Mode.NONE}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"digest_at": "25:00"}, "Укажите время как 09:00."),
        ({"digest_at": ""}, "Укажите время как 09:00."),
        ({"quiet": "own"}, "Укажите, с какого и до какого часа держать тишину."),
        ({"quiet": "own", "quiet_from": "08:00", "quiet_to": "08:00"}, "Начало и конец тишины совпадают."),
        ({"email-overdue": "loudly"}, "loudly"),
        ({"quiet": ""}, "Тихие часы"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_typed_is_lost(
    office: Office, olim: Client, changes: dict[str, str], words: str
) -> None:
    answer = olim.post(PAGE, filled(olim, **{"email-step_due": "at_once"}, **changes))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert words in text
    form = form_of(text, PAGE)
    assert form is not None
    assert form.data()["email-step_due"] == ["at_once"]
    assert not NotificationSettings.objects.exists()


def test_telegram_that_is_not_set_up_says_whom_to_ask(olim: Client) -> None:
    text = olim.get(PAGE).content.decode()
    assert "Telegram в этой CRM не настроен" in text
    assert "Этими путями пока ничего не уйдёт: Telegram" in text


def test_the_invitation_is_a_link_to_the_bot(office: Office, olim: Client, settings: Any) -> None:
    settings.TELEGRAM_BOT_TOKEN, settings.TELEGRAM_BOT_NAME = "7:token", "bank_crm_bot"
    text = olim.get(PAGE).content.decode()
    token = text.partition("https://t.me/bank_crm_bot?start=")[2].partition('"')[0]
    assert link_telegram(token=token, chat_id=4711, at=clock.now()) == office.olim
    linked = olim.get(PAGE).content.decode()
    assert "Подключён" in linked
    assert "t.me/" not in linked


def test_without_the_bots_name_there_is_a_message_to_send(olim: Client, settings: Any) -> None:
    settings.TELEGRAM_BOT_TOKEN = "7:token"
    assert "/start " in olim.get(PAGE).content.decode()


def test_telegram_is_unlinked_by_a_press(office: Office, olim: Client, settings: Any) -> None:
    settings.TELEGRAM_BOT_TOKEN = "7:token"
    link_telegram(token=invitation(user=office.olim, at=clock.now()), chat_id=4711, at=clock.now())
    assert olim.post("/notifications/telegram/unlink/")["Location"] == PAGE
    assert TelegramLink.objects.get().chat_id == ""


def test_a_lead_is_muted_in_the_list_and_unmuted_in_the_settings(office: Office, olim: Client) -> None:
    lead = office.lead(name="Orient Auto")
    ring(office.olim, lead, "one")
    assert "Тише об этом лиде" in olim.get("/notifications/").content.decode()
    assert olim.post(f"/notifications/mute/{lead.pk}/")["Location"] == "/notifications/"
    ring(office.olim, lead, "two")
    assert "Снова сообщать об этом лиде" in olim.get("/notifications/").content.decode()
    assert Notice.objects.get(key="two").read_at is not None
    assert "Orient Auto" in olim.get(PAGE).content.decode()
    olim.post(f"/notifications/unmute/{lead.pk}/", {"next": PAGE})
    assert not Mute.objects.exists()


def test_anothers_lead_cannot_be_muted(office: Office, olim: Client) -> None:
    lead = office.lead(office.sitora)
    for deed in ("mute", "unmute"):
        assert olim.post(f"/notifications/{deed}/{lead.pk}/").status_code == 404
    assert not Mute.objects.exists()


def test_a_muted_lead_that_went_out_of_sight_is_not_named(office: Office, olim: Client) -> None:
    lead = office.lead(name="Orient Auto")
    olim.post(f"/notifications/mute/{lead.pk}/")
    Lead.objects.filter(pk=lead.pk).update(owner=office.sitora, team=office.south)
    assert "Orient Auto" not in olim.get(PAGE).content.decode()


def test_lines_about_one_lead_fold_under_the_newest(office: Office, olim: Client) -> None:
    lead, other = office.lead(name="Orient Auto"), office.lead(name="Silk Trade")
    for number in range(3):
        ring(office.olim, lead, f"step {number}")
    ring(office.olim, other, "alone")
    text = olim.get("/notifications/").content.decode()
    assert "Ещё 2 о том же лиде: Orient Auto" in text
    assert "о том же лиде: Silk Trade" not in text
    assert text.count('class="notice-line') == 4


def test_a_link_from_outside_leads_to_the_lead_and_marks_nothing(office: Office, olim: Client) -> None:
    lead = office.lead()
    notice = ring(office.olim, lead, "one")
    assert olim.get(f"/notifications/{notice.pk}/")["Location"] == f"/leads/{lead.pk}/"
    notice.refresh_from_db()
    assert notice.read_at is None
    Lead.objects.filter(pk=lead.pk).update(owner=office.sitora, team=office.south)
    assert olim.get(f"/notifications/{notice.pk}/")["Location"] == "/notifications/"


def test_anothers_link_leads_nowhere(office: Office, olim: Client) -> None:
    notice = ring(office.oksana, office.lead(), "one")
    assert olim.get(f"/notifications/{notice.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("kind", "facts", "words"),
    [
        (NoticeKind.OVERDUE, {"step": "Позвонить"}, "Просрочено. Позвонить: Orient Auto, сегодня"),
        (NoticeKind.ACTION_DUE, {"step": "Отзывы"}, "Подходит срок. Отзывы: Orient Auto, сегодня"),
        (NoticeKind.SLOT, {"step": "Отзывы"}, "Начинается. Отзывы: Orient Auto, сегодня"),
        (NoticeKind.MEETING, {"meeting": "call"}, "Созвон: Orient Auto, сегодня"),
        (NoticeKind.REPLY, {}, "Ответили на рассылку: Orient Auto"),
        (NoticeKind.PROMISE, {"metric": "Продаж", "due_on": "2027-02-03"}, "Обещанная ценность: Продаж, Orient Auto"),
    ],
)
def test_each_occasion_has_its_words(
    office: Office, olim: Client, kind: str, facts: dict[str, object], words: str
) -> None:
    ring(office.olim, office.lead(name="Orient Auto"), "one", kind=kind, **facts)
    assert words in olim.get("/notifications/").content.decode()


def test_an_action_without_a_lead_is_told_by_its_name(office: Office, olim: Client) -> None:
    ring(office.olim, None, "one", kind=NoticeKind.SLOT, step="Собрать отзывы", action=str(office.olim.pk))
    assert "Начинается. Собрать отзывы, сегодня" in olim.get("/notifications/").content.decode()


def test_the_page_costs_the_same_for_one_muted_lead_and_for_twenty(
    office: Office, olim: Client, django_assert_num_queries: Any
) -> None:
    """Session, person, his settings, his chat, the muted leads with the reader's scope, the entry of the look."""
    leads = [office.lead() for _ in range(21)]
    Mute.objects.create(user=office.olim, lead=leads[0])
    olim.get(PAGE)
    with django_assert_num_queries(7):
        olim.get(PAGE)
    Mute.objects.bulk_create([Mute(user=office.olim, lead=lead) for lead in leads[1:]])
    with django_assert_num_queries(7):
        olim.get(PAGE)


def test_the_bot_links_by_the_hook_and_answers_in_the_same_breath(
    office: Office, client: Client, settings: Any
) -> None:
    update = {
        "update_id": 1,
        "message": {
            "message_id": 5, "date": 1_700_000_000, "chat": {"id": 4711, "type": "private"},
            "text": f"/start {invitation(user=office.olim, at=clock.now())}",
        },
    }  # fmt: skip
    where = f"/hooks/telegram/{settings.TELEGRAM_HOOK_SECRET}/"
    answer = client.post(where, update, content_type="application/json")
    assert answer.json() == {
        "method": "sendMessage", "chat_id": 4711, "text": "Готово, Olim. Сюда будут приходить уведомления CRM.",
    }  # fmt: skip
    assert TelegramLink.objects.get(user=office.olim).chat_id == "4711"
    again = client.post(where, update, content_type="application/json")
    assert again.json()["text"].startswith("Ссылка не подошла")
