"""Templates: uploaded by an administrator, chosen when a contract is prepared; one is built in for each kind."""

from pathlib import PurePath

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import demand_administrator
from accounts.models import User
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid
from common.scanning import demand_clean
from common.text import has_control_characters, one_line
from documents.builtin import built_in, variables_of
from documents.choices import DocumentKind, Language
from documents.docx import Preview, preview
from documents.models import Template, TemplateFile
from documents.safety import LIMIT, refusal


@transaction.atomic
def upload_template(*, by: User, kind: str, language: str, name: str, file: "File[bytes]") -> Template:
    """Take a Word file as a template. Raises Invalid, naming each unknown variable; NotAllowed."""
    demand_administrator(by)
    content = read_docx(file)
    found = preview(content)
    if found.unknown:
        raise unknown_variables(found)
    if not found.known:
        message = _("В шаблоне нет ни одной переменной. Впишите их в двойных скобках, например {{ party.name }}.")
        raise refusal(message, "empty")
    title = one_line(name) or PurePath(file.name or "").stem
    _check_name(title)
    template = Template.objects.create(
        kind=DocumentKind(kind), language=Language(language), name=title[:120], variables=list(found.known), by=by
    )
    TemplateFile.objects.create(template=template, name=PurePath(file.name or "").name[:200], content=content)
    return template


def read_docx(file: "File[bytes]") -> bytes:
    """The bytes of an upload, at most as many as a template may have. Raises Invalid."""
    if PurePath(file.name or "").suffix.lower() != ".docx":
        raise refusal(_("Шаблон — это документ Word: сохраните его как DOCX."), "type")
    if (file.size or 0) > LIMIT:
        raise refusal(_("Шаблон больше 2 МБ. Уберите из него рисунки или сожмите их."), "size")
    demand_clean(file)
    return file.read(LIMIT + 1)


def unknown_variables(found: Preview) -> Invalid:
    names = ", ".join(f"{{{{ {name} }}}}" for name in found.unknown[:10])
    message = _("Неизвестные переменные: %(names)s. Список известных — на этой странице.")
    return refusal(message % {"names": names}, "unknown_variable")


@transaction.atomic
def retire_template(*, template: Template, by: User, active: bool, expected_version: int | None = None) -> Template:
    """Offer a template no more, or again; what was prepared from it stays.

    Raises Invalid (a built-in one: there is always something to prepare from), NotAllowed, StaleVersion.
    """
    demand_administrator(by)
    if template.built_in:
        raise refusal(_("Типовой шаблон остаётся: загрузите свой, и он встанет первым."), "built_in")
    current = Template.objects.select_for_update(no_key=True).get(pk=template.pk)
    if current.active == active:
        return current
    check_version(current, expected_version)
    return save_changes(current, {"active": active})


def choices() -> list[Template]:
    """What a contract may be prepared from: the bank's own, newest first, then the built-in ones, maybe unsaved."""
    own = list(Template.objects.active().filter(built_in=False).order_by("kind", "language", "-created_at"))
    known = {(row.kind, row.language): row for row in Template.objects.filter(built_in=True)}
    pairs = [(kind, language) for kind in DocumentKind for language in Language]
    built = [known.get((kind.value, language.value)) or _unsaved(kind, language) for kind, language in pairs]
    return own + built


def key_of(template: Template) -> str:
    """How an address names a template: a built-in one by what it is, so that looking at it writes nothing."""
    return f"{template.kind}-{template.language}" if template.built_in else str(template.pk)


def by_key(key: str, kind: str) -> Template:
    """The template of that name, else the usual Russian one of the kind: the bank's newest, or the built-in one."""
    found = choices()
    named = next((template for template in found if key_of(template) == key), None)
    return named or next(t for t in found if (t.kind, t.language) == (kind, Language.RU))


def written(template: Template) -> Template:
    """A built-in template is written down when the first contract is prepared from it."""
    return built_in_template(template.kind, template.language) if template._state.adding else template


def _unsaved(kind: str, language: str) -> Template:
    variables = variables_of(kind, language)
    name = _("Типовой: %(kind)s") % {"kind": DocumentKind(kind).label}
    return Template(kind=kind, language=language, built_in=True, name=name, variables=variables)


def built_in_template(kind: str, language: str) -> Template:
    known = Template.objects.filter(kind=kind, language=language, built_in=True).first()
    if known is not None:
        return known
    new = _unsaved(kind, language)
    made, _created = Template.objects.get_or_create(
        kind=kind, language=language, built_in=True, defaults={"name": new.name, "variables": new.variables}
    )
    return made


def content_of(template: Template) -> bytes:
    if template.built_in:
        return built_in(template.kind, template.language)
    return bytes(template.file.content)


def _check_name(name: str) -> None:
    if not name or has_control_characters(name):
        message = _("Назовите шаблон.")
        raise Invalid(message, [FieldError("name", "required", message)])
