"""«Песочница»: what came by webhook, and the receiver itself. These addresses exist only in the demonstration."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from common import clock
from demo import sandbox
from demo.models import Receipt
from web.pages import page, show
from web.views import errors

SHOWN = 50


@page("GET")
def webhooks(request: HttpRequest) -> HttpResponse:
    """The newest deliveries; the list asks for itself every few seconds."""
    context = {
        "receipts": Receipt.objects.all()[:SHOWN],
        "total": Receipt.objects.count(),
        "token": sandbox.known_token(),
        "base": f"{request.scheme}://{request.get_host()}",
    }
    return show(request, "sandbox/webhooks.html", context, fragment="received")


@never_cache
@csrf_exempt
@require_http_methods(["POST"])
def receive(request: HttpRequest, key: str) -> HttpResponse:
    """A receiver as a bank should build it: 2xx only for what is signed and fresh."""
    declared = request.headers.get("Content-Length", "")
    if declared.isdigit() and int(declared) > sandbox.MOST_BYTES:
        return HttpResponse(status=413)  # before a byte of it is read
    headers = {name.lower(): value for name, value in request.headers.items()}
    kept = sandbox.receive(key=key, headers=headers, body=request.body, at=clock.now())
    if kept is None:
        return errors.not_found(request)
    return HttpResponse(status=204 if kept.is_genuine else 400)
