"""Forms: fields, the summary of errors, confirmation, conflict, gate."""

from collections.abc import Iterable, Mapping

from django import forms
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from web.ui.registry import component, register

CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "checkbox"),
    (forms.CheckboxSelectMultiple, "checkbox"),
    (forms.RadioSelect, "radio"),
    (forms.SelectMultiple, "select select-many"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file-input"),
    (forms.Widget, "input"),
)


def widget_class(widget: forms.Widget) -> str:
    """The class of the control that a widget draws."""
    return next(name for kind, name in CLASSES if isinstance(widget, kind))


def describe(bound: forms.BoundField, hint: str) -> str | None:
    """The ids of the texts that explain a field: its hint and its error."""
    parts = [f"{bound.auto_id}-hint"] if hint else []
    parts += [f"{bound.auto_id}-error"] if bound.errors else []
    return " ".join(parts) or None


def widget_attrs(bound: forms.BoundField, hint: str, extra: Mapping[str, object]) -> dict[str, str | bool]:
    """What the control itself must carry: look, state, and who describes it."""
    widget = bound.field.widget
    own = str(widget.attrs.get("class", ""))
    attrs: dict[str, object] = {
        "class": f"{widget_class(widget)} {own}".strip(),
        "aria-describedby": describe(bound, hint),
        "aria-invalid": "true" if bound.errors else None,
    }
    attrs |= {name.strip("_").replace("_", "-"): value for name, value in extra.items()}
    return {
        name: value if isinstance(value, bool) else str(value) for name, value in attrs.items() if value is not None
    }


@register.simple_tag(takes_context=True)
def field(context: Context, bound: forms.BoundField, *, label: str = "", hint: str = "", **attrs: object) -> SafeString:
    """A bound field with its label, hint and error joined for readers."""
    hint = hint or str(bound.help_text or "")
    widget = bound.field.widget
    choices = isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    if choices:
        widget.attrs |= {"class": widget_class(widget)}
    values = {
        "bound": bound,
        "control": "" if choices else bound.as_widget(attrs=widget_attrs(bound, hint, attrs)),
        "name": attrs.get("id") or bound.id_for_label,
        "label": label or bound.label,
        "hint": hint,
        "tick": isinstance(widget, forms.CheckboxInput),
        "choices": choices,
        "describedby": describe(bound, hint),
    }
    return component(context, "field", values)


@register.simple_tag(takes_context=True)
def fields(context: Context, form: forms.BaseForm) -> SafeString:
    """Every field of a form in its own order, the hidden ones too."""
    shown = [field(context, bound) for bound in form.visible_fields()]
    hidden = [bound.as_widget() for bound in form.hidden_fields()]
    return SafeString("".join([*hidden, *shown]))


@register.inclusion_tag("ui/errors.html")
def errors(form: forms.BaseForm) -> dict[str, object]:
    """What is wrong with the form, on top of it, linked to the fields. Takes focus."""
    rows = [(bound, message) for bound in form for message in bound.errors]
    return {"form": form, "rows": rows, "common": form.non_field_errors()}


@register.simple_tag
def error_title(form: forms.BaseForm | None) -> str:
    """«Ошибка: » before the title of a page whose form did not pass."""
    return _("Ошибка: ") if form is not None and form.is_bound and form.errors else ""


@register.simple_block_tag(takes_context=True)
def confirm_form(
    context: Context, content: str, action: str, text: str, *, tone: str = "error", back: str = ""
) -> SafeString:
    """Ask before an act that cannot be undone. Inside: what will change, in words."""
    return component(
        context, "confirm", {"content": content, "action": action, "text": text, "tone": tone, "back": back}
    )


@register.simple_block_tag(takes_context=True)
def gate_dialog(
    context: Context,
    content: str,
    title: str,
    action: str,
    *,
    card: str = "",
    submit: str = "",
    lead: str = "",
) -> SafeString:
    """The shell of a question that opens the way to a stage. Inside: only the missing fields."""
    values = {"content": content, "title": title, "action": action, "card": card, "lead": lead}
    return component(context, "gate_dialog", values | {"submit": submit or _("Перевести")})


@register.simple_tag(takes_context=True)
def conflict_panel(
    context: Context,
    rows: Iterable[Mapping[str, object]],
    *,
    action: str,
    version: object,
    who: str = "",
    at: str = "",
    kept: Mapping[str, object] | None = None,
) -> SafeString:
    """Two people changed the same. A row: `name`, `label`, `mine`, `theirs`, `was`, `value`, `their_value`.

    `kept` carries the fields that do not clash, to be sent again as they are.
    """
    values = {"rows": list(rows), "action": action, "version": version, "who": who, "at": at}
    return component(context, "conflict", values | {"kept": (kept or {}).items()})
