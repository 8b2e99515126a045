"""Forms of segments and UTPs."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from agents.models import Product, Segment, Utp
from web.leads.forms_base import Figure
from web.record_forms import RecordForm, with_present

_MOST_TRAITS = 50


class Traits(forms.CharField):
    """Traits as lines «признак: значение»."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return "\n".join(f"{name}: {_plain(words)}" for name, words in value.items())

    def clean(self, value: Any) -> Any:
        found: dict[str, str] = {}
        for number, line in enumerate(super().clean(value).splitlines(), 1):
            name, colon, words = (part.strip() for part in line.partition(":"))
            if not line.strip():
                continue
            if not (name and colon and words):
                raise forms.ValidationError(
                    _("Строка %(number)s: напишите «признак: значение», например «возраст авто: до 5 лет».")
                    % {"number": number}
                )
            if name in found:
                raise forms.ValidationError(
                    _("Строка %(number)s: признак «%(name)s» уже был выше.") % {"number": number, "name": name}
                )
            found[name] = words
        if len(found) > _MOST_TRAITS:
            raise forms.ValidationError(_("Не больше %(limit)s признаков.") % {"limit": _MOST_TRAITS})
        return found


def _plain(value: Any) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)


class ParentChoice(forms.ModelChoiceField):
    def label_from_instance(self, segment: Any) -> str:
        return f"{segment.get_kind_display()}: {segment.name}"


class SegmentForm(RecordForm):
    layout = (("kind",), ("name",), ("parent",), ("description",), ("city", "region"), ("reach", "abc_class"),
              ("problem_sharpness",), ("money_mass", "currency"), ("traits",))  # fmt: skip
    parent = ParentChoice(
        label=gettext_lazy("Уточняет сегмент"), queryset=Segment.objects.none(), required=False,
        empty_label=gettext_lazy("Самостоятельный сегмент"),
    )  # fmt: skip
    money_mass = Figure(label=gettext_lazy("Денежная масса"), required=False, decimal_places=2, min_value=0)
    traits = Traits(
        label=gettext_lazy("Признаки"), required=False,
        help_text=gettext_lazy("По одному в строке: «признак: значение»"),
    )  # fmt: skip

    class Meta:
        model = Segment
        fields = ("kind", "name", "parent", "description", "city", "region", "reach", "abc_class",
                  "problem_sharpness", "money_mass", "currency", "traits")  # fmt: skip
        widgets = {"description": forms.Textarea(attrs={"rows": 3}), "kind": forms.RadioSelect}
        labels = {"currency": gettext_lazy("Валюта")}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [choice for choice in kind.choices if choice[0]]
        parent: Any = self.fields["parent"]
        rows = with_present(Segment.objects.visible_to(user), self.instance.parent)
        parent.queryset = rows.exclude(pk=self.instance.pk).order_by("kind", "name")
        sharpness: Any = self.fields["problem_sharpness"]
        sharpness.max_value = 10
        sharpness.validators.append(forms.IntegerField(max_value=10).validators[0])


class UtpForm(RecordForm):
    class Meta:
        model = Utp
        fields = ("statement", "product", "promised_metric", "active")
        widgets = {"statement": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"statement": gettext_lazy("Что обещаем этому сегменту, одной фразой")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        product: Any = self.fields["product"]
        product.queryset = with_present(Product.objects.filter(active=True), self.instance.product)
        product.empty_label = _("Любой продукт")
