"""Logs as one JSON object a line, in UTC, with the ids by which lines are put together; no name, number or text of a
person: an error is told by its type and its place, for a database quotes the values of a row in its words."""

import logging
import traceback
from datetime import UTC, datetime
from typing import Any

import structlog

from common.middleware import request_id
from common.tracing import job_id, person_id

# A log that cannot be written (a full disk, a closed pipe) is lost, and nothing else with it.
logging.raiseExceptions = False
_FRAMES = 30


def json_formatter() -> logging.Formatter:
    """For ``LOGGING``: what a handler writes."""
    processors: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _tell_when,
        _tell_who,
        _tell_where_it_broke,
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True),
    ]
    return structlog.stdlib.ProcessorFormatter(processors=processors)


def _tell_when(_logger: Any, _method: str, event: Any) -> Any:
    event["at"] = datetime.fromtimestamp(event["_record"].created, UTC).isoformat(timespec="milliseconds")
    return event


def _tell_who(_logger: Any, _method: str, event: Any) -> Any:
    record = event["_record"]
    event["request_id"] = getattr(record, "request_id", "-") if request_id.get() == "-" else request_id.get()
    event |= {name: value for name, value in (("user", person_id.get()), ("job", job_id.get())) if value}
    return event


def _tell_where_it_broke(_logger: Any, _method: str, event: Any) -> Any:
    """Type and frames of an error and of those behind it; the message stays out."""
    found = event.pop("exc_info", None)
    if isinstance(found, tuple) and found[1] is not None:
        event["error"] = type(found[1]).__name__
        event["places"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(found[2])[-_FRAMES:]
        ]
        causes = _causes(found[1])
        if causes:
            event["because"] = causes
    return event


def _causes(error: BaseException) -> list[str]:
    found: list[str] = []
    seen = error.__cause__ or error.__context__
    while seen is not None and len(found) < 5:
        found.append(type(seen).__name__)
        seen = seen.__cause__ or seen.__context__
    return found
