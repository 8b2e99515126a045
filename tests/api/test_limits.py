"""So many calls a minute for each token: told in headers, exact when many call at once, silent when Redis is away."""

import re
import time
from collections import Counter as Tally
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connections

from accounts import service_accounts
from accounts.models import ApiToken
from api import limits
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def small(settings) -> int:
    settings.API_RATE_LIMIT = 3
    return 3


@pytest.mark.django_db
def test_the_headers_count_down_and_the_call_beyond_is_refused(api: Api, small: int) -> None:
    told = [api.get("me/") for _n in range(small)]
    assert [answer.status_code for answer in told] == [200] * small
    assert {answer["RateLimit-Policy"] for answer in told} == {'"default";q=3;w=60'}
    left = [re.fullmatch(r'"default";r=(\d+);t=(\d+)', answer["RateLimit"]) for answer in told]
    assert [match and match[1] for match in left] == ["2", "1", "0"]
    assert all(match and 1 <= int(match[2]) <= limits.WINDOW for match in left)
    refused = api.get("me/")
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused["Content-Type"].startswith("application/problem+json")
    assert 1 <= int(refused["Retry-After"]) <= limits.WINDOW
    assert refused["RateLimit"].startswith('"default";r=0;')


@pytest.mark.django_db
def test_refusals_count_too_so_that_nobody_hammers_a_door_for_nothing(api_of: MakeApi, small: int) -> None:
    api = api_of(None, "leads:read")
    statuses = [api.get("agents/").status_code, api.get("leads/no-such-id/").status_code]
    statuses += [api.get("leads/", nonsense="1").status_code, api.get("leads/").status_code]
    assert statuses == [403, 404, 400, 429]


@pytest.mark.django_db
def test_tokens_are_counted_apart_and_an_account_may_have_its_own_limit(
    api_of: MakeApi, office: Office, small: int
) -> None:
    one, other = api_of(), api_of()
    account = ApiToken.objects.order_by("created_at")[0].user
    service_accounts.update(account=account, by=office.adiba, changes={"rate_limit": 1})
    assert [one.get("me/").status_code for _n in range(2)] == [200, 429]
    assert [other.get("me/").status_code for _n in range(2)] == [200, 200]
    assert other.get("me/")["RateLimit-Policy"] == '"default";q=3;w=60'


@pytest.mark.django_db
def test_callers_without_a_token_are_told_of_no_limit(office: Office) -> None:
    assert "RateLimit" not in Api().get("me/")


def test_no_minute_holds_more_than_the_limit_wherever_it_begins(settings) -> None:
    """Counted by fixed minutes, all of these would pass: three before an edge, three after it."""
    moment = [1_000]
    counter, name = limits.Counter(settings.REDIS_URL, wall=lambda: moment[0] * 1_000_000), uuid4().hex
    passed = []
    for moment[0] in (1_058, 1_059, 1_059, 1_061, 1_062, 1_117, 1_118, 1_119, 1_119, 1_119):
        passed.append(counter.take(name, 3).passed)
    assert passed == [True, True, True, False, False, False, True, True, True, False]


def test_what_is_left_is_told_until_the_oldest_call_leaves(settings) -> None:
    moment = [1_000]
    counter, name = limits.Counter(settings.REDIS_URL, wall=lambda: moment[0] * 1_000_000), uuid4().hex
    assert counter.take(name, 2).headers["RateLimit"] == '"default";r=1;t=60'
    moment[0] = 1_020
    assert counter.take(name, 2).headers["RateLimit"] == '"default";r=0;t=40'
    refused = counter.take(name, 2)
    assert (refused.passed, refused.seconds) == (False, 40)
    moment[0] = 1_060
    assert counter.take(name, 2).seconds == 20


def test_a_hundred_at_once_at_a_limit_of_fifty_let_exactly_fifty_pass(settings) -> None:
    counters, name = [limits.Counter(settings.REDIS_URL) for _n in range(4)], uuid4().hex
    with ThreadPoolExecutor(50) as pool:
        passed = list(pool.map(lambda n: counters[n % 4].take(name, 50).passed, range(100)))
    assert Tally(passed) == {True: 50, False: 50}


@pytest.mark.django_db(transaction=True)
def test_a_hundred_calls_at_once_through_the_whole_door_let_exactly_fifty_pass(api: Api, settings) -> None:
    settings.API_RATE_LIMIT = 50

    def call(_n: int) -> int:
        try:
            return Api(api.token).get("me/").status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        statuses = Tally(pool.map(call, range(100)))
    assert statuses == {200: 50, 429: 50}


@pytest.mark.django_db
def test_without_redis_calls_pass_and_nobody_waits(api: Api, settings) -> None:
    settings.REDIS_URL, settings.API_RATE_LIMIT = NOWHERE, 1
    started = time.monotonic()
    answers = [api.get("me/") for _n in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert answers[-1]["RateLimit-Policy"] == '"default";q=1;w=60'
    assert "RateLimit" not in answers[-1]
    assert time.monotonic() - started < 2


def test_a_silent_redis_is_asked_again_after_a_rest() -> None:
    moment = [0.0]
    counter, asked = limits.Counter(NOWHERE, now=lambda: moment[0]), []

    def broken(**_given: object) -> None:
        asked.append(moment[0])
        raise limits.redis.ConnectionError

    counter._count = broken
    for moment[0] in (0.0, 1.0, limits.REST - 0.1, limits.REST + 0.1, limits.REST + 0.2):
        assert counter.take("any", 1).passed
    assert asked == [0.0, limits.REST + 0.1]


@pytest.mark.django_db
def test_every_operation_documents_the_limit(api: Api) -> None:
    from api.document import document

    paths = document("ru")["paths"]
    for path, item in paths.items():
        for method, operation in item.items():
            responses = operation["responses"]
            name = responses["429"]["$ref"].rpartition("/")[2]
            answers = [answer for answer in responses.values() if "$ref" not in answer]
            assert "Retry-After" in document("ru")["components"]["responses"][name]["headers"], f"{method} {path}"
            assert all({"RateLimit", "RateLimit-Policy"} <= set(answer["headers"]) for answer in answers), path
