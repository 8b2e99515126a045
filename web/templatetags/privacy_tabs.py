"""The sections of personal data as tabs: `{% load privacy_tabs %}{% privacy_tabs %}`."""

from django.http import HttpRequest
from django.template import Context, Library
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from web.ui.lists import tab, tabs

register = Library()

SECTIONS = (
    ("index", gettext_lazy("Требования")),
    ("register", gettext_lazy("Реестр данных")),
    ("retention", gettext_lazy("Сроки хранения")),
)


@register.simple_tag(takes_context=True)
def privacy_tabs(context: Context) -> SafeString:
    request: HttpRequest = context["request"]
    links = [(reverse(f"privacy:{name}"), str(text)) for name, text in SECTIONS]
    drawn = format_html_join("", "{}", ((tab(url, text, current=request.path == url),) for url, text in links))
    return tabs(drawn, _("Разделы персональных данных"))
