"""A secret is shown on one page only: the answer to the press that made it. A second press leads past it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from common.changes import StaleVersion
from common.errors import Refused
from jobs import once
from web.pages import goes_to, person, show

_PAGES_OF_THEIR_OWN = frozenset({403, 404})


def shown_once(
    request: HttpRequest,
    form: Any,
    deed: Callable[[dict[str, Any]], Mapping[str, Any]],
    *,
    template: str,
    context: Mapping[str, Any],
    secret_template: str,
    back: str,
) -> HttpResponse:
    """Run ``deed(values of the form)`` once, and show what it returns with ``secret_template``.

    The key of the form is claimed in the deed's transaction: pressing twice, or loading the page again, makes no second
    secret and shows none. What the service refuses stands beside the fields (422, 409 where somebody was faster).
    """

    def again(status: int) -> HttpResponse:
        return show(request, template, {**context, "form": form}, status=status)

    if not form.is_valid():
        return again(422)
    key, user = request.POST.get("_once", ""), person(request)
    try:
        with transaction.atomic():
            if key and once.claim(user_id=user.pk, key=key) is not None:
                messages.warning(request, _("Секрет уже был показан. Если его не сохранили, замените его на новый."))
                return goes_to(request, back)
            made = deed(form.cleaned_data)
            if key:
                once.remember(user_id=user.pk, key=key, location=back)
    except Refused as refusal:
        if refusal.status in _PAGES_OF_THEIR_OWN:
            raise
        form.refuse(refusal)
        return again(409 if isinstance(refusal, StaleVersion) else 422)
    return show(request, secret_template, {**context, **made, "back": back})
