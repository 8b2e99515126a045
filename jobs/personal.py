"""What this room holds of people: answers kept for a repeated request, and the errors of duties."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.personal import Aside, Holds, Whom
from jobs import answers
from jobs.models import Job, KeptAnswer, OnceKey, SourceVersion

HOLDS = (
    Holds(Job, _("Задания"), erase="last_error", by_value="last_error payload"),
    Holds(
        SourceVersion, _("Версии записей из других систем"), erase="external_id", keep="source", gone=True, pair=True
    ),
)
PLAIN: Mapping[type[models.Model], str] = {
    Job: "kind dedupe_key",
    OnceKey: "key location",
    KeptAnswer: "place asked headers content rights",  # see ASIDES
    SourceVersion: "noun",
}


def _answers(whom: Whom) -> Iterator[Mapping[str, Any]]:
    for kept in answers.told_of(ids=whom.ids, words=whom.words):
        yield {"at": kept.created_at, "status": kept.status, "headers": kept.headers, "content": kept.content}


ASIDES = (
    Aside(
        "kept_answers",
        _("Сохранённые ответы API"),
        _answers,
        lambda whom: answers.forget_about(ids=whom.ids, words=whom.words),
    ),
)
