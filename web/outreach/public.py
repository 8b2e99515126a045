"""What people outside reach without signing in: the refusal, and the hooks by which replies come."""

import hmac
import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from channels import incoming, signing
from common import clock
from notifications.services import take_start
from outreach.choices import OptOutSource
from outreach.links import message_of_token
from outreach.models import OptOut
from outreach.services.refusals import message_of, opt_out
from outreach.services.replies import record_reply
from web.views import errors


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: HttpRequest, pk: str) -> HttpResponse:
    """The link of a letter. GET only shows a button, since mail programs follow links; POST is the refusal.

    Mail programs send it by themselves (RFC 8058) and hold no token against forgery: the signature is the right.
    """
    message = message_of(message_of_token(pk))
    if message is None:
        return errors.not_found(request)
    if request.method == "POST":
        opt_out(message=message, source=OptOutSource.LINK, at=clock.now())
    done = OptOut.objects.filter(party_id=message.party_id).exists()
    return render(request, "outreach/opt_out.html", {"done": done, "address": _masked(message.address)})


def _masked(address: str) -> str:
    """Enough to know it as one's own; a link that was passed on tells a stranger little."""
    name, at, host = address.partition("@")
    return f"{name[:2]}***{at}{host}" if at else f"***{address[-3:]}"


@never_cache
@csrf_exempt
@require_http_methods(["POST"])
def telegram(request: HttpRequest, pk: str) -> HttpResponseBase:
    """An update of the Bot API. Whoever does not know the secret learns not even that this is the place."""
    secret = settings.TELEGRAM_HOOK_SECRET
    if not secret or not hmac.compare_digest(pk.encode(), secret.encode()):
        return errors.not_found(request)
    told = _json(request)
    if told is None:
        return HttpResponse(status=400)
    at = clock.now()
    came = incoming.of_telegram(told, at=at)
    if came and (said := take_start(text=came.text, chat_id=came.address, at=at)):
        # A user of ours who ties his chat to his notifications; the answer itself tells the bot what to say.
        return JsonResponse({"method": "sendMessage", "chat_id": int(came.address), "text": said})
    return _take(came)


@never_cache
@csrf_exempt
@require_http_methods(["POST"])
def webhook(request: HttpRequest) -> HttpResponse:
    """A reply that the bank's own gateway tells of, signed with the same secret as our messages to it."""
    at = clock.now()
    stamp = int(at.timestamp())
    headers = {name.lower(): value for name, value in request.headers.items()}
    if not signing.is_genuine(headers, request.body, secret=settings.WEBHOOK_SECRET, at=stamp):
        return HttpResponse(status=400)
    told = _json(request)
    return HttpResponse(status=400) if told is None else _take(incoming.of_webhook(told, at=at))


def _json(request: HttpRequest) -> Any:
    """The body; None where it is no JSON."""
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        return None


def _take(came: incoming.Incoming | None) -> HttpResponse:
    """What is not for us is thanked for too, or the sender would repeat it for hours."""
    if came is not None:
        record_reply(incoming=came)
    return HttpResponse(status=204)
