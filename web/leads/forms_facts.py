"""One form a record of facts. A gate narrows a form to the fields that are missing; outside a gate all are shown."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django import forms
from django.db.models import F
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from agents.models import Utp
from common import clock
from leads.choices import Answer, Direction, MeetingKind, MeetingStatus
from leads.models import Lead, Meeting, ValuePromise
from leads.services.contract_files import FILE_TYPES
from web.leads.forms_base import Day, Figure, Lines, Moment, PageForm
from web.record_forms import with_present
from web.value.shown import with_unit

_ANSWERS = [("", gettext_lazy("Не спрашивали")), *Answer.choices]


class RecordForm(PageForm):
    """``record`` is the name under which the service takes the values; ``answers`` tells which field supplies a fact.

    With ``asked`` (codes of missing facts) only their fields and ``besides`` stay, and theirs must be filled in.
    With ``partial`` an untouched form passes empty: some facts may be kept without the others.
    """

    record: ClassVar[str]
    title: ClassVar[Any]
    answers: ClassVar[Mapping[str, str]] = {}
    besides: ClassVar[tuple[str, ...]] = ()
    offered = False
    """Not asked for by the gate: it may stay empty."""

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict[str, Any] | None = None,
        *,
        lead: Lead,
        user: User,
        asked: Collection[str] | None = None,
        partial: bool = False,
        prefix: str = "",
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.lead, self.user, self.asked = lead, user, asked
        known = self.known()
        super().__init__(
            data, files, prefix=prefix or self.record, initial={**known, **(initial or {})}, empty_permitted=partial
        )
        self.prepare()
        if asked is not None:
            self._narrow(asked, partial=partial)

    def known(self) -> dict[str, Any]:
        """What may be filled in beforehand."""
        return {}

    def prepare(self) -> None:
        """Narrow the choices to this lead and this person."""

    def values(self) -> dict[str, Any]:
        """What goes to the service: only what was filled in."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    def _narrow(self, asked: Collection[str], *, partial: bool) -> None:
        wanted = {self.answers[code] for code in asked if code in self.answers}
        for name in list(self.fields):
            if name not in wanted and name not in self.besides:
                del self.fields[name]
        for name in wanted & set(self.fields):
            self.fields[name].required = self.fields[name].required or not partial
        self.narrowed(wanted)

    def narrowed(self, wanted: Collection[str]) -> None:
        """The last word on what a gate asks for."""


class NameForm(RecordForm):
    record, title, answers = "party", gettext_lazy("Имя"), {"name": "name"}
    name = forms.CharField(label=gettext_lazy("Имя или название"), max_length=200)


class ContactFactForm(RecordForm):
    record, title, answers = "contact", gettext_lazy("Контакт"), {"contact": "value"}
    besides = ("person",)
    layout = (("value", "person"),)
    aliases = {"contact": "value"}
    value = forms.CharField(
        label=gettext_lazy("Телефон, почта или Telegram"), max_length=200,
        help_text=gettext_lazy("Например: +998 90 123-45-67"),
    )  # fmt: skip
    person = forms.CharField(label=gettext_lazy("Кто ответит"), max_length=120, required=False)


class LeadFactForm(RecordForm):
    record, title = "lead", gettext_lazy("УТП и ресурсы")
    answers = {"utp": "utp", "resources": "resources"}
    utp = forms.ModelChoiceField(Utp.objects.none(), label=gettext_lazy("УТП"), required=False)
    resources = Lines(label=gettext_lazy("Ресурсы на оплату"), rows=2, required=False)

    def known(self) -> dict[str, Any]:
        return {"utp": self.lead.utp_id, "resources": self.lead.resources}

    def prepare(self) -> None:
        choice = self.fields["utp"]
        choice.queryset = utps_for(self.user, self.lead)  # type: ignore[attr-defined]
        choice.help_text = _("Если нужной нет, добавьте её на странице сегмента.")


def utps_for(user: User, lead: Lead) -> Any:
    """Those in work: of the lead's segment where there are any, else all that one may see."""
    seen = Utp.objects.visible_to(user).filter(active=True)
    own = seen.filter(segment=lead.segment_id) if lead.segment_id else seen
    return with_present(own if own.exists() else seen, lead.utp)


class MeetingForm(RecordForm):
    record, title = "meeting", gettext_lazy("Созвон или встреча")
    answers = {"meeting_appointed": "planned_at", "meeting_held": "held_at"}
    besides = ("meeting", "kind", "note")
    layout = (("kind",), ("planned_at", "held_at"))
    meeting = forms.ModelChoiceField(Meeting.objects.none(), required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=gettext_lazy("Что это"), choices=MeetingKind.choices, required=False)
    planned_at = Moment(label=gettext_lazy("Назначено на"), required=False)
    status = forms.ChoiceField(label=gettext_lazy("Что с ней стало"), choices=MeetingStatus.choices, required=False)
    held_at = Moment(label=gettext_lazy("Разговор состоялся"), required=False)
    place = forms.CharField(label=gettext_lazy("Место или ссылка"), max_length=200, required=False)
    note = Lines(label=gettext_lazy("О чём говорили"), rows=2, required=False)

    def prepare(self) -> None:
        self.fields["meeting"].queryset = self.lead.meetings.all()  # type: ignore[attr-defined]
        chosen = self._chosen()
        if chosen is None:
            del self.fields["status"]
            return
        del self.fields["kind"]
        past = chosen.planned_at if chosen.planned_at <= clock.now() else None
        found: dict[str, Any] = {
            "meeting": chosen.pk, "planned_at": chosen.planned_at, "held_at": chosen.held_at or past,
            "status": MeetingStatus.HELD if chosen.status == MeetingStatus.PLANNED else chosen.status,
            "place": chosen.place, "note": chosen.note,
        }  # fmt: skip
        self.initial = found | dict(self.initial)

    def _chosen(self) -> Meeting | None:
        """The meeting that is being completed: named by the address or the form, or the one planned first."""
        named = (self.data.get(self.add_prefix("meeting")) if self.is_bound else "") or self.initial.get("meeting")
        rows = self.lead.meetings.order_by("planned_at")
        if named:
            return next((row for row in rows if str(row.pk) == str(named)), None)
        return rows.filter(status=MeetingStatus.PLANNED).first() if self.asked is not None else None

    def has_changed(self) -> bool:
        """What was filled in beforehand and left as it is counts too: the person agreed with it."""
        return super().has_changed() or any(self[name].value() for name in ("held_at",) if name in self.fields)

    def narrowed(self, wanted: Collection[str]) -> None:
        if {"planned_at", "held_at"} <= set(wanted):
            self.fields["planned_at"].required = False
            self.fields["planned_at"].help_text = _("Можно не заполнять, если разговор уже был.")

    def values(self) -> dict[str, Any]:
        values = super().values()
        if values.get("status") in {MeetingStatus.NO_SHOW, MeetingStatus.CANCELLED, MeetingStatus.PLANNED}:
            values.pop("held_at", None)
        return values


class InterviewForm(RecordForm):
    record, title = "interview", "CustDev"
    answers = {"problem": "problem_validated", "value_checked": "value_validated", "utp_checked": "utp_validated"}
    besides = ("problem", "quotes")
    layout = (("problem",), ("problem_validated", "value_validated", "utp_validated"))
    problem = Lines(label=gettext_lazy("Проблема словами собеседника"))
    problem_validated = forms.ChoiceField(
        label=gettext_lazy("Проблема есть"), choices=_ANSWERS, widget=forms.RadioSelect, required=False
    )
    value_validated = forms.ChoiceField(
        label=gettext_lazy("Ценность есть"), choices=_ANSWERS, widget=forms.RadioSelect, required=False
    )
    utp_validated = forms.ChoiceField(
        label=gettext_lazy("УТП сработало"), choices=_ANSWERS, widget=forms.RadioSelect, required=False
    )
    quotes = Lines(label=gettext_lazy("Цитаты"), rows=2, required=False)
    held_at = Moment(label=gettext_lazy("Когда говорили"), required=False)

    def known(self) -> dict[str, Any]:
        return {"problem": self.lead.problem}

    def narrowed(self, wanted: Collection[str]) -> None:
        for name in wanted:
            self.fields[name].choices = Answer.choices  # type: ignore[attr-defined]
        if "problem_validated" not in wanted and self.lead.problem:
            del self.fields["problem"]


class AgreementForm(RecordForm):
    record, title = "agreement", gettext_lazy("Устный контракт")
    answers = {"agent_gives": "agent_gives", "bank_gives": "bank_gives"}
    agent_gives = Lines(label=gettext_lazy("Что даёт агент или клиент"), rows=2, required=False)
    bank_gives = Lines(label=gettext_lazy("Что даёт банк"), rows=2, required=False)

    def prepare(self) -> None:
        last = self.lead.agreements.first()
        if last is None or (last.agent_gives and last.bank_gives):
            return
        for here, other in (("agent_gives", "bank_gives"), ("bank_gives", "agent_gives")):
            if said := getattr(last, other):
                self.fields[here].help_text = _("Другая сторона: %(said)s") % {"said": said[:200]}
        if self.asked is None:
            self.initial = {"agent_gives": last.agent_gives, "bank_gives": last.bank_gives}


class ContractForm(RecordForm):
    record, title = "contract", gettext_lazy("Контракт")
    answers = {"contract_number": "number", "contract_date": "signed_on", "contract_file": "file"}
    layout = (("number", "signed_on"),)
    number = forms.CharField(label=gettext_lazy("Номер"), max_length=60, required=False)
    signed_on = Day(label=gettext_lazy("Дата подписания"), required=False)
    file = forms.FileField(
        label=gettext_lazy("Файл контракта"), required=False, help_text=gettext_lazy("PDF, DOCX, JPG или PNG до 20 МБ"),
        widget=forms.FileInput(attrs={"accept": ",".join(FILE_TYPES)}), max_length=200,
    )  # fmt: skip
    provides = Lines(label=gettext_lazy("Что предоставляется"), rows=2, required=False)
    terms = Lines(label=gettext_lazy("На каких условиях"), rows=2, required=False)
    bank_service = Lines(label=gettext_lazy("Какая услуга банка нужна"), rows=2, required=False)

    def known(self) -> dict[str, Any]:
        last = self.lead.contracts.first() if self.asked is None else None
        if last is None or (last.number and last.signed_on and last.file):
            return {}
        return {name: getattr(last, name) for name in ("number", "signed_on", "provides", "terms", "bank_service")}


class PromiseForm(RecordForm):
    record, title = "promise", gettext_lazy("Обещание")
    answers = {"value_promised": "metric"}
    besides = ("unit", "baseline", "target", "direction", "due_on")
    layout = (("metric", "unit"), ("baseline", "target"), ("direction", "due_on"), ("promised_on",))
    metric = forms.CharField(label=gettext_lazy("Мера: что улучшится"), max_length=200)
    unit = forms.CharField(
        label=gettext_lazy("Единица"), max_length=40, required=False, help_text=gettext_lazy("Например: дней, заявок")
    )
    baseline = Figure(
        label=gettext_lazy("Было"), required=False, help_text=gettext_lazy("Если не знаете, оставьте пустым")
    )
    target = Figure(label=gettext_lazy("Обещано"))
    direction = forms.ChoiceField(label=gettext_lazy("Куда растём"), choices=Direction.choices)
    due_on = Day(label=gettext_lazy("К какому дню"))
    promised_on = Day(label=gettext_lazy("Когда обещали"), required=False, help_text=gettext_lazy("Если не сегодня"))

    def known(self) -> dict[str, Any]:
        return {"metric": self.lead.utp.promised_metric if self.lead.utp else "", "direction": Direction.UP}

    def has_changed(self) -> bool:
        """Offered and not asked for, it counts once something is typed: what was not sent at all changes nothing."""
        changed = set(self.changed_data)
        return any(self[name].value() for name in changed - {"direction"}) if self.offered else bool(changed)


class MeasurementForm(RecordForm):
    """Of one promise, or of the one that the gate is about to hear of in the same form."""

    record, title = "measurement", gettext_lazy("Измерение")
    answers = {"value_measured": "value"}
    besides = ("promise", "measured_at", "taken_from")
    layout = (("promise",), ("value", "measured_at"))
    promise = forms.ModelChoiceField(ValuePromise.objects.none(), label=gettext_lazy("Обещание"), required=False)
    value = Figure(label=gettext_lazy("Факт"))
    measured_at = Moment(label=gettext_lazy("Когда измерено"), required=False)
    taken_from = forms.CharField(label=gettext_lazy("Откуда число"), max_length=200, required=False)

    def prepare(self) -> None:
        rows = self.lead.promises.order_by(F("kept_on").asc(nulls_first=True), "due_on", "id")
        self.fields["promise"].queryset = rows  # type: ignore[attr-defined]
        chosen = self.initial.get("promise")
        if chosen is not None:
            self.fields["promise"].widget = forms.HiddenInput()
        elif not rows:
            del self.fields["promise"]
        self.about = next((row for row in rows if str(row.pk) == str(chosen)), None)
        if self.about is not None:
            said = {"metric": self.about.metric, "target": with_unit(self.about.target, self.about.unit)}
            text = _("%(metric)s: обещано %(target)s") % said
            if self.about.baseline is not None:
                text = _("%(said)s, было %(baseline)s") % {
                    "said": text, "baseline": with_unit(self.about.baseline, self.about.unit)
                }  # fmt: skip
            self.fields["value"].help_text = text


FORMS: dict[str, type[RecordForm]] = {
    form.record: form
    for form in (
        NameForm, ContactFactForm, LeadFactForm, MeetingForm, InterviewForm, AgreementForm, ContractForm, PromiseForm,
        MeasurementForm,
    )
}  # fmt: skip
