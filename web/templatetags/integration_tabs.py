"""The matters of the integrations as tabs: `{% load integration_tabs %}{% integration_tabs %}`.

Each stands in the row as soon as its page has an address.
"""

from django.http import HttpRequest
from django.template import Context, Library
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from web.ui.lists import tab, tabs
from web.ui.shell import address

register = Library()

MATTERS = (
    ("accounts", gettext_lazy("Системы")),
    ("webhooks", gettext_lazy("Вебхуки")),
    ("inbox", gettext_lazy("Входящие")),
    ("forms", gettext_lazy("Формы")),
    ("log", gettext_lazy("Журнал обращений")),
)


@register.simple_tag(takes_context=True)
def integration_tabs(context: Context) -> SafeString:
    request: HttpRequest = context["request"]
    links = [(url, str(text)) for name, text in MATTERS if (url := address(f"integrations:{name}"))]
    drawn = format_html_join("", "{}", ((tab(url, text, current=request.path.startswith(url)),) for url, text in links))
    return tabs(drawn, _("Разделы интеграций"))
