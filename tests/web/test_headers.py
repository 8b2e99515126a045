"""What every answer carries, whatever it says: walked over all addresses, and over each way to be refused."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from tests.office import Office
from tests.web.matrix import quiet
from tests.web.policy import POLICY, Door, Rule
from tests.web.routes import address
from tests.web.world import MISSING, NOWHERE

pytestmark = pytest.mark.django_db
KEPT_AFTER_A_YEAR = 365 * 24 * 3600


def failing(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


def forbidding(_request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


urlpatterns = [
    path("broken/", failing), path("api/broken/", failing), path("forbidden/", forbidding),
    path("", include("salescrm.urls")),
]  # fmt: skip
handler400, handler500 = "salescrm.errors.bad_request", "salescrm.errors.server_error"


@pytest.fixture(autouse=True)
def as_in_production(settings: Any) -> Iterator[None]:
    settings.SECURE_HSTS_SECONDS = KEPT_AFTER_A_YEAR
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    with quiet():
        yield


def missing(answer: Any) -> list[str]:
    """Which of the promised headers an answer lacks."""
    policy = answer.get("Content-Security-Policy", "")
    promised = {
        "CSP without unsafe": "default-src" in policy and "unsafe" not in policy,
        "object-src, base-uri, frame-ancestors": all(
            f"{name} 'none'" in policy for name in ("object-src", "base-uri", "frame-ancestors")
        ),
        "HSTS": f"max-age={KEPT_AFTER_A_YEAR}; includeSubDomains" in answer.get("Strict-Transport-Security", ""),
        "nosniff": answer.get("X-Content-Type-Options") == "nosniff",
        "Referrer-Policy": answer.get("Referrer-Policy") == "same-origin",
        "no frames": answer.get("X-Frame-Options") == "DENY",
        "no other opener": answer.get("Cross-Origin-Opener-Policy") == "same-origin",
        "the kind of its content": answer.status_code in {204, 304} or is_named(answer.get("Content-Type", "")),
    }
    return [name for name, kept in promised.items() if not kept]


def is_named(kind: str) -> bool:
    """Text says its letters too; JSON is UTF-8 by its own rule."""
    return "charset=utf-8" in kind.lower() if kind.startswith("text/") else "/" in kind


def asked(rule: Rule) -> str:
    """The address of a record that is not there, where it is of one."""
    return address(rule, MISSING.get(rule.of, NOWHERE), {name: MISSING.get(name, NOWHERE) for name in rule.also})


def test_every_address_carries_the_headers_and_keeps_nothing_of_a_person(office: Office) -> None:
    signed_in, wrong = Client(raise_request_exception=False), []
    signed_in.force_login(office.adiba)
    for rule in POLICY:
        for client in (Client(raise_request_exception=False), signed_in):
            answer = client.get(asked(rule), secure=True)
            wrong += [f"{rule.name} {answer.status_code}: {name}" for name in missing(answer)]
            if client is signed_in and rule.door is not Door.PUBLIC and answer.status_code == 200:
                kept = "no-store" not in answer.get("Cache-Control", "")
                wrong += [f"{rule.name}: may be kept, {answer.get('Cache-Control')!r}"] if kept else []
    assert not wrong, "\n".join(wrong)


@pytest.mark.urls(__name__)
def test_every_way_to_be_refused_carries_the_headers(office: Office, settings: Any) -> None:
    client = Client(raise_request_exception=False)
    big, settings.TRUSTED_PROXIES = b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1), 0
    answers = {
        400: [client.get("/?a=%00", secure=True), client.get("/", secure=True, headers={"Host": "evil.example"})],
        403: [client.get("/forbidden/", secure=True)],
        404: [client.get("/no-such/", secure=True), client.get("/api/v1/no-such/", secure=True)],
        405: [client.generic("TRACE", "/", secure=True), client.generic("TRACE", "/api/v1/me/", secure=True)],
        413: [client.post("/api/v1/leads/", big, content_type="application/json", secure=True)],
        500: [client.get("/broken/", secure=True), client.get("/api/broken/", secure=True)],
    }
    wrong = [
        f"{status} was {answer.status_code}: {missing(answer)}"
        for status, told in answers.items()
        for answer in told
        if missing(answer) or (answer.status_code != status and not (status == 413 and answer.status_code == 401))
    ]
    assert not wrong, "\n".join(wrong)


def test_too_many_guesses_and_an_absent_database_carry_the_headers(office: Office, settings: Any) -> None:
    client = Client(raise_request_exception=False)
    typed = {"login": office.olim.email, "password": "wrong-wrong-wrong"}
    told = [client.post("/login/", typed, secure=True) for _ in range(12)]
    assert told[-1].status_code == 429
    assert missing(told[-1]) == []


@pytest.mark.parametrize("where", ["/", "/login/", "/leads/", "/api/v1/me/", "/health/live/", "/static/logo.svg"])
def test_trace_is_refused_everywhere(where: str) -> None:
    answer = Client().generic("TRACE", where, headers={"Cookie": "secret=1"})
    assert answer.status_code == 405
    assert b"secret" not in answer.content


def test_an_attack_by_the_host_name_is_a_400_and_builds_no_link(client: Client) -> None:
    answer = client.get("/login/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert b"evil.example" not in answer.content


def test_a_page_goes_to_https_and_the_api_never_does(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$", r"^api/"]
    assert client.get("/login/").status_code == 301
    answer = client.get("/api/v1/me/")
    assert answer.status_code == 401
    assert "Location" not in answer


def test_without_the_header_the_walk_would_fail() -> None:
    """The control: an answer as Django makes it by itself."""
    assert "CSP without unsafe" in missing(HttpResponse())
    assert "the kind of its content" in missing(HttpResponse("<p>", content_type="text/html"))


@pytest.mark.parametrize("folder", ["/static/", "/static/dist/", "/media/", "/media/contracts/", "/.git/", "/docs/"])
def test_no_folder_shows_what_lies_in_it(client: Client, folder: str) -> None:
    assert client.get(folder).status_code == 404
