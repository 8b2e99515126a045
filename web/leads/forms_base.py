"""What the forms of the card share: fields that read what people type, and refusals put where they belong."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from common.errors import Refused
from common.text import has_control_characters
from web.record_forms import RefusableForm

_BLANKS = re.compile(r"[\s  ]")
_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_FIRST, _LAST = 2000, 2100
_OUT_OF_RANGE = gettext_lazy("Проверьте год: от 2000 до 2099.")


class Moment(forms.DateTimeField):
    """A day and time in the reader's zone. A slip in the year is refused here: no calendar could hold it."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
        super().__init__(**{"widget": widget} | options)
        first, last = datetime(_FIRST, 1, 1, tzinfo=UTC), datetime(_LAST, 1, 1, tzinfo=UTC)
        self.validators += [MinValueValidator(first, _OUT_OF_RANGE), MaxValueValidator(last, _OUT_OF_RANGE)]


class Day(forms.DateField):
    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(**{"widget": widget} | options)
        self.validators += [
            MinValueValidator(date(_FIRST, 1, 1), _OUT_OF_RANGE),
            MaxValueValidator(date(_LAST, 1, 1), _OUT_OF_RANGE),
        ]


class Figure(forms.DecimalField):
    """A number as people write it: «1,5» and «12 500 000» are read; in English «12,500.5» too, as its pages show it."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        defaults: dict[str, Any] = {"widget": widget, "max_digits": 18, "decimal_places": 4}
        super().__init__(**defaults | options)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        return super().to_python(_plain(value) if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        text = f"{value.normalize():f}"
        return text if get_language() == "en" else text.replace(".", ",")


def _plain(text: str) -> str:
    """In English a comma parts thousands where it stands as one would put it, else it is a decimal point as well."""
    text = _BLANKS.sub("", text).replace("−", "-")
    if get_language() == "en" and _THOUSANDS.fullmatch(text):
        return text.replace(",", "")
    return text.replace(",", ".")


class Lines(forms.CharField):
    """Text of several lines."""

    def __init__(self, *, rows: int = 3, **options: Any) -> None:
        options.setdefault("max_length", 10_000)
        super().__init__(**{"widget": forms.Textarea(attrs={"rows": rows})} | options)


class PageForm(RefusableForm):
    """A form of the card: refuses what cannot be stored, takes a refusal of a record of facts."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, value in list(cleaned.items()):
            if isinstance(value, str) and has_control_characters(value):
                self.add_error(name, _("В тексте есть знаки, которые нельзя сохранить. Уберите их."))
        return cleaned

    def take(self, refusal: Refused) -> None:
        """Put a refusal's errors at the fields they name (``meeting.held_at`` is ``held_at``), the others on top."""
        for error in refusal.errors:
            name = error.field.rpartition(".")[2]
            name = self.aliases.get(name, name)
            self.add_error(name if name in self.fields else None, error.message)
        if not refusal.errors:
            self.add_error(None, refusal.message)
