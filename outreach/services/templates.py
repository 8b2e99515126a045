"""Writing templates."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import demand_write
from accounts.models import User
from channels.registry import NotConfigured, channel
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid
from common.text import one_line
from outreach.models import Template
from outreach.variables import check

EDITABLE = ("name", "channel", "subject", "body")


@transaction.atomic
def save_template(
    *, by: User, template: Template | None, fields: Mapping[str, Any], expected_version: int | None = None
) -> Template:
    """Write a template or change it; what is planned already keeps the text it was planned with.

    Raises Invalid (an unknown variable, a channel that is not set up), NotAllowed, StaleVersion.
    """
    demand_write(by)
    wanted = {name: fields[name] for name in EDITABLE if name in fields}
    if template is None:
        fresh = Template(owner=by, team=by.team, **_normal(wanted))
        _demand_sound(fresh)
        fresh.save()
        return fresh
    locked = Template.objects.select_for_update(no_key=True).get(pk=template.pk)
    check_version(locked, expected_version, wanted)
    normal = _normal(wanted)
    for name, value in normal.items():
        setattr(locked, name, value)
    _demand_sound(locked)
    return save_changes(Template.objects.get(pk=template.pk), normal)


def _normal(fields: Mapping[str, Any]) -> dict[str, Any]:
    lines = {name: one_line(fields[name]) for name in ("name", "subject") if name in fields}
    body = {"body": fields["body"].replace("\r\n", "\n").strip()} if "body" in fields else {}
    return {**fields, **lines, **body}


def _demand_sound(template: Template) -> None:
    if errors := [*_of_channel(template), *_of_texts(template)]:
        raise Invalid(errors[0].message, errors)


def _of_channel(template: Template) -> list[FieldError]:
    try:
        way = channel(template.channel)
    except NotConfigured as refusal:
        return [FieldError("channel", refusal.code, refusal.message)]
    if way.has_subject and not template.subject and template.channel == "email":
        return [FieldError("subject", "required", _("Письму нужна тема."))]
    return []


def _of_texts(template: Template) -> list[FieldError]:
    errors = [*check("subject", template.subject), *check("body", template.body)]
    if not template.name:
        errors.append(FieldError("name", "required", _("Назовите шаблон.")))
    if not template.body:
        errors.append(FieldError("body", "required", _("Напишите текст сообщения.")))
    return errors
