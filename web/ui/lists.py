"""Lists: tables, filters in the address, portions, pairs, tabs, feeds."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.core.paginator import Page
from django.http import HttpRequest, QueryDict
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from web.templatetags.formats import when
from web.ui.elements import icon
from web.ui.registry import attributes, component, register


def _query(context: Context) -> QueryDict:
    request: HttpRequest = context["request"]
    return request.GET.copy()


def _address(query: QueryDict) -> str:
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag(takes_context=True)
def query_with(context: Context, **changes: object) -> str:
    """The present address with some parameters set; the page number starts anew."""
    query = _query(context)
    query.pop("page", None)
    for name, value in changes.items():
        query[name] = str(value)
    return _address(query)


@register.simple_tag(takes_context=True)
def query_without(context: Context, *names: str, **values: object) -> str:
    """The present address without parameters, or without one value of a parameter."""
    query = _query(context)
    for name in ("page", *names):
        query.pop(name, None)
    for name, value in values.items():
        query.setlist(name, [kept for kept in query.getlist(name) if kept != str(value)])
    return _address(query)


@register.simple_block_tag
def table(content: str, label: str, *, cards: bool = True, **attrs: object) -> SafeString:
    """A region that scrolls by itself. With `cards`, rows turn into cards on a phone."""
    return format_html(
        '<div class="table-box{}" role="region" tabindex="0" aria-label="{}"{}>{}</div>',
        " table-cards" if cards else "", label, attributes(attrs), content,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def sort_head(context: Context, name: str, text: str, *, number: bool = False) -> SafeString:
    """A column head that sorts: the address gets `sort=name`, then `sort=-name`."""
    now = _query(context).get("sort", "")
    state = {name: "ascending", f"-{name}": "descending"}.get(now, "none")
    turn = f"-{name}" if now == name else name
    arrow = {"ascending": icon("arrow-up"), "descending": icon("arrow-down")}.get(state, "")
    return format_html(
        '<th scope="col" aria-sort="{}"{}><a href="{}">{}{}</a></th>',
        state, SafeString(' class="num"') if number else "", query_with(context, sort=turn), text, arrow,
    )  # fmt: skip


@register.simple_block_tag(takes_context=True)
def filter_bar(
    context: Context, content: str, *, results: str = "#results", label: str = "", search: str = "q"
) -> SafeString:
    """A form whose state is the address. Inside: fields; `results` is what the reply replaces."""
    request: HttpRequest = context["request"]
    values = {
        "content": SafeString(content.strip()),
        "results": results,
        "label": label or _("Отбор"),
        "search": search,
    }
    return component(context, "filter_bar", values | {"found": request.GET.get(search, "")})


@register.simple_tag(takes_context=True)
def chips(context: Context, items: Iterable[Mapping[str, object]]) -> SafeString:
    """The filters in force, each with a link that takes it off. An item: `name`, `value`, `label`, `text`."""
    rows = [{**item, "url": query_without(context, **{str(item["name"]): item["value"]})} for item in items]
    names = {str(row["name"]) for row in rows}
    return component(context, "chips", {"rows": rows, "reset": query_without(context, *names)})


@register.simple_tag(takes_context=True)
def more(context: Context, page: Page, rows: str = "#rows") -> SafeString:
    """«Показать ещё»: a link that adds the next portion to `rows`."""
    url, left = "", page.paginator.count - page.end_index()
    if page.has_next():
        query = _query(context)
        query["page"] = str(page.next_page_number())
        url = _address(query)
    values = {"url": url, "page": page, "rows": rows, "portion": min(left, page.paginator.per_page)}
    return component(context, "more", values)


@register.simple_block_tag
def kv(content: str, **attrs: object) -> SafeString:
    """Pairs of a name and a value. Inside: `kv_row`."""
    return format_html('<dl class="kv"{}>{}</dl>', attributes(attrs), content)


@register.simple_tag
def kv_row(name: str, value: object = "") -> SafeString:
    """One pair; what is not known is said so."""
    if value is None or value == "":
        value = format_html('<span class="muted">{}</span>', _("не указано"))
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", name, value)


@register.simple_block_tag(end_name="endkv_item")
def kv_item(content: str, name: str) -> SafeString:
    """One pair whose value is markup."""
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", name, content)


@register.simple_block_tag
def tabs(content: str, label: str) -> SafeString:
    """Links to the views of one thing. Inside: `tab`."""
    return format_html('<nav class="tabs-bar" aria-label="{}"><ul>{}</ul></nav>', label, content)


@register.simple_tag
def tab(url: str, text: str, *, current: bool = False, count: int | None = None, **attrs: object) -> SafeString:
    """One view; `current` marks where the reader is."""
    tail = format_html(' <span class="count">{}</span>', count) if count is not None else ""
    attrs = {"href": url, "aria_current": "page" if current else None} | attrs
    return format_html("<li><a{}>{}{}</a></li>", attributes(attrs), text, tail)


@register.simple_block_tag
def timeline(content: str, label: str) -> SafeString:
    """What happened, newest first. Inside: `event`."""
    return format_html('<ol class="timeline" aria-label="{}">{}</ol>', label, content)


@register.simple_block_tag(takes_context=True)
def event(
    context: Context, content: str, at: datetime, title: str, icon_name: str = "circle", *, who: str = ""
) -> SafeString:
    """One thing that happened."""
    author = format_html('<span class="muted"> · {}</span>', who) if who else ""
    return format_html(
        '<li class="event">{}<div><p class="event-head"><strong>{}</strong> {}{}</p>{}</div></li>',
        icon(icon_name), title, when(context, at), author, content,
    )  # fmt: skip


@register.simple_block_tag
def figure(content: str, title: str, sentence: str = "", *, note: str = "") -> SafeString:
    """A chart that answers in words first. Inside: the mark and its table."""
    tail = format_html('<p class="meta">{}</p>', note) if note else ""
    return format_html(
        '<figure class="figure"><figcaption><h3>{}</h3><p>{}</p></figcaption>{}{}</figure>',
        title, sentence, content, tail,
    )  # fmt: skip


@register.simple_tag
def pill(count: int, url: str, text: str) -> SafeString:
    """Others changed the list: say how many, change nothing under the pointer until asked."""
    if not count:
        return SafeString("")
    return format_html('<a class="pill" href="{}" data-refresh>{}{}</a>', url, icon("refresh"), text)
