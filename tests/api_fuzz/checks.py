"""Schemathesis's hooks: counts the requests, and looks at each answer for traces of the inside."""

import os
import sys
from urllib.parse import unquote_to_bytes

import schemathesis

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import leaks  # noqa: E402


@schemathesis.hook
def after_call(context, case, response):
    with open(os.environ["API_FUZZ_COUNT"], "a") as count:
        count.write(f"{response.status_code}\n")


@schemathesis.check
def no_inner_detail(ctx, response, case):
    sent = unquote_to_bytes(response.request.url) + repr(case.body).encode()
    leak = leaks.found(response.content, sent)
    assert leak is None, f"the answer holds {leak!r}: {response.content[:400]!r}"
    assert response.status_code < 500, f"{response.status_code}: {response.content[:400]!r}"
    headers = {name.lower(): values for name, values in response.headers.items()}
    for name in ("content-security-policy", "x-content-type-options", "referrer-policy"):
        assert name in headers, f"the answer lacks {name}"
    if response.status_code >= 400:
        kind = headers.get("content-type", [""])[0]
        assert kind == "application/problem+json", f"an error of type {kind}"
