"""The doors to one record of this room."""

from typing import TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.access import one_visible
from accounts.models import User
from common.errors import NotFound
from documents.models import Document, LegalRequest, Template, Version

T = TypeVar("T")


def get_document_for(user: User, pk: UUID | str, *, lock: bool = False) -> Document:
    return one_visible(Document.objects.for_list(), user, pk, lock=lock)


def get_version_for(user: User, pk: UUID | str, number: int) -> Version:
    """A version of a document that one may see; seen with it. Raises NotFound, also
    where its files went with the person they named."""
    document = get_document_for(user, pk)
    found = (
        document.versions.select_related("document", "rendition").filter(number=number, rendition__isnull=False).first()
    )
    return _found(found)


def get_request_for(user: User, pk: UUID | str, *, lock: bool = False) -> LegalRequest:
    return one_visible(LegalRequest.objects.for_list(), user, pk, lock=lock)


def get_template_for(_user: User, pk: UUID | str) -> Template:
    """Whoever works here may use the bank's templates. Raises NotFound."""
    return _found(Template.objects.filter(pk=pk).first())


def _found(row: T | None) -> T:
    if row is None:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    return row
