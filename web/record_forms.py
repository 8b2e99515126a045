"""Forms that change a record: they parse and keep what was typed, the services judge."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxLengthValidator
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import demand_write
from accounts.models import User
from accounts.scope import to_change
from agents.masking import is_mask
from common.changes import StaleVersion
from common.errors import Refused
from funnel.gates import GateClosed
from leads.revisions import clashes
from web.conflicts import conflict_of
from web.pages import only_once, person, show

TEXT_LENGTH = 10_000
_DASHES = "---------"
_TOO_LONG = gettext_lazy("Здесь помещается %(limit_value)d знаков, а введено %(show_value)d. Сократите.")
_PAGES_OF_THEIR_OWN = frozenset({403, 404})


class RefusableForm(forms.Form):
    """A form whose service may say no. ``aliases`` translate the service's field names into the form's own."""

    aliases: ClassVar[Mapping[str, str]] = {}
    layout: ClassVar[tuple[tuple[str, ...], ...]] = ()
    use_required_attribute = False

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """The visible fields as ``layout`` groups them; those it does not name stand one a line."""
        shown = {bound.name: bound for bound in self.visible_fields()}
        grouped = [[shown.pop(name) for name in names if name in shown] for names in self.layout]
        return [row for row in grouped if row] + [[bound] for bound in shown.values()]

    @property
    def expected_version(self) -> int | None:
        return self.cleaned_data.get("version")

    def changes(self) -> dict[str, Any]:
        return self.cleaned_data

    def refuse(self, refusal: Refused) -> None:
        """Put what a service said beside the fields it names, the rest on top.

        A form that does not merge takes the version of today: whoever sends it again has seen what stands now.
        """
        if isinstance(refusal, StaleVersion):
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data[self.add_prefix("version")] = refusal.current.version  # type: ignore[index]
            self.add_error(
                None, _("Запись изменили, пока вы её правили. Сверьте с тем, что в базе, и сохраните снова.")
            )
            return
        if isinstance(refusal, GateClosed):  # its errors are only the names of what is missing
            self.add_error(None, refusal.message)
            return
        for error in refusal.errors:
            name = self.aliases.get(error.field, error.field)
            self.add_error(name if name in self.fields else None, error.message)
        if not refusal.errors:
            self.add_error(None, refusal.message)


class RecordForm(RefusableForm, forms.ModelForm):
    """A form over a record's columns. The model's own checks stay out: a rule stands once, in the service."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    masks: Mapping[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.fields["version"].initial = self.instance.version
        for field in self.fields.values():
            _limit(field)
            _name_the_empty(field)

    def _post_clean(self) -> None:
        """Nothing is written onto the instance: it is what the base holds, and a conflict is told by it."""

    def hide(self, **masks: str) -> None:
        """Show these fields by their masks: whoever does not see a value leaves it alone, or types another."""
        self.masks = masks
        self.initial.update(masks)

    def changes(self) -> dict[str, Any]:
        """The columns that this form is about, as the services take them."""
        sent = {name: self.cleaned_data[name] for name in self._meta.fields or () if name in self.cleaned_data}
        return {name: value for name, value in sent.items() if not self._left_alone(name, value)}

    def _left_alone(self, name: str, value: Any) -> bool:
        return name in self.masks and (value == self.masks[name] or is_mask(str(value)))


def _limit(field: forms.Field) -> None:
    """A text that is too long is refused in words, and never cut off unseen by the browser."""
    if not isinstance(field, forms.CharField):
        return
    limit = field.max_length or TEXT_LENGTH
    others = [check for check in field.validators if not isinstance(check, MaxLengthValidator)]
    field.validators = [*others, MaxLengthValidator(limit, _TOO_LONG)]
    field.widget.attrs.pop("maxlength", None)


def _name_the_empty(field: forms.Field) -> None:
    """A choice that is not made is told in words, not by a row of dashes."""
    words = _("Выберите") if field.required else _("не указано")
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = words if field.empty_label == _DASHES else field.empty_label
    elif isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        field.choices = [(value, text if value else words) for value, text in choices]


def with_present(rows: Any, *present: Model | None) -> Any:
    """The rows one may choose, and those that stand on the record already: saving must not drop them."""
    kept = [row.pk for row in present if row is not None]
    return rows | rows.model._default_manager.filter(pk__in=kept) if kept else rows


def writer(request: HttpRequest) -> User:
    """The person, when his role writes at all. Raises NotAllowed, so that he meets no form in vain."""
    demand_write(person(request))
    return to_change(person(request))


def save(
    request: HttpRequest,
    form: Any,
    deed: Callable[[dict[str, Any], int | None], str],
    *,
    template: str,
    context: Mapping[str, Any],
    said: str = "",
) -> HttpResponse:
    """Run ``deed(changes, expected version)``, which returns the address to go to, once per form.

    What the service refuses stands beside the fields (422). Where others changed the record meanwhile, changes of
    different fields join silently; for the same fields the reader chooses (409).
    """

    def again(status: int, **more: Any) -> HttpResponse:
        return show(request, template, {**context, "form": form, **more}, status=status)

    if not form.is_valid():
        return again(422)
    try:
        try:
            return only_once(request, lambda: deed(form.changes(), form.expected_version), said=said)
        except StaleVersion as error:
            if not isinstance(form, RecordForm):
                raise
            current: Any = error.current
        own, found = clashes(current, form.expected_version, form.changes())
        if found:
            return again(409, conflict=conflict_of(form, current, own, found))
        return only_once(request, lambda: deed(own, current.version), said=said)
    except Refused as refusal:
        if refusal.status in _PAGES_OF_THEIR_OWN:
            raise
        form.refuse(refusal)
        return again(409 if isinstance(refusal, StaleVersion) else 422, refusal=refusal)
