"""One's own pages: where to land, the profile, language and theme."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import services
from accounts.models import Theme, User
from accounts.roles import SEES_EVERYTHING, Role
from common.errors import Refused
from web.account.forms import ProfileForm
from web.pages import goes_to, is_fragment, next_address, page, person, show

YEAR = 365 * 24 * 3600


@page("GET")
def home(request: HttpRequest) -> HttpResponse:
    """Those who look over the whole land on the reports, those who work leads on their day."""
    overseer = person(request).role in {Role.SALES_HEAD, *SEES_EVERYTHING}
    return goes_to(request, "reports:overview" if overseer else "today:page")


@page("GET", "POST")
def profile(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = ProfileForm(request.POST or None, user=user)
    if request.method != "POST":
        return show(request, "account/profile.html", {"form": form})
    if form.is_valid():
        try:
            saved = services.update_preferences(user=user, changes=form.cleaned_data)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _saved(request, saved)
    return show(request, "account/profile.html", {"form": form}, status=422)


def _saved(request: HttpRequest, user: User) -> HttpResponse:
    """Answers in the language just chosen."""
    with override(user.language):
        messages.success(request, _("Профиль сохранён."))
    response = goes_to(request, "profile")
    _keep_language(response, user.language)
    return response


@page("POST")
def theme(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("theme", "")
    if wanted in Theme.values:
        services.update_preferences(user=person(request), changes={"theme": wanted})
    return HttpResponse(status=204) if is_fragment(request) else goes_to(request, next_address(request, "/"))


@never_cache
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """For guests by cookie, for a person in his profile too. An unknown language changes nothing."""
    wanted = request.POST.get("language", "")
    response = HttpResponseRedirect(next_address(request, "/"))
    if wanted in dict(settings.LANGUAGES):
        if isinstance(request.user, User):
            services.update_preferences(user=request.user, changes={"language": wanted})
        _keep_language(response, wanted)
    return response


def _keep_language(response: HttpResponse, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax", httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
