"""Entering and leaving, by allauth's views under our own addresses and templates."""

from typing import Any

from allauth.account.views import LoginView, LogoutView, PasswordChangeView
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from accounts import oidc, sessions
from accounts.directory import DirectoryAway
from accounts.guesses import TooManyGuesses
from demo.sandbox import known_token
from web.account.demo import demo_signin, demo_signins
from web.views import errors


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
        return {
            **super().get_context_data(**kwargs),
            "signins": demo_signins(),
            "sandbox_token": known_token(),
            "sso": oidc.offered(),
        }

    def form_invalid(self, form: Any) -> HttpResponse:
        away = form.has_error(NON_FIELD_ERRORS, DirectoryAway.code)
        status = DirectoryAway.status if away else 422
        response: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=status)
        if away:
            response["Retry-After"] = str(DirectoryAway.retry_after)
        return response

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse
        try:
            response = super().dispatch(request, *args, **kwargs)
        except TooManyGuesses as refusal:
            response = errors.too_many(request, refusal)
        patch_vary_headers(response, ["Cookie"])
        return response


class SignOut(LogoutView):  # type: ignore[misc]
    """Leaves on POST only; a GET asks. Drafts of forms that the browser kept for this person go with him."""

    template_name = "account/logout.html"
    http_method_names = ["get", "head", "post"]

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = '"storage"'
        return response


class ChangePassword(LoginRequiredMixin, PasswordChangeView):  # type: ignore[misc]
    """Asks for the present password, whose wrong guesses count; the other sessions end."""

    template_name = "account/password.html"
    http_method_names = ["get", "head", "post"]
    success_url = reverse_lazy("profile")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse
        try:
            response = super().dispatch(request, *args, **kwargs)  # type: ignore[assignment]
        except TooManyGuesses as refusal:
            response = errors.too_many(request, refusal)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        sessions.end_all(self.request.user.pk, but=self.request.session.session_key)
        messages.success(self.request, _("Пароль изменён. На других устройствах войдите заново."))
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


sign_in = SignIn.as_view()
sign_out = SignOut.as_view()
change_password = ChangePassword.as_view()
