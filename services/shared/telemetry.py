"""Structured logs without personal data, and the ids that join the lines of one request over the services."""

import logging
import re
import secrets
import sys
import traceback

import structlog

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")

LONGEST_TRACE = 200


def configure(level: str) -> None:
    """JSON lines on standard output, those of libraries too; uvicorn's access log is off, since ours has no query."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_messages,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processor=structlog.processors.JSONRenderer())
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for quiet in ("uvicorn.access", "httpx", "httpcore"):
        logging.getLogger(quiet).setLevel(logging.WARNING)


def _without_messages(
    _logger: object, _method: str, event: structlog.types.EventDict
) -> structlog.types.EventDict:  # fmt: skip
    """An exception's kind and where it came from, down its causes. Its message may hold what somebody sent: drivers
    and validators quote the value that they refuse."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    elif isinstance(error, tuple):
        error = error[1]
    lines: list[str] = []
    while isinstance(error, BaseException) and len(lines) < LONGEST_TRACE:
        lines.append(f"{type(error).__module__}.{type(error).__qualname__}")
        frames = traceback.extract_tb(error.__traceback__)
        lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        error = error.__cause__ or error.__context__
    if lines:
        event["exception"] = lines
    return event


def child_of(traceparent: str | None) -> str:
    """The W3C trace context of this request: the caller's trace with a span of our own, or a new trace."""
    match = _TRACEPARENT.fullmatch(traceparent or "")
    known = match is not None and set(match[1]) != {"0"} and set(match[2]) != {"0"}
    trace, flags = (match[1], match[3]) if match is not None and known else (secrets.token_hex(16), "00")
    return f"00-{trace}-{secrets.token_hex(8)}-{flags}"
