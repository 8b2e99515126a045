"""The sections of the settings as tabs: `{% load settings_tabs %}{% settings_tabs %}`."""

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
    ("users", gettext_lazy("Сотрудники")),
    ("teams", gettext_lazy("Команды")),
    ("stages", gettext_lazy("Этапы")),
    ("funnels", gettext_lazy("Воронки")),
    ("reasons", gettext_lazy("Причины отказа")),
    ("products", gettext_lazy("Продукты")),
    ("rates", gettext_lazy("Курсы валют")),
    ("holidays", gettext_lazy("Праздники")),
    ("jobs", gettext_lazy("Задания")),
)


@register.simple_tag(takes_context=True)
def settings_tabs(context: Context) -> SafeString:
    request: HttpRequest = context["request"]
    links = [(reverse(f"settings:{name}"), str(text)) for name, text in SECTIONS]
    drawn = format_html_join("", "{}", ((tab(url, text, current=request.path.startswith(url)),) for url, text in links))
    return tabs(drawn, _("Разделы настроек"))
