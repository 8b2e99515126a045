"""The right ``pii:read``: a token without it meets people as «А… К…» and «+998 ** *** ** 67», and cannot search them.

Done once, here. A shape that shows who somebody is declares the field with one of these types and is done:

* ``PersonName``: the name of an agent, a client or a lead; a firm is called by its name. ``always=True`` where the
  name is a person's whatever the row is (who answers a contact, who took part).
* ``PersonContact``: a phone, an e-mail, a nick, an address. Always hidden: a firm's number is a person's too.
* ``PersonTaxId``: a tax id, hidden where the party is a person.
* ``PersonText``: words about a person that have no safe part; hidden they are empty.
* ``FreeText``: what somebody said or was noted of him (a problem, a quotation, a note). Whether it names people nobody
  can tell, so it is hidden whole: «…».

What is not declared so (a metric, the terms of a contract, a reason) is shown as it is written. People by session see
names and words as they are, contacts and numbers as their role allows. Writing needs no such right; a hidden value that
comes back unchanged is refused, so that it overwrites nothing.

A list narrowed or sorted by people asks for the right as well: a cursor carries the sort value, and a search that
answers «found» tells a phone number as surely as showing it. A view's ``personal`` names such parameters (``q``) and
sorts (``sort=name``); by default they are those of ``USUAL``, a noun without people sets it empty.
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from accounts.models import ApiToken, User
from agents.choices import LegalForm
from agents.masking import is_mask, mask_contact, mask_name, mask_tax_id, may_be_masked, sees_plain
from api.fields import Text
from api.permissions import ScopeMissing

RIGHT = "pii:read"
USUAL = frozenset({"q", "tax_id", "phone", "email"})
OF_PEOPLE = USUAL | {"sort=name"}
_HIDDEN = ("…", "**")
HIDDEN_TEXT = "…"
_MASKED = _("Это скрытое значение: вам оно показано не полностью. Не присылайте его назад.")


def hidden(request: Request | None) -> bool:
    """Whether this caller sees people masked. Without a request nobody is known, and nobody is trusted."""
    if request is None:
        return True
    return isinstance(request.auth, ApiToken) and RIGHT not in request.auth.scopes


def numbers_hidden(request: Request | None, row: Any) -> bool:
    """Whether this caller meets the contacts and numbers of a row's person masked: without the right, or by his role.
    In the API nothing shows them for a while, as a press on a page does."""
    return hidden(request) or _hidden_by_role(request, row)


def _hidden_by_role(request: Request | None, row: Any) -> bool:
    """As ``agents.masking`` says; whose the row is costs nothing where the role is never masked."""
    user = request.user if request is not None else None
    if not isinstance(user, User) or not may_be_masked(user):
        return False
    owner_id = row.owner_id if hasattr(row, "owner_id") else getattr(getattr(row, "party", None), "owner_id", None)
    return not sees_plain(user, owner_id=owner_id)


def demand_for_list(request: Request, view: Any) -> None:
    """Raises ScopeMissing where a list is narrowed or sorted by what the caller may not see."""
    asked = set(request.query_params)
    asked |= {f"sort={name.removeprefix('-')}" for name in request.query_params.get("sort", "").split(",")}
    if asked & getattr(view, "personal", USUAL) and hidden(request):
        raise ScopeMissing(RIGHT)


def is_person(row: Any) -> bool:
    """Whether an agent, a client or a lead is a person; what is no such row counts as one."""
    party = getattr(row, "party", row)
    return getattr(party, "legal_form", LegalForm.PERSON) != LegalForm.FIRM


def name_of(row: Any, request: Request | None) -> str:
    """How a row is called to this caller: an expanded relation, a message that names it."""
    named = str(row)
    return mask_name(named) if hasattr(row, "legal_form") and is_person(row) and hidden(request) else named


def names_hidden(error: Any, request: Request | None) -> Callable[[str], str]:
    """What hides, in the words of a refusal, whom it met: a duplicate names the record to those who may see it."""
    met = getattr(error, "party", None) or getattr(getattr(error, "lead", None), "party", None)
    name = str(getattr(met, "name", ""))
    if not name or not is_person(met) or not hidden(request):
        return lambda text: text
    return lambda text: text.replace(name, mask_name(name))


class PersonText(Text):
    """Text about a person. ``mask`` is what those see who lack the right."""

    def get_attribute(self, instance: Any) -> Any:
        value: Any = super().get_attribute(instance)
        return self.mask(value, instance) if value and self.hides(instance) else value

    def hides(self, instance: Any) -> bool:
        return hidden(self.context.get("request")) and self.about_person(instance)

    def about_person(self, instance: Any) -> bool:
        return True

    def mask(self, value: str, instance: Any) -> str:
        return ""

    def to_internal_value(self, data: Any) -> str:
        given = super().to_internal_value(data)
        if hidden(self.context.get("request")) and any(mark in given for mark in _HIDDEN):
            raise serializers.ValidationError(_MASKED, code="masked")
        return given


class FreeText(PersonText):
    """Optional, as ``api.fields.Words``; what those send back who saw only «…» is refused, not stored."""

    def __init__(self, *, max_length: int = 10_000, **kwargs: Any) -> None:
        optional = {} if kwargs.get("read_only") else {"required": False, "allow_blank": True}
        super().__init__(max_length=max_length, **optional | kwargs)

    def mask(self, value: str, instance: Any) -> str:
        return HIDDEN_TEXT

    def to_internal_value(self, data: Any) -> str:
        """Others may write an ellipsis, also without the right."""
        given = Text.to_internal_value(self, data)
        if given.strip() == HIDDEN_TEXT and hidden(self.context.get("request")):
            raise serializers.ValidationError(_MASKED, code="masked")
        return given


class PersonName(PersonText):
    """``always``: the row itself is no agent, client or lead, but the name in it is a person's."""

    def __init__(self, *, always: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.always = always

    def about_person(self, instance: Any) -> bool:
        return self.always or is_person(instance)

    def mask(self, value: str, instance: Any) -> str:
        return mask_name(value)


class _Number(PersonText):
    """What roles that see masks (``MASKING``) meet masked, whoever it is about."""

    def hides(self, instance: Any) -> bool:
        return super().hides(instance) or _hidden_by_role(self.context.get("request"), instance)

    def to_internal_value(self, data: Any) -> str:
        given = super().to_internal_value(data)
        request = self.context.get("request")
        if request is not None and isinstance(request.user, User) and may_be_masked(request.user) and is_mask(given):
            raise serializers.ValidationError(_MASKED, code="masked")
        return given


class PersonTaxId(_Number, PersonName):
    def mask(self, value: str, instance: Any) -> str:
        return mask_tax_id(value)


class PersonContact(_Number):
    """The value of a contact; its kind may stand beside it as ``type``."""

    def mask(self, value: str, instance: Any) -> str:
        return mask_contact(getattr(instance, "type", ""), value)
