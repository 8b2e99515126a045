"""A forgotten password: a link by mail, and the page that it leads to. Nobody learns here who has an account."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import guesses, passwords, services
from accounts.models import User
from common import clock
from common.errors import Refused
from common.visitors import client_ip
from web.account.forms import PASSWORD_RULES
from web.pages import goes_to, show
from web.record_forms import RefusableForm
from web.views import errors

KEPT = "_password_reset"
METHODS = require_http_methods(["GET", "HEAD", "POST"])


class AskForm(RefusableForm):
    mail = forms.EmailField(
        label=gettext_lazy("Почта"), max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "inputmode": "email"}),
        error_messages={"invalid": gettext_lazy("Проверьте почту: похоже, в ней опечатка.")},
    )  # fmt: skip


class NewPasswordForm(RefusableForm):
    password = forms.CharField(
        label=gettext_lazy("Новый пароль"), help_text=PASSWORD_RULES, max_length=254, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip


@never_cache
@METHODS
def ask(request: HttpRequest) -> HttpResponse:
    """Whatever is typed, the answer is the same, and takes the same time: the letter is written by a worker."""
    form = AskForm(request.POST or None)
    if request.method != "POST":
        return show(request, "account/reset.html", {"form": form})
    if not form.is_valid():
        return show(request, "account/reset.html", {"form": form}, status=422)
    mail, at = form.cleaned_data["mail"].lower(), clock.now()
    try:
        guesses.take("reset", mail, address=client_ip(request), at=at)
    except guesses.TooManyGuesses as refusal:
        return errors.too_many(request, refusal)
    passwords.forgotten(mail=mail, at=at)
    return show(request, "account/reset_sent.html", {"mail": mail})


@never_cache
@METHODS
def choose(request: HttpRequest, key: str) -> HttpResponse:
    """The link. Its secret moves into the session at once: it stays in no history and in no header."""
    if key != "new":
        request.session[KEPT] = key[:200]
        return goes_to(request, "account_reset_password_from_key", "new")
    user = passwords.owner_of(request.session.get(KEPT, ""))
    if user is not None:
        return _choose(request, user)
    try:
        guesses.failed("reset_key", address=client_ip(request), limit=guesses.HERE, at=clock.now())
    except guesses.TooManyGuesses as refusal:
        return errors.too_many(request, refusal)
    return show(request, "account/reset_over.html", {}, status=410)


def _choose(request: HttpRequest, user: User) -> HttpResponse:
    form = NewPasswordForm(request.POST or None)
    if request.method != "POST":
        return show(request, "account/reset_new.html", {"form": form})
    if form.is_valid():
        try:
            services.choose_password(user=user, password=form.cleaned_data["password"])
        except Refused as refusal:
            form.refuse(refusal)
        else:
            request.session.flush()
            messages.success(request, _("Пароль изменён. Войдите с новым."))
            return goes_to(request, "account_login")
    return show(request, "account/reset_new.html", {"form": form}, status=422)
