"""Forms of one action. What the line of the week changes by a press has its own small forms beside."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.scope import people
from agents.models import Segment
from backlog.models import Action
from web.leads.forms_base import Figure, Lines, Moment, PageForm
from web.record_forms import RecordForm, with_present


class ActionForm(RecordForm):
    layout = (("title",), ("kind", "minutes"), ("due_at", "location"), ("segment", "expected"))

    class Meta:
        model = Action
        fields = ("title", "kind", "minutes", "due_at", "location", "segment", "expected", "note")
        field_classes = {"due_at": Moment, "expected": Figure}
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, data: QueryDict | None, *, user: User, instance: Action) -> None:
        super().__init__(data, instance=instance)
        fields: Any = self.fields
        fields["segment"].queryset = with_present(Segment.objects.visible_to(user), instance.segment)
        fields["segment"].empty_label = gettext_lazy("не указано")
        fields["segment"].disabled = instance.goal is not None and instance.goal.segment_id is not None
        fields["minutes"] = forms.IntegerField(label=fields["minutes"].label)
        for name in ("title", "due_at", "expected"):
            fields[name].required = False

    def changes(self) -> dict[str, Any]:
        """How much it adds to the metric may be left empty: then it stays as it was."""
        found = super().changes()
        return found if found.get("expected") is not None else {n: v for n, v in found.items() if n != "expected"}


class SplitForm(PageForm):
    titles = Lines(label=gettext_lazy("Части, каждая с новой строки"), rows=5, max_length=2500, required=False)


class ReplaceForm(PageForm):
    title = forms.CharField(label=gettext_lazy("Что сделать вместо этого"), max_length=200, required=False)
    reason = forms.CharField(label=gettext_lazy("Почему"), max_length=200, required=False)


class FollowsForm(PageForm):
    follows = forms.ModelChoiceField(
        Action.objects.none(), label=gettext_lazy("После какого действия"), required=False,
        empty_label=gettext_lazy("ни после какого"),
    )  # fmt: skip

    def __init__(self, data: QueryDict | None, *, user: User, action: Action) -> None:
        super().__init__(data, initial={"follows": action.follows_id})
        rows = Action.objects.visible_to(user).open().filter(owner=action.owner).exclude(pk=action.pk)
        choice: Any = self.fields["follows"]
        choice.queryset = with_present(rows, action.follows).order_by("title")


class AssignForm(PageForm):
    owner = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Кому передать"), empty_label=None)

    def __init__(self, data: QueryDict | None, *, user: User, action: Action) -> None:
        super().__init__(data, initial={"owner": action.owner_id})
        choice: Any = self.fields["owner"]
        choice.queryset = people(user)
