"""Making forms and changing them; another wording of the consent makes a new version by itself."""

import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.access import demand_administrator
from accounts.models import Team, User
from accounts.roles import Role
from agents.choices import ConsentPurpose, Kind
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid
from common.text import has_control_characters, one_line
from forms.choices import CONTACTS, Field, Language
from forms.models import ConsentText, PublicForm

EDITABLE = frozenset(
    {
        "title", "kind", "initiative", "segment", "owner", "team", "fields", "required", "languages", "texts",
        "purpose", "origins", "active",
    }
)  # fmt: skip
MOST_ORIGINS = 20
_ORIGIN = re.compile(r"https://[a-z0-9](?:[a-z0-9.-]{0,180}[a-z0-9])?(?::[1-9][0-9]{0,4})?")
_LOCAL = re.compile(r"http://(?:localhost|127\.0\.0\.1)(?::[1-9][0-9]{0,4})?")
_KEY_BYTES = 9
SAID = ("heading", "intro", "thanks", "consent")


@transaction.atomic
def create_form(*, by: User, at: datetime, fields: Mapping[str, Any]) -> PublicForm:
    """Raises Invalid with every error at once, NotAllowed."""
    demand_administrator(by)
    values = _checked(dict.fromkeys(("initiative", "segment", "owner", "team")) | dict(fields))
    key = secrets.token_urlsafe(_KEY_BYTES).replace("-", "a").replace("_", "b")
    account = _account(key, values)
    form = PublicForm.objects.create(key=key, account=account, **values)
    _keep_wording(form, by, at)
    return form


@transaction.atomic
def update_form(
    *, form: PublicForm, by: User, at: datetime, changes: Mapping[str, Any], expected_version: int | None = None
) -> PublicForm:
    """Raises Invalid, NotAllowed, StaleVersion."""
    demand_administrator(by)
    current = PublicForm.objects.select_for_update(no_key=True).get(pk=form.pk)
    check_version(current, expected_version, changes)
    values = _checked({name: getattr(current, name) for name in EDITABLE} | dict(changes))
    changed = save_changes(current, values)
    _put_account(changed)
    _keep_wording(changed, by, at)
    return changed


def current_wording(form: PublicForm) -> ConsentText:
    found: ConsentText = form.consent_texts.order_by("-number").select_related("form")[0]
    return found


def _keep_wording(form: PublicForm, by: User, at: datetime) -> None:
    """A consent is proved by the words that stood beside its box: they are kept, word for word."""
    texts = {language: form.said(language)["consent"] for language in form.languages}
    last = form.consent_texts.order_by("-number").first()
    if last is None or (last.texts, last.purpose) != (texts, form.purpose):
        number = last.number + 1 if last else 1
        ConsentText.objects.create(form=form, number=number, texts=texts, purpose=form.purpose, at=at, by=by)


def _account(key: str, values: Mapping[str, Any]) -> User:
    """A form's own service account: what came by it is told apart in the audit, and sees one team only."""
    return User.objects.create_user(
        email=f"form-{key}@service.invalid".lower(), name=_name_of(values["title"]), role=Role.SERVICE,
        team=_team_of(values["owner"], values["team"]),
    )  # fmt: skip


def _put_account(form: PublicForm) -> None:
    account = form.account
    save_changes(account, {"team": _team_of(form.owner, form.team), "name": _name_of(form.title)})


def _name_of(title: str) -> str:
    return _("Форма «%(title)s»") % {"title": title}


def _team_of(owner: User | None, team: Team | None) -> Team | None:
    return owner.team if owner is not None else team


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """Raises Invalid with every error at once."""
    errors = [FieldError(name, "read_only", _("Это поле не меняется.")) for name in sorted(set(values) - EDITABLE)]
    values["title"] = one_line(values.get("title") or "")
    if not values["title"]:
        errors.append(FieldError("title", "required", _("Назовите форму: так она будет видна в источниках лидов.")))
    errors += [*_about_receiver(values), *_about_fields(values), *_about_texts(values), *_about_origins(values)]
    if errors:
        raise Invalid(errors[0].message, errors)
    return values


def _about_receiver(values: Mapping[str, Any]) -> list[FieldError]:
    owner, team, segment, kind = (values.get(name) for name in ("owner", "team", "segment", "kind"))
    found = []
    if kind not in Kind.values:
        found.append(FieldError("kind", "invalid_choice", _("Выберите воронку.")))
    if (owner is None) == (team is None):
        message = _("Выберите одно: сотрудника, который получит лиды, или команду, в очередь которой они попадут.")
        found.append(FieldError("owner", "conflict", message))
    elif owner is not None and (owner.role in {Role.SERVICE, Role.AUDITOR} or not owner.is_active):
        found.append(FieldError("owner", "invalid", _("Нужен действующий сотрудник, который ведёт лиды.")))
    if segment is not None and segment.kind != kind:
        found.append(FieldError("segment", "other_funnel", _("Сегмент — из другой воронки. Выберите подходящий.")))
    if values.get("purpose", ConsentPurpose.PROCESSING) not in ConsentPurpose.values:
        found.append(FieldError("purpose", "invalid_choice", _("Выберите, на что даётся согласие.")))
    return found


def _about_fields(values: dict[str, Any]) -> list[FieldError]:
    asked = [name for name in Field.values if name in set(values.get("fields") or ())]
    values["fields"] = asked
    values["required"] = [name for name in asked if name in set(values.get("required") or ())]
    if not set(asked) & set(CONTACTS):
        return [FieldError("fields", "required", _("Спросите хотя бы телефон или почту."))]
    return []


def _about_texts(values: dict[str, Any]) -> list[FieldError]:
    languages = [one for one in Language.values if one in set(values.get("languages") or ())]
    values["languages"] = languages
    if not languages:
        return [FieldError("languages", "required", _("Выберите хотя бы один язык."))]
    found, texts = [], values.get("texts") or {}
    for language in languages:
        said = texts.get(language) or {}
        for name, text in (
            ("heading", pgettext("form", "заголовок")),
            ("thanks", _("благодарность")),
            ("consent", _("согласие")),
        ):
            words = str(said.get(name) or "").strip()
            if not words or has_control_characters(words):
                message = _("%(language)s: напишите текст — %(name)s.")
                message %= {"language": Language(language).label, "name": text}
                found.append(FieldError(f"{name}_{language}", "required", message))
    values["texts"] = {
        one: {name: str((texts.get(one) or {}).get(name) or "").strip() for name in SAID} for one in languages
    }
    return found


def _about_origins(values: dict[str, Any]) -> list[FieldError]:
    """Exactly scheme, host and port: whatever else stood there would end in a security header."""
    given = [str(one).strip().lower().rstrip("/") for one in values.get("origins") or ()]
    values["origins"] = list(dict.fromkeys(filter(None, given)))
    wrong = [one for one in values["origins"] if not (_ORIGIN.fullmatch(one) or _LOCAL.fullmatch(one))]
    if wrong:
        message = _("«%(origin)s» — не адрес сайта. Нужен вид https://bank.uz, без пути.") % {"origin": wrong[0][:80]}
        return [FieldError("origins", "invalid", message)]
    if len(values["origins"]) > MOST_ORIGINS:
        return [FieldError("origins", "too_many", _("Сайтов не больше %(most)s.") % {"most": MOST_ORIGINS})]
    return []
