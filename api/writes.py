"""Every write passes here: ``?validate_only=true`` tries it and takes it back, an ``Idempotency-Key`` makes it happen
once. The work is one transaction to the end of its answer: what it changed is read before the next writer's turn, so
that the answer and its ETag tell of this change and not of a later one.

What may be kept is what would be answered again: the work that was done, and a body that no rule lets through. Rights,
versions and what others hold are asked afresh each time.
"""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any, cast

from django.db import connection, transaction
from django.urls import resolve
from django.utils.translation import gettext as _
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken, User
from api.permissions import ScopeMissing
from api.problems import CONTENT_TYPE, BadParameters
from common import clock, files
from common.errors import NotFound
from jobs import answers
from jobs.models import KeptAnswer

DRY_RUN = "validate_only"
KEY_HEADER, REPLAYED, TRIED = "Idempotency-Key", "Idempotency-Replayed", "Dry-Run"
KEY_LENGTH = 255
KEPT_HEADERS = ("Location", "ETag")
OPENING = frozenset({"pii:read"})
"""Rights that change what an answer shows."""
_KEY = re.compile(rf"[\x21-\x7e]{{1,{KEY_LENGTH}}}")
_KEPT_REFUSALS = frozenset({400, 422})
Work = Callable[[], Response]


def take_dry_run(request: Request) -> bool:
    """Whether only a trial is asked for. The parameter is taken out, so that no view has to know it."""
    if request.method in SAFE_METHODS or DRY_RUN not in request.query_params:
        return False
    given = request.query_params.getlist(DRY_RUN)
    if given not in (["true"], ["false"]):
        raise BadParameters([(DRY_RUN, "invalid_choice", _("Можно: %(names)s.") % {"names": "true, false"})])
    query = request._request.GET.copy()
    del query[DRY_RUN]
    request._request.GET = query  # type: ignore[assignment]
    return given == ["true"]


def carry_out(view: Any, request: Request, work: Work, *, dry_run: bool) -> Response:
    """Do the work of a view once its rights and parameters are checked. Raises whatever it raises."""
    if request.method in SAFE_METHODS:
        return work()
    request.data  # noqa: B018  # read before the transaction: a slow sender keeps none open
    key = _key_of(request)
    if dry_run:
        return _tried(work)
    if key is None:
        with files.taken_back(always=False), transaction.atomic():
            return work()
    return _once(view, request, work, key)


def fingerprint(body: Any) -> str:
    """Two bodies that mean the same have the same; the order of names and the blanks do not count."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _key_of(request: Request) -> str | None:
    key = request.headers.get(KEY_HEADER)
    if key is None or request.method != "POST":
        return None
    if not _KEY.fullmatch(key):
        text = _("Idempotency-Key: от 1 до %(most)s знаков ASCII без пробелов.") % {"most": KEY_LENGTH}
        error = BadParameters([(KEY_HEADER, "invalid", text)])
        error.entries[0]["pointer"] = KEY_HEADER
        raise error
    return key


def _tried(work: Work) -> Response:
    """The same path to its end, and back: rows, duties and hooks with the transaction, files by name."""
    with files.taken_back(always=True), transaction.atomic():
        answer = work()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what a commit would find is found now
        transaction.set_rollback(True)
    return answer


def _once(view: Any, request: Request, work: Work, key: str) -> Response:
    caller = _caller_of(request)
    place, asked = answers.place_of(caller, request.path, key), view.fingerprint()
    with transaction.atomic():
        kept = answers.claim(place=place, asked=asked)
        if kept is not None:
            return _replayed(request, kept)
        try:
            with files.taken_back(always=False), transaction.atomic():
                answer = work()
        except Exception as error:
            answer = view.handle_exception(error)
        if answer.status_code < 300 or answer.status_code in _KEPT_REFUSALS:
            _keep(request, answer, place, asked)
    return answer


def _caller_of(request: Request) -> str:
    token = request.auth
    return f"token:{token.pk}" if isinstance(token, ApiToken) else f"user:{request.user.pk}"


def _keep(request: Request, answer: Response, place: str, asked: str) -> None:
    """``answer.kept`` is what a repetition gets where the answer itself is for one time only: a secret."""
    told = getattr(answer, "kept", answer.data)
    answers.keep(
        place=place,
        asked=asked,
        status=answer.status_code,
        headers={name: answer[name] for name in KEPT_HEADERS if name in answer},
        content="" if told is None else json.dumps(told, cls=JSONRenderer.encoder_class),
        rights=sorted(_opened(request)),
        at=clock.now(),
    )


def _replayed(request: Request, kept: KeptAnswer) -> Response:
    """The answer of the first request, to one who may still see what it shows. Raises ScopeMissing, NotFound."""
    if kept.status == answers.FORGOTTEN:
        raise NotFound(_("Того, о ком был этот ответ, больше нет: его данные удалены."))
    if missing := set(kept.rights) - _opened(request):
        raise ScopeMissing(min(missing))
    for address in {kept.headers.get("Location"), request.path} - {None}:
        _demand_seen(cast("User", request.user), address)
    content_type = CONTENT_TYPE if kept.status >= 400 else None
    data = json.loads(kept.content) if kept.content else None
    return Response(data, kept.status, headers={**kept.headers, REPLAYED: "true"}, content_type=content_type)


def _opened(request: Request) -> set[str]:
    """A person's session opens everything that his role does."""
    return set(OPENING) & set(request.auth.scopes) if isinstance(request.auth, ApiToken) else set(OPENING)


def _demand_seen(user: User, address: str) -> None:
    """Whoever lost sight of the object since gets the answer of its door. Raises NotFound."""
    found = resolve(address)
    door = getattr(getattr(found.func, "cls", None), "door", None)
    if door is not None and "pk" in found.kwargs:
        door(user, found.kwargs["pk"])
