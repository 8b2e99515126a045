"""Whose address a request comes from, behind as many proxies as the operator vouches for."""

from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest


def known_ip(request: HttpRequest) -> str | None:
    """The same address where it is one: a proxy may pass on any word."""
    try:
        return str(ip_address(client_ip(request)))
    except ValueError:
        return None


def client_ip(request: HttpRequest, *_ignored: Any) -> str:
    """The address that the outermost trusted proxy saw.

    Only the last ``TRUSTED_PROXIES`` hops of ``X-Forwarded-For`` are ours; what a caller wrote before them is his
    own word, so with no proxy in front the header is not read at all.
    """
    seen = str(request.META.get("REMOTE_ADDR") or "")
    hops = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    trusted: int = getattr(settings, "TRUSTED_PROXIES", 0)
    return hops[-trusted] if trusted and len(hops) >= trusted else seen
