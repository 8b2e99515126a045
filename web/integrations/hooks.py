"""Where systems of the bank tell us things: believed by the signature alone, answered once the message is kept."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from common import clock
from inbox.choices import MOST_BYTES
from inbox.services.receiving import Answer, receive
from web.views import errors

PAUSE_SECONDS = 3600
STATUSES = {Answer.TAKEN: 202, Answer.REPEATED: 200, Answer.REFUSED: 400, Answer.TOO_LARGE: 413, Answer.PAUSED: 503}


@never_cache
@csrf_exempt
@require_http_methods(["POST"])
def take(request: HttpRequest, pk: str) -> HttpResponse:
    """A repetition is thanked for as the first one was. A paused source asks the sender to come again."""
    declared = request.headers.get("Content-Length", "")
    if declared.isdigit() and int(declared) > MOST_BYTES:
        return HttpResponse(status=STATUSES[Answer.TOO_LARGE])  # before a byte of it is read
    headers = {name.lower(): value for name, value in request.headers.items()}
    answer = receive(key=pk, headers=headers, body=request.body, at=clock.now())
    if answer is Answer.UNKNOWN:
        return errors.not_found(request)
    response = HttpResponse(status=STATUSES[answer])
    if answer is Answer.PAUSED:
        response["Retry-After"] = str(PAUSE_SECONDS)
    return response
