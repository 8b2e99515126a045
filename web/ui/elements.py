"""Small pieces: icons, badges, buttons, menus, messages."""

from functools import lru_cache
from uuid import uuid4

from django.template import Context
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from web.ui.registry import attributes, component, register, tone_of

BUTTONS = {"plain": "", "primary": "btn-primary", "error": "btn-error", "ghost": "btn-ghost"}
EMPTY_ICONS = {"first": "plus", "zero": "filter", "done": "done"}


@register.simple_tag
@lru_cache(maxsize=512)  # a page holds hundreds of them, and the address of the sprite is looked up for each
def icon(name: str, size: str = "") -> SafeString:
    """A drawing from our sprite, hidden from readers: the text beside it says the same."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        f" icon-{size}" if size else "",
        static("icons.svg"),
        name,
    )


@register.simple_tag
def badge(text: object, tone: str = "neutral", icon_name: str = "", **attrs: object) -> SafeString:
    """A short word about a state."""
    drawing = icon(icon_name) if icon_name else ""
    return format_html('<span class="tag tag-{}"{}>{}{}</span>', tone_of(tone), attributes(attrs), drawing, text)


@register.simple_tag
def button(
    text: str,
    tone: str = "plain",
    icon_name: str = "",
    *,
    href: str = "",
    size: str = "",
    icon_only: bool = False,
    dialog: bool = False,
    **attrs: object,
) -> SafeString:
    """A button, or a link that looks like one when `href` is given."""
    look = " ".join(
        part for part in ("btn", BUTTONS[tone], f"btn-{size}" if size else "", "btn-icon" if icon_only else "") if part
    )
    attrs = {"class_": look, "data_dialog": dialog, "title": text if icon_only else None} | attrs
    label = format_html('<span class="sr-only">{}</span>', text) if icon_only else conditional_escape(text)
    inner = icon(icon_name) + label if icon_name else label
    if href:
        return format_html("<a{}>{}</a>", attributes({"href": href} | attrs), inner)
    return format_html("<button{}>{}</button>", attributes({"type": "submit"} | attrs), inner)


@register.simple_tag
def once() -> SafeString:
    """The key that lets the server do a repeated press only once."""
    return format_html('<input type="hidden" name="_once" value="{}">', uuid4())


@register.simple_block_tag(takes_context=True)
def panel(
    context: Context, content: str, title: str = "", *, link: str = "", link_text: str = "", **attrs: object
) -> SafeString:
    """A titled box. Give `id_` to link to it."""
    values = {"title": title, "content": content, "link": link, "link_text": link_text}
    return component(context, "panel", values | {"attrs": attributes(attrs)})


@register.simple_block_tag
def alert(content: str, tone: str = "info", title: str = "") -> SafeString:
    """A message inside the page; errors are announced."""
    head = format_html("<strong>{}</strong> ", title) if title else ""
    role = "alert" if tone == "error" else "status"
    drawing = icon({"success": "done", "neutral": "info", "primary": "info"}.get(tone, tone))
    return format_html(
        '<div class="notice notice-{}" role="{}">{}<div>{}{}</div></div>',
        tone_of(tone),
        role,
        drawing,
        head,
        content,
    )


@register.simple_block_tag
def menu(content: str, text: str, icon_name: str = "more", *, label: str = "", align: str = "end") -> SafeString:
    """A menu that opens without scripts. Inside: `<li>` with links, buttons or small forms."""
    name = format_html('<span class="sr-only">{}</span>', label or text) if icon_name == "more" else text
    look = "btn btn-ghost btn-icon" if icon_name == "more" else "btn"
    return format_html(
        '<details class="menu-box menu-{}" data-menu><summary class="{}" title="{}">{}{}</summary>'
        '<ul class="menu-list">{}</ul></details>',
        align, look, label or text, icon(icon_name), name, content,
    )  # fmt: skip


@register.simple_block_tag
def empty(content: str, kind: str, text: str) -> SafeString:
    """Nothing to show: `first` use, `zero` found, all `done`. Inside: at most one main button."""
    return format_html(
        '<div class="empty empty-{}">{}<p>{}</p><div class="actions">{}</div></div>',
        kind, icon(EMPTY_ICONS[kind], "lg"), text, content,
    )  # fmt: skip


@register.inclusion_tag("ui/toast.html", takes_context=True)
def toast(
    context: Context, text: str, tone: str = "success", *, undo: str = "", undo_text: str = ""
) -> dict[str, object]:
    """A short message at the edge. `undo` is an address that takes a POST within 10 seconds."""
    return {
        "text": text,
        "tone": tone_of(tone),
        "undo": undo,
        "undo_text": undo_text or _("Отменить"),
        "csrf_token": context.get("csrf_token"),
    }


@register.filter
def undo_address(message: object) -> str:
    """Where the message's deed is taken back: a view says so by ``extra_tags="undo:/address/"``."""
    tags = str(getattr(message, "extra_tags", "") or "")
    return tags.removeprefix("undo:") if tags.startswith("undo:/") else ""


@register.simple_tag
def person(who: object, note: str = "") -> SafeString:
    """Initials and a name, for owners and contacts."""
    full = getattr(who, "get_full_name", None)
    name = str((full() if callable(full) else "") or who or _("Не назначен"))
    initials = "".join(word[0] for word in name.replace("«", "").split()[:2]).upper()
    tail = format_html(' <span class="muted">{}</span>', note) if note else ""
    return format_html(
        '<span class="person"><span class="person-mark" aria-hidden="true">{}</span><span>{}{}</span></span>',
        initials, name, tail,
    )  # fmt: skip


@register.simple_tag
def skeleton(lines: int = 3) -> SafeString:
    """A grey stand-in of the final size while a block loads."""
    rows = format_html("{}", SafeString('<div class="skeleton-line"></div>' * lines))
    return format_html(
        '<div class="skeleton-box" role="status"><span class="sr-only">{}</span>{}</div>',
        _("Загружаем"),
        rows,
    )
