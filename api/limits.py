"""How often a token may call: so many calls a minute, counted in Redis, told in the headers of the IETF draft.

    RateLimit-Policy: "default";q=600;w=60
    RateLimit: "default";r=599;t=42

No minute holds more than the limit, wherever it begins: the moments of the calls that passed are kept for a minute, and
``t`` says when the oldest of them leaves and makes room. (Counting by the clock's minutes lets twice as many through
around their edge.) One script counts and reads, so that calls at the same moment cannot both take the last place. A
token costs as many short entries as its limit. When Redis is away every call passes: the limit keeps one
system from crowding out the others and is no right of access, so an outage of a cache must not become an outage of the
bank's integrations. Whoever found it silent asks again only after ``REST`` seconds: nobody waits for it call by call.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import redis
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions

from accounts.models import ApiToken

log = logging.getLogger(__name__)
WINDOW = 60
REST = 5.0
PATIENCE = 0.1
_COUNT = """
local now = tonumber(ARGV[3])
if now == 0 then
    local time = redis.call('TIME')
    now = time[1] * 1000000 + time[2]
end
local window, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local taken = redis.call('ZCARD', KEYS[1]) + 1
if taken <= limit then
    redis.call('ZADD', KEYS[1], now, string.format('%.0f-%d', now, taken))
    redis.call('PEXPIRE', KEYS[1], window / 1000)
end
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return {taken, oldest[2] and oldest[2] + window - now or window}
"""
_MICRO = 1_000_000


class TooMany(exceptions.Throttled):
    default_code = "rate_limited"
    default_detail = _("Слишком много обращений. Повторите, когда пройдёт время из Retry-After.")
    extra_detail_singular = extra_detail_plural = ""  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a token stands: calls of the last minute with this one, seconds until the oldest of them leaves. ``taken``
    is None where nobody counts."""

    limit: int
    taken: int | None = None
    seconds: int = WINDOW

    @property
    def passed(self) -> bool:
        return self.taken is None or self.taken <= self.limit

    @property
    def headers(self) -> dict[str, str]:
        policy = {"RateLimit-Policy": f'"default";q={self.limit};w={WINDOW}'}
        if self.taken is None:
            return policy
        return policy | {"RateLimit": f'"default";r={max(0, self.limit - self.taken)};t={self.seconds}'}


class Counter:
    """The counters of all tokens in Redis. ``now`` counts seconds and never goes back; ``wall`` is a moment in
    microseconds, 0 where Redis's own clock counts, which all processes share."""

    def __init__(
        self, url: str, *, now: Callable[[], float] = time.monotonic, wall: Callable[[], int] = lambda: 0
    ) -> None:
        self._client = redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        self._count: Any = self._client.register_script(_COUNT)
        self._now, self._wall, self._silent_until = now, wall, 0.0

    def take(self, name: str, limit: int) -> Standing:
        """One more call under this name."""
        if self._now() < self._silent_until:
            return Standing(limit)
        try:
            taken, left = self._count(keys=[f"api:calls:{name}"], args=[WINDOW * _MICRO, limit, self._wall()])
        except redis.RedisError as error:
            self._silent_until = self._now() + REST
            log.warning("Calls are not counted for a while: Redis does not answer (%s)", type(error).__name__)
            return Standing(limit)
        return Standing(limit, int(taken), max(1, -(-int(left) // _MICRO)))


_counters: dict[str, Counter] = {}


def counter() -> Counter:
    """The counter of this process; another one where the address of Redis has changed."""
    url = settings.REDIS_URL or "redis://127.0.0.1:1/0"
    return _counters.setdefault(url, Counter(url)) if url not in _counters else _counters[url]


def take(token: ApiToken, request: HttpRequest) -> None:
    """Count the call, and remember on the request where the token stands. Raises TooMany."""
    limit = token.user.rate_limit or settings.API_RATE_LIMIT
    standing = counter().take(str(token.pk), limit)
    request.api_standing = standing  # type: ignore[attr-defined]
    if not standing.passed:
        raise TooMany(wait=standing.seconds)


class TellLimits:
    """Middleware: every answer to a token says how much of its limit is left, whatever became of the call."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        standing = cast("Standing | None", getattr(request, "api_standing", None))
        for name, value in standing.headers.items() if standing else ():
            response[name] = value
        return response
