"""Requests that no client library sends, to every address, the page's and the live stream's too: over a bare socket.

    strange.py HOST PORT TOKEN
"""

import json
import os
import socket
import sys
from urllib.parse import unquote_to_bytes

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import leaks  # noqa: E402

HOST, PORT, TOKEN = sys.argv[1], int(sys.argv[2]), sys.argv[3]
PATHS = [
    "/", "/stories", "/sources", "/items/{}", "/rows/{}", "/login", "/logout", "/assets/wire.js", "/assets/{}",
    "/v1/items", "/v1/items/{}", "/v1/stories", "/v1/stories/{}", "/v1/sources", "/v1/sources/{}/pause",
    "/v1/sources/{}/resume", "/v1/items/{}/diff", "/v1/dead", "/v1/dead/{}", "/v1/dead/{}/retry", "/v1/dead/{}/drop", "/v1/pipeline",
    "/v1/figures", "/items/{}/diff", "/pipeline", "/sources/{}/pause", "/sources/{}/{}", "/dead/{}/retry", "/dead/{}/{}", "/stories/{}",
    "/v1/stream", "/v1/openapi.json", "/{}", "/v1/{}/{}",
]
QUERIES = ["limit", "cursor", "since", "until", "changed_after", "q", "source", "language", "kind", "story", "duplicates", "format", "last_event_id",
           "from", "to", "stage", "reason", "all", "urgency", "near", "topic"]
VALUES = [
    "%00", "a%00b", "%ff%fe", "%C0%AF", "%ED%A0%80", "%", "%zz", "-1", "0", "1e309", "NaN", "18446744073709551616", "9" * 400,
    "9223372036854775807.9223372036854775807", "18446744073709551615.-9223372036854775808", "-9223372036854775808",
    "0000-01-01T00:00:00Z", "-262143-01-01T00:00:00Z", "%2B262142-12-31T23:59:59Z", "9999-12-31T23:59:59.999999999Z",
    "2026-02-30T00:00:00Z", "OTIyMzM3MjAzNjg1NDc3NTgwN3xh", "LTkyMjMzNzIwMzY4NTQ3NzU4MDh8YQ", "MTc5MDAwMDAwMDEyMzQ1NnxhAGI",
    "'%20OR%201=1--", "';DROP%20TABLE%20item;--", "$1", "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "{{7*7}}", "%3Cscript%3E",
    "(((((", "%22%22%22", "a" * 1999, "%F0%9F%92%A9" * 600, "0.1-0.1", "2147483647.9223372036854775807", "-1.5", "0.-1", ",,,,", "",
]
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "FOO"]
AUTH = f"Authorization: Bearer {TOKEN}\r\n"


def ask(head: bytes, body: bytes = b"") -> bytes:
    """Sends bytes as they are; the answer's head, and its body unless it is a live stream."""
    with socket.create_connection((HOST, PORT), timeout=60) as connection:
        connection.sendall(head + body)
        answer = b""
        while True:
            try:
                more = connection.recv(65536)
            except ConnectionResetError:
                return answer
            answer += more
            live = b"text/event-stream" in answer.split(b"\r\n\r\n", 1)[0] and b"connected" in answer
            if not more or live:
                return answer


def request(method: str, target: str, more: str = AUTH, body: bytes = b"", host: str = "localhost") -> bytes:
    length = f"Content-Length: {len(body)}\r\n" if body or method in ("POST", "PUT", "PATCH") else ""
    head = f"{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}{length}\r\n"
    return ask(head.encode("utf-8", "surrogateescape"), body)


asked = 0
wrong = []


def look(what: str, answer: bytes, sent: str = "", allowed: range = range(200, 500)) -> None:
    global asked
    asked += 1
    head, _, body = answer.partition(b"\r\n\r\n")
    words = head.split(b" ", 2)
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
    if status not in allowed:
        wrong.append(f"{what[:200]}: status {status}: {answer[:300]!r}")
    leak = leaks.found(body, unquote_to_bytes(sent))
    if leak:
        wrong.append(f"{what[:200]}: the answer holds {leak!r}")
    # What hyper refuses before it has a request (400, 414, 431 without a body) has none of our headers.
    if status >= 400 and body and what.split(" ")[0] != "HEAD":
        kind = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-type:")]
        html = kind and b"text/html" in kind[0]
        if not html and (not kind or b"application/problem+json" not in kind[0]):
            wrong.append(f"{what[:200]}: an error of type {kind}")
        elif not html and b"chunked" not in head.lower():
            told = json.loads(body)["status"]
            if told != status:
                wrong.append(f"{what[:200]}: the problem says {told}, the answer {status}")


for path in PATHS:
    for value in VALUES:
        if "{}" in path:
            target = path.replace("{}", value or "x")
            look(f"GET {target}", request("GET", target), target)
    for method in METHODS:
        for more in (AUTH, ""):
            target = path.replace("{}", "x")
            look(f"{method} {target}", request(method, target, more), target)
for path in ["/", "/v1/items", "/v1/items/x", "/v1/stories", "/v1/stream"]:
    for name in QUERIES:
        for value in VALUES:
            target = f"{path}?{name}={value}"
            look(f"GET {target}", request("GET", target), target)
for value in VALUES:
    for name in ["Last-Event-ID", "Cookie", "Accept", "X-Forwarded-For", "Origin", "Accept-Encoding", "If-None-Match", "Range"]:
        look(f"{name}: {value}", request("GET", "/v1/items", f"{AUTH}{name}: {value}\r\n"), value)
        look(f"{name}: {value}", request("GET", "/v1/stream", f"{AUTH}{name}: {value}\r\n"), value)
    look(f"Authorization: {value}", request("GET", "/v1/items", f"Authorization: {value}\r\n"), value)
    look(f"Authorization: Bearer {value}", request("GET", "/v1/items", f"Authorization: Bearer {value}\r\n"), value)
for body in [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"reason":1}', b'{"reason":"\\ud800"}', b'{"reason":"a\\u0000"}', b"[" * 9000,
             b'{"reason":"' + b"x" * 20000 + b'"}', b'{"reason":"x","reason":"y"}', b'{"__proto__":{}}']:
    for kind in ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]:
        for path in ["/v1/sources/x/pause", "/v1/sources/x/resume", "/login", "/logout"]:
            more = f"{AUTH}Origin: http://localhost\r\nContent-Type: {kind}\r\n"
            look(f"POST {path} {kind} {body[:40]!r}", request("POST", path, more, body), body.decode("utf-8", "replace"), range(200, 500))
look("a long address", request("GET", "/v1/items?q=" + "x" * 9000), "x", range(414, 415))
look("a very long head", request("GET", "/", "X-A: " + "x" * 200000 + "\r\n"), "x", range(431, 432))
look("many headers", request("GET", "/", "".join(f"X-{n}: y\r\n" for n in range(300))), "x", range(400, 432))
look("no host", ask(f"GET /v1/items HTTP/1.1\r\nConnection: close\r\n{AUTH}\r\n".encode()))
look("HTTP/1.0", ask(f"GET /v1/items HTTP/1.0\r\n{AUTH}\r\n".encode()))
look("no HTTP", ask(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"), "", range(400, 401))
look("two lengths", ask(b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), "", range(400, 401))
look("a length and chunks", ask(b"POST /login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"))
allow = request("DELETE", "/v1/items")
if b"405" not in allow[:20] or b"allow: get" not in allow.lower():
    wrong.append(f"DELETE /v1/items is not answered 405 with Allow: {allow[:300]!r}")

print(f"{asked} strange requests, {len(wrong)} wrong answers")
for line in wrong[:40]:
    print("  " + line)
sys.exit(1 if wrong else 0)
