"""The frame of a page: links of the menu, the address of a page that may not exist yet."""

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from web.ui.elements import icon
from web.ui.registry import attributes, register


def address(name: str) -> str:
    """The address by its name, or nothing where no such page is installed."""
    return _address(name, settings.ROOT_URLCONF)


@lru_cache(maxsize=256)
def _address(name: str, urlconf: str) -> str:
    try:
        return reverse(name, urlconf)
    except NoReverseMatch:
        return ""


def standing(context: Context, url: str, besides: str) -> str | None:
    """Where the reader is against a link: on it, under it, or elsewhere."""
    request: HttpRequest | None = context.get("request")
    path = request.path if request else ""
    other = address(besides) if besides else ""
    if path == url:
        return "page"
    if not path.startswith(url) or url == "/" or (other and path.startswith(other)):
        return None
    return "true"


@register.simple_tag(takes_context=True)
def nav_link(
    context: Context, name: str, text: str, icon_name: str, *, besides: str = "", **attrs: object
) -> SafeString:
    """A line of the menu. Nothing at all while its page does not exist."""
    url = address(name)
    if not url:
        return SafeString("")
    attrs = {"href": url, "aria_current": standing(context, url, besides), "data_command": text} | attrs
    return format_html('<li><a{}>{}<span class="nav-text">{}</span></a></li>', attributes(attrs), icon(icon_name), text)
