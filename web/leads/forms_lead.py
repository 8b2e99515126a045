"""Forms of the lead itself: its facts, its next step, a note, who has it, how it closes."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.scope import people
from agents.choices import Kind
from agents.models import Agent, Initiative, Product, Segment, Utp
from leads.choices import BlockerCategory, Outcome
from leads.models import Lead, LossReason
from web.leads.forms_base import Day, Figure, Lines, Moment, PageForm
from web.record_forms import RecordForm, with_present

_NO_CHOICE = gettext_lazy("не указано")


class EditForm(RecordForm):
    """What is known of the lead; stage, owner, outcome and step have deeds of their own."""

    layout = (("segment", "utp"), ("initiative", "product"), ("amount", "currency"))

    class Meta:
        model = Lead
        fields = (
            "problem", "resources", "segment", "utp", "initiative", "product", "agent", "amount", "currency",
            "source_channel",
        )  # fmt: skip
        field_classes = {"amount": Figure}
        widgets = {"problem": forms.Textarea(attrs={"rows": 3}), "resources": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, data: QueryDict | None, *, user: User, instance: Lead) -> None:
        super().__init__(data, instance=instance)
        lead = instance
        rows = {
            "segment": Segment.objects.visible_to(user).filter(kind=lead.kind),
            "utp": Utp.objects.visible_to(user).filter(active=True),
            "initiative": Initiative.objects.visible_to(user),
            "product": Product.objects.filter(active=True),
            "agent": Agent.objects.visible_to(user),
        }
        for name, queryset in rows.items():
            choice: Any = self.fields[name]
            choice.queryset = with_present(queryset, getattr(lead, name))
            choice.empty_label = _NO_CHOICE
        if lead.kind == Kind.AGENT:
            del self.fields["agent"]

    def changes(self) -> dict[str, Any]:
        return super().changes() | {"amount": self.cleaned_data.get("amount")}


class StepForm(PageForm):
    """When: one of the quick choices, or a day and time of one's own."""

    aliases = {"next_action_at": "at"}
    text = forms.CharField(label=gettext_lazy("Что сделать"), max_length=200, required=False)
    at = Moment(label=gettext_lazy("Своя дата"), required=False)


class NoteForm(PageForm):
    text = Lines(label=gettext_lazy("Заметка"), rows=2, required=False)


class UnmergeForm(PageForm):
    reason = Lines(label=gettext_lazy("Почему это разные лиды"), rows=2, max_length=400, required=False)


class AssignForm(PageForm):
    owner = forms.ModelChoiceField(
        User.objects.none(), label=gettext_lazy("Кому передать"), required=False,
        empty_label=gettext_lazy("В очередь команды, без владельца"),
    )  # fmt: skip

    def __init__(self, data: QueryDict | None, *, user: User, lead: Lead) -> None:
        super().__init__(data, initial={"owner": lead.owner_id})
        choice: Any = self.fields["owner"]
        choice.queryset = people(user)


class CloseForm(PageForm):
    """As lost with a reason from the list, or into the archive with a reason in words."""

    aliases = {"outcome": "note"}
    reason = forms.ModelChoiceField(
        LossReason.objects.none(), label=gettext_lazy("Причина отказа"), required=False, empty_label=_NO_CHOICE
    )
    note = Lines(label=gettext_lazy("Что сказали"), rows=2, max_length=400, required=False)
    return_on = Day(label=gettext_lazy("Вернуться к теме"), required=False)

    def __init__(self, data: QueryDict | None, *, outcome: str) -> None:
        super().__init__(data)
        if outcome == Outcome.ARCHIVED:
            del self.fields["reason"]
            self.fields["note"].label = _("Почему в архив")
            return
        choice: Any = self.fields["reason"]
        choice.queryset = LossReason.objects.filter(active=True)
        if not choice.queryset.exists():
            choice.help_text = _("Список причин пуст: его ведёт администратор в настройках.")


class ReopenForm(PageForm):
    reason = Lines(label=gettext_lazy("Почему снова в работе"), rows=2, max_length=500)


class BlockerForm(PageForm):
    layout = (("category", "product"),)
    category = forms.ChoiceField(label=gettext_lazy("Что это"), choices=BlockerCategory.choices)
    product = forms.ModelChoiceField(
        Product.objects.none(), label=gettext_lazy("Продукт"), required=False, empty_label=gettext_lazy("любой")
    )
    description = forms.CharField(
        label=gettext_lazy("Что мешает"), max_length=300,
        help_text=gettext_lazy("Например: банк не кредитует авто старше 5 лет"),
    )  # fmt: skip
    responsible = forms.CharField(label=gettext_lazy("Кто снимает"), max_length=120, required=False)

    def __init__(self, data: QueryDict | None, *, lead: Lead) -> None:
        super().__init__(data, initial={"product": lead.product_id})
        choice: Any = self.fields["product"]
        choice.queryset = Product.objects.filter(active=True)
