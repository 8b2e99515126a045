"""What allauth asks about this house: sign-up is closed, guesses are counted, a sign-in leaves its traces."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse

from accounts import devices, guesses
from accounts.models import User
from accounts.session_store import ADDRESS, DEVICE, METHOD
from common import clock
from common.visitors import client_ip, known_ip


class ClosedSignup(DefaultAccountAdapter):
    """People are invited by an administrator. Pages say their own messages, so allauth's are not wanted."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """A closed account with the right password looks like a wrong password: it exists for nobody outside.

        Raises TooManyGuesses before the password is looked at.
        """
        mail = str(credentials.get("email") or "").lower()
        person = User.objects.filter(email=mail).first() if devices.cookie_name() in request.COOKIES else None
        device = devices.known(request, person)
        taken = guesses.take("password", mail, address=client_ip(request), device=device, at=clock.now())
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is None or not user.is_active:
            return None
        taken.was_right()
        return user

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        record = (get_authentication_records(request, user) or [{}])[-1]
        request.session[METHOD] = str(record.get("type") or record.get("method") or "")
        request.session[DEVICE] = request.headers.get("User-Agent", "")[:200]
        request.session[ADDRESS] = known_ip(request)

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if isinstance(user, User):
            devices.remember(request, response, user)
        return response

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: see the class."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: see the class."""
