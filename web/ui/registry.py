"""The one library that every component joins, and what all of them need."""

from collections.abc import Mapping

from django.template import Context, Library
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = Library()

# The content policy drops these silently; better to hear of it at once.
FORBIDDEN = ("style", "on", "hx-on")
TONES = frozenset({"neutral", "primary", "success", "warning", "error", "info"})


def language() -> str:
    """The language of the page being rendered."""
    return get_language() or "ru"


def tone_of(name: str) -> str:
    """Refuse an unknown tone loudly: a misspelt class would pass unseen."""
    if name not in TONES:
        raise ValueError(f"Unknown tone {name!r}; one of {', '.join(sorted(TONES))}")
    return name


def attributes(attrs: Mapping[str, object]) -> SafeString:
    """Keyword arguments as HTML attributes: `hx_post` becomes `hx-post`, True a bare name."""
    drawn = ""
    for key, value in attrs.items():
        if value is None or value is False or value == "":
            continue
        name = key.strip("_").replace("_", "-")
        if name.startswith(FORBIDDEN):
            raise ValueError(f"No {name} attributes: styles and handlers live in assets/")
        drawn += (
            f" {name}"
            if value is True
            else f' {name}="{conditional_escape(value if isinstance(value, str) else str(value))}"'
        )
    return mark_safe(drawn)  # noqa: S308 - names are written in templates, values are escaped


def component(context: Context, name: str, values: Mapping[str, object]) -> SafeString:
    """Render `templates/ui/<name>.html` with the given values and the page's token."""
    shared = {key: context.get(key) for key in ("csrf_token", "request")}
    return render_to_string(f"ui/{name}.html", {**shared, **values})
