"""Passwords that a directory (LDAP) knows. Loaded only where LDAP_URL is set; needs ``django-auth-ldap``."""

from typing import Any

from django.http import HttpRequest
from django_auth_ldap.backend import LDAPBackend

from accounts import directory
from accounts.models import User


class Directory(LDAPBackend):  # type: ignore[misc]
    """Asked after our own passwords, in the same counted guess; people are found by mail and never made."""

    def authenticate(
        self, request: HttpRequest | None, email: str = "", password: str = "", **credentials: Any
    ) -> User | None:
        if not directory.may_be_asked(email, password) or not directory.known(email):
            return None
        found: User | None = super().authenticate(request, username=email.lower(), password=password)
        return found
