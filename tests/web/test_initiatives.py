"""Initiatives on their pages: one offer with its segments, UTPs, leads and funnel."""

from datetime import date

import pytest
from django.urls import reverse

from agents.models import Initiative, InitiativeMember, InitiativeSegment, Segment
from agents.services.offers import save_initiative
from common import clock
from funnel import rollups
from leads.services.moves import move
from tests.office import Office
from tests.web.parties import queries, signed_in, text_of

pytestmark = pytest.mark.django_db
TABS = ("segments", "hypotheses", "leads", "funnel")


def detail(initiative: Initiative, tab: str = "segments") -> str:
    return reverse("initiatives:detail", args=[initiative.pk]) + f"?tab={tab}"


def sent(office: Office, **more: object) -> dict[str, object]:
    form = {
        "name": "Рассрочка у дилеров", "product": office.product.pk, "owner": office.olim.pk, "status": "active",
        "starts_on": "2026-01-01", "ends_on": "2026-12-31", "currency": "UZS", "margin_goal": "2 600 000 000",
    }  # fmt: skip
    return form | more


def test_the_list_costs_the_same_for_one_and_for_thirty(office: Office) -> None:
    browser, list_ = signed_in(office.olim), reverse("initiatives:list")
    office.lead(initiative_id=office.initiative.pk)
    before = queries(browser, list_)
    for n in range(29):
        one = Initiative.objects.create(
            name=f"Инициатива {n}", product=office.product, owner=office.olim, team=office.north,
            starts_on=date(2026, 1, 1), ends_on=date(2026, 2, 1),
        )  # fmt: skip
        office.lead(initiative_id=one.pk)
    assert queries(browser, list_) == before
    assert before <= 12


@pytest.mark.parametrize("tab", TABS)
def test_a_tab_costs_the_same_for_one_segment_and_for_thirty(office: Office, tab: str) -> None:
    browser, initiative, utp = signed_in(office.olim), office.initiative, office.utp
    for n in range(30):
        one = Segment.objects.create(kind="agent", name=f"Сегмент {n}", team=office.north)
        InitiativeSegment.objects.create(initiative=initiative, segment=one)
        office.lead(initiative_id=initiative.pk, segment_id=one.pk, utp_id=utp.pk)
        if n == 0:
            before = queries(browser, detail(initiative, tab))
    assert queries(browser, detail(initiative, tab)) == before
    assert before <= 20


def test_an_initiative_is_opened_with_its_people_and_segments(office: Office) -> None:
    form = sent(office, members=[office.oksana.pk, office.lola.pk], segments=[office.segment.pk])
    response = signed_in(office.olim).post(reverse("initiatives:create"), form)
    made = Initiative.objects.get()
    assert response["Location"] == reverse("initiatives:detail", args=[made.pk])
    assert (set(made.members.all()), set(made.segments.all())) == ({office.oksana, office.lola}, {office.segment})
    assert (str(made.margin_goal), made.team) == ("2600000000.00", office.north)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("ends_on", "2025-12-31", "Конец раньше начала"),
        ("starts_on", "когда-нибудь", "дату"),
        ("starts_on", "0026-01-01", "год"),
        ("margin_goal", "много", "число"),
        ("margin_goal", "-1", "больше"),
        ("name", "", "Обязательное"),
    ],
)
def test_bad_input_is_told_and_kept(office: Office, field: str, value: str, said: str) -> None:
    form = sent(office, description="Машина с оценкой") | {field: value}
    response = signed_in(office.olim).post(reverse("initiatives:create"), form)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert "Машина с оценкой" in response.content.decode()
    assert not Initiative.objects.exists()


def test_the_owner_is_chosen_among_those_whose_work_one_sees(office: Office) -> None:
    response = signed_in(office.olim).post(reverse("initiatives:create"), sent(office, owner=office.sitora.pk))
    assert response.status_code == 422


def test_a_member_from_another_team_keeps_the_owner_and_the_members_he_does_not_see(office: Office) -> None:
    initiative = office.initiative
    for user in (office.sitora, office.oksana):
        InitiativeMember.objects.create(initiative=initiative, user=user)
    browser = signed_in(office.sitora)
    form = browser.get(reverse("initiatives:edit", args=[initiative.pk])).context["form"]
    shown = {bound.name: bound.value() for bound in form if bound.value() not in (None, "")}
    edit = reverse("initiatives:edit", args=[initiative.pk])
    assert browser.post(edit, shown | {"name": "Новое имя"}).status_code == 302
    initiative.refresh_from_db()
    assert (initiative.name, initiative.owner) == ("Новое имя", office.olim)
    assert set(initiative.members.all()) == {office.sitora, office.oksana}


def test_the_conflict_keeps_the_members_that_were_ticked(office: Office) -> None:
    initiative, browser = office.initiative, signed_in(office.olim)
    stale = sent(office, name="Моё имя", version=initiative.version, members=[office.oksana.pk, office.lola.pk])
    save_initiative(by=office.oksana, initiative=initiative, fields={"name": "Её имя"})
    clash = browser.post(reverse("initiatives:edit", args=[initiative.pk]), stale)
    assert clash.status_code == 409
    conflict = clash.context["conflict"]
    ticked = [value for name, value in conflict.kept.items() if name == "members"]
    assert set(ticked) == {str(office.oksana.pk), str(office.lola.pk)}
    assert conflict.rows[0]["theirs"] == "Её имя"


def test_the_tabs_tell_segments_utps_leads_and_funnel_of_this_initiative_alone(office: Office) -> None:
    browser, initiative, utp = signed_in(office.olim), office.initiative, office.utp
    InitiativeSegment.objects.create(initiative=initiative, segment=office.segment)
    inside = office.lead(initiative_id=initiative.pk, segment_id=office.segment.pk, utp_id=utp.pk)
    office.lead(segment_id=office.segment.pk, utp_id=utp.pk)
    move(lead=inside, to=office.stage("meeting"), by=office.nodira, at=clock.now(), waive=True, reason="Знаю его")
    rollups.refresh(at=clock.now())
    segments = browser.get(detail(initiative, "segments")).context["segments"]
    assert [(row.name, row.all_leads) for row in segments] == [("Оценщики", 1)]
    utps = browser.get(detail(initiative, "hypotheses")).context["utps"]
    assert [(row.statement, row.all_leads) for row in utps] == [(utp.statement, 1)]
    kinds = browser.get(detail(initiative, "leads")).context["kinds"]
    assert [(kind, [(row["stage__code"], row["live"]) for row in rows]) for kind, _label, rows in kinds] == [
        ("agent", [("meeting", 1)])
    ]
    tables = {kind: rows for kind, _label, rows in browser.get(detail(initiative, "funnel")).context["tables"]}
    assert [row.entered for row in tables["agent"]][:3] == [1, 1, 0]
    assert [row.entered for row in tables["client"]][:1] == [0]


def test_the_funnel_counts_only_leads_that_the_reader_sees(office: Office) -> None:
    initiative = office.initiative
    InitiativeMember.objects.create(initiative=initiative, user=office.sitora)
    office.lead(initiative_id=initiative.pk)
    office.lead(office.sitora, initiative_id=initiative.pk)
    rollups.refresh(at=clock.now())
    entered = {}
    for who in ("olim", "sitora", "adiba"):
        page = signed_in(getattr(office, who)).get(detail(initiative, "funnel"))
        entered[who] = page.context["tables"][0][2][0].entered
    assert entered == {"olim": 1, "sitora": 1, "adiba": 2}


def test_the_numbers_of_the_funnel_open_as_many_rows(office: Office) -> None:
    browser, initiative = signed_in(office.olim), office.initiative
    for _n in range(3):
        office.lead(initiative_id=initiative.pk)
    office.lead()
    rollups.refresh(at=clock.now())
    address = f"?period=all&funnel=agent&stage=contact&then_initiative={initiative.pk}"
    assert f'href="/reports/rows/{address.replace("&", "&amp;")}"' in text_of(browser, detail(initiative, "funnel"))
    assert browser.get(reverse("reports:rows") + address).context["paged"].paginator.count == 3


def test_the_auditor_reads_and_a_stranger_finds_nothing(office: Office) -> None:
    initiative = office.initiative
    auditor, stranger = signed_in(office.aziz), signed_in(office.sitora)
    edit = reverse("initiatives:edit", args=[initiative.pk])
    assert {auditor.get(detail(initiative, tab)).status_code for tab in TABS} == {200}
    assert edit not in text_of(auditor, detail(initiative))
    assert (auditor.get(edit).status_code, auditor.post(edit).status_code) == (403, 403)
    assert (stranger.get(edit).status_code, stranger.get(detail(initiative)).status_code) == (404, 404)
