"""Entering and leaving, by allauth's views under our own addresses and templates."""

from datetime import timedelta
from math import ceil
from typing import Any

from allauth.account.views import LoginView, LogoutView, PasswordChangeView
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from common import clock
from common.visitors import client_ip
from demo.sandbox import known_token
from web.account.demo import demo_signin, demo_signins

A_QUARTER = timedelta(minutes=15)


class SignIn(LoginView):  # type: ignore[misc]
    """The sign-in page. A form that did not pass is 422, like every form of the house."""

    template_name = "account/login.html"
    http_method_names = ["get", "head", "post"]

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), **demo_signin(self.request.GET.get("as", ""))}

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        # Only what the page itself gave is ever written back into it, never what somebody typed.
        form.fields["password"].widget.render_value = not form.is_bound
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "signins": demo_signins(), "sandbox_token": known_token()}

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        patch_vary_headers(response, ["Cookie"])
        return response


class SignOut(LogoutView):  # type: ignore[misc]
    """Leaves on POST only; a GET asks."""

    template_name = "account/logout.html"
    http_method_names = ["get", "head", "post"]


class ChangePassword(LoginRequiredMixin, PasswordChangeView):  # type: ignore[misc]
    template_name = "account/password.html"
    http_method_names = ["get", "head", "post"]
    success_url = reverse_lazy("profile")

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        messages.success(self.request, _("Пароль изменён. На других устройствах войдите заново."))
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


def locked_out(request: HttpRequest, *args: Any) -> HttpResponse:
    """Too many wrong passwords: says until when, in words and in ``Retry-After`` (seconds)."""
    now = clock.now()
    span = get_cool_off(request) or A_QUARTER
    login = str(request.POST.get(settings.AXES_USERNAME_FORM_FIELD, "")).strip().lower()
    last = AccessAttempt.objects.filter(username=login, ip_address=client_ip(request)).order_by("-attempt_time").first()
    ends = (last.attempt_time if last else now) + span
    context = {"until": f"{timezone.localtime(ends + timedelta(seconds=59)):%H:%M}"}
    response = render(request, "errors/429.html", context, status=429)
    response["Retry-After"] = str(max(1, ceil((ends - now).total_seconds())))
    response["Cache-Control"] = "no-store"
    return response


sign_in = SignIn.as_view()
sign_out = SignOut.as_view()
change_password = ChangePassword.as_view()
