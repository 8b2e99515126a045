"""What allauth asks about this house: sign-up is closed, and a person who may not enter is told nothing more."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from common.visitors import client_ip


class ClosedSignup(DefaultAccountAdapter):
    """People are invited by an administrator. Pages say their own messages, so allauth's are not wanted."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """A closed account with the right password looks like a wrong password: it exists for nobody outside."""
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        return user if user is not None and user.is_active else None

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: see the class."""
