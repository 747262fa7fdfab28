"""What no answer may hold: traces of the inside."""

import re

LEAK = re.compile(
    rb"sqlx|panicked|backtrace|\bsrc/|\.rs\b|SQLSTATE|PgDatabaseError|error returned from database|librdkafka|postgres(ql)?://"
    rb"|\bSELECT\s+[\w*]|\bINSERT\s+INTO\b|\bUPDATE\s+\w+\s+SET\b|\bDELETE\s+FROM\b|relation \"\w+\"|column \"\w+\""
    rb"|wiredesk_\w+::|(?:tokio|hyper|axum|serde_json|serde|askama)::|/(?:home|root|usr|var|etc|tmp|work)/\w"
)


def found(body: bytes, sent: bytes = b"") -> str | None:
    """The leak in a body, if there is one that the request did not itself bring."""
    for match in LEAK.finditer(body):
        if match.group(0) not in sent:
            return match.group(0).decode("utf-8", "replace")
    return None
