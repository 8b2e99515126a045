"""May this caller use this noun at all. Which rows he sees is the querysets' matter, what he may do the services'."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions, permissions
from rest_framework.request import Request

from accounts.access import demand_write
from accounts.models import ApiToken


class ScopeMissing(exceptions.PermissionDenied):
    """The token is good, but was not given this right."""

    default_code = "scope_missing"

    def __init__(self, scope: str) -> None:
        super().__init__(_("Ключу не дано право %(scope)s.") % {"scope": scope})
        self.extra = {"scope": scope}


def scope_of(view: Any, *, writes: bool) -> str:
    """``<resource>:read`` or ``<resource>:write``; the view's ``scope`` where one right covers both; "" where any known
    caller may come."""
    resource = getattr(view, "resource", None)
    named: str = getattr(view, "scope", "")
    return named or (f"{resource}:{'write' if writes else 'read'}" if resource else "")


def scopes_of(view: Any, *, writes: bool) -> tuple[str, ...]:
    """Every right that a token needs here; ``also`` are those besides its own."""
    own = scope_of(view, writes=writes)
    return (*((own,) if own else ()), *getattr(view, "also", ()))


class ScopedPermission(permissions.BasePermission):
    """A token needs the rights that the view names (``scopes_of``); a person has what his role allows."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            raise exceptions.NotAuthenticated(
                _("Пришлите ключ: Authorization: Bearer crm_…, или войдите в браузере."), code="not_authenticated"
            )
        if request.method not in view.allowed_methods:
            raise exceptions.MethodNotAllowed(str(request.method))
        writes = request.method not in permissions.SAFE_METHODS
        token = request.auth
        if isinstance(token, ApiToken):
            for scope in scopes_of(view, writes=writes):
                if scope not in token.scopes:
                    raise ScopeMissing(scope)
        if writes:
            demand_write(request.user)
        return True
