"""Preparing a contract: the terms that were agreed upon, a number, and the two files made of them."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import demand_write
from accounts.models import User
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid
from common.text import has_control_characters, one_line
from documents.choices import DocumentKind, DocumentStatus
from documents.docx import fill
from documents.models import Document, Rendition, Template, Version
from documents.pdf import to_pdf
from documents.services.numbers import next_number
from documents.services.templates import content_of, written
from documents.variables import VARIABLES, day_text, labels, missing
from leads.models import Lead

VALUE_LIMIT = 10_000
YEARS = range(2000, 2100)


def wrong(field: str, message: str, code: str = "invalid") -> Invalid:
    return Invalid(message, [FieldError(field, code, message)])


@transaction.atomic
def prepare(
    *, lead: Lead, template: Template, by: User, at: datetime, dated_on: date, values: Mapping[str, str],
    number: str = "",
) -> Document:  # fmt: skip
    """Make the first version of a contract. Without ``number`` the next one of its kind is given.

    Raises Invalid: no agreement on the lead, a needed term that is missing, a number that is taken.
    """
    demand_write(by)
    if not lead.agreements.exists():
        raise wrong("lead", _("Сначала запишите на карточке лида, что даёт каждая сторона."), "no_agreement")
    _check_day(dated_on)
    words = one_line(number)
    _check_number(words)
    template = written(template)
    document = _create(
        lead=lead, kind=DocumentKind(template.kind), by=by, dated_on=dated_on,
        number=words or next_number(template.kind, dated_on.year),
    )  # fmt: skip
    _add(document, template, by, values)
    return document


@transaction.atomic
def add_version(
    *, document: Document, template: Template, by: User, at: datetime, values: Mapping[str, str],
    dated_on: date | None = None, expected_version: int | None = None,
) -> Version:  # fmt: skip
    """Write the terms anew; earlier versions stay. The same terms again change nothing.

    Raises Invalid (it is signed or void, another kind of template, a missing term), StaleVersion, NotAllowed.
    """
    demand_write(by)
    current = locked(document)
    check_version(current, expected_version)
    demand_draft(current)
    if template.kind != current.kind:
        raise wrong("template", _("Этот шаблон — для контракта другого вида."), "other_kind")
    if dated_on is not None:
        _check_day(dated_on)
    template = written(template)
    last = current.versions.select_related("template").first()
    whole = _whole(document=current, template=template, values=values, day=dated_on or current.dated_on)
    if last is not None and (last.values, last.template_id) == (whole, template.pk):
        return last
    current = save_changes(current, {"dated_on": dated_on or current.dated_on})
    return _add(current, template, by, values)


@transaction.atomic
def void(*, document: Document, by: User, at: datetime, expected_version: int | None = None) -> Document:
    """This contract will not be signed; its number may be used again. Raises Invalid (signed), StaleVersion."""
    demand_write(by)
    current = locked(document)
    if current.status == DocumentStatus.VOID:
        return current
    check_version(current, expected_version)
    demand_draft(current)
    return save_changes(current, {"status": DocumentStatus.VOID})


def locked(document: Document) -> Document:
    list(Document.objects.filter(pk=document.pk).select_for_update(no_key=True).values_list("pk"))
    return Document.objects.select_related("lead__party").get(pk=document.pk)


def demand_draft(document: Document) -> None:
    if document.status != DocumentStatus.DRAFT:
        message = _("Контракт уже %(status)s, его текст не меняется. Подготовьте новый.")
        raise wrong("status", message % {"status": document.get_status_display()}, "closed")


def _create(*, lead: Lead, kind: str, number: str, dated_on: date, by: User) -> Document:
    try:
        with transaction.atomic():
            return Document.objects.create(lead=lead, kind=kind, number=number, dated_on=dated_on, by=by)
    except IntegrityError as error:
        message = _("Контракт с номером %(number)s уже есть. Оставьте номер пустым или укажите другой.")
        raise wrong("number", message % {"number": number}, "duplicate") from error


def _add(document: Document, template: Template, by: User, values: Mapping[str, str]) -> Version:
    whole = _whole(document=document, template=template, values=values, day=document.dated_on)
    last = document.versions.order_by("-number").values_list("number", flat=True).first() or 0
    version = Version.objects.create(document=document, number=last + 1, template=template, values=whole, by=by)
    docx = fill(content_of(template), whole)
    Rendition.objects.create(version=version, docx=docx, pdf=to_pdf(docx, title=document.number))
    return version


def _whole(*, document: Document, template: Template, values: Mapping[str, str], day: date) -> dict[str, str]:
    """The values that the template asks for, checked. Raises Invalid with every missing term by its name."""
    asked = [code for code in template.variables if code in VARIABLES]
    given = {code: values.get(code, "").replace("\r\n", "\n").strip() for code in asked}
    given |= {"contract.number": document.number, "contract.date": day_text(day, template.language)}
    whole = {code: text for code, text in given.items() if code in template.variables}
    errors = [
        FieldError(code, "unreadable", _("В тексте есть знаки, которые нельзя сохранить. Уберите их."))
        for code, text in whole.items() if has_control_characters(text)
    ]  # fmt: skip
    errors += [
        FieldError(code, "too_long", _("Помещается 10 000 знаков. Сократите."))
        for code, text in whole.items() if len(text) > VALUE_LIMIT
    ]  # fmt: skip
    short = missing(whole, template.variables)
    said = _("Не хватает: %(name)s. Без этого контракт не составить.")
    names = zip(short, labels(short), strict=True)
    errors += [FieldError(code, "required", said % {"name": label}) for code, label in names]
    if errors:
        raise Invalid(errors[0].message, errors)
    return whole


def _check_day(day: date) -> None:
    if day.year not in YEARS:
        raise wrong("dated_on", _("Проверьте год: от 2000 до 2099."), "range")


def _check_number(number: str) -> None:
    if len(number) > 60 or has_control_characters(number):
        raise wrong("number", _("Номер — до 60 знаков. Сократите."), "too_long")
