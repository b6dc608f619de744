"""Odd values: what numbers, names and texts are not meant to be."""

from typing import Any

NUMBERS = [
    "-1", "0", "-0", "+1", "1_0", "1e3", "1e400", "NaN", "Infinity", "-inf", "0x10", "1.5", "true", "null",
    "2147483647", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "1" * 400, "9" * 5000,
    "1:99999999999999999999-1", "1:5-" + "9" * 30, "5-99999999999999999999", "9" * 5000 + ":5-1", "٣", "²", "９９", "Ⅳ", "߁",
]  # fmt: skip
TEXTS = [
    "", " ", "\x00", "a\x00b", "\ud800", "\udfff\ud800", "\ufffe\uffff", "\u202eabc", "\u0301" * 50, "👩‍👩‍👧", "ǅ", "ß" * 60,
    "\r\nSet-Cookie: evil=1", "\x1b[2J", "\x7f", "\u2028", "a" * 300, "x" * 30_000, "%", "%00", "%s%n", "{{7*7}}", "${7*7}",
    "[]", "{}", "[object Object]", "undefined", "'", '"', "`", "\\", "a,b;c\td", ",,,", "__class__", "constructor",
]  # fmt: skip
PATHS = [
    "../../../../etc/passwd", "..\\..\\secret_key", "/etc/passwd", "....//....//etc/passwd", "%2e%2e%2fsecret_key",
    "uploads/../../secret_key", "file:///etc/passwd", "\\\\host\\share", "CON", "a/b/../../../../descent.sqlite3",
]  # fmt: skip
SQL = [
    "' OR '1'='1", "'; DROP TABLE experiments; --", "1) OR (1=1", "\" OR \"\"=\"", "' UNION SELECT password_hash FROM users --",
    "1; SELECT pg_sleep(9)", "%' ESCAPE '!", "\\'; --", "title ~ \"%' OR 1=1 --\"", "tag:'x' or owner = 'a' or '1'='1'",
    "(SELECT 1/0)", "val/accuracy > 0 UNION SELECT 1", "owner:me'/*", "*/ OR 1=1 /*", "admin'--", "' || (SELECT version()) || '",
]  # fmt: skip
MARKUP = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'><svg onload=alert(1)>", "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>", "<iframe srcdoc='<script>alert(1)</script>'>", "javascript:alert(1)",
    "[a](javascript:alert(1))", "![a](x\"onerror=alert(1))", "<a href=\"javascript:alert(1)\">x</a>", "<svg/onload=alert(1)>",
    "{{constructor.constructor('alert(1)')()}}", "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "</script><script>alert(1)</script>", "<!--><script>alert(1)</script>-->", "<details open ontoggle=alert(1)>",
    "<div hx-get='/logout' hx-trigger='load'>", "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "<style>@import 'x'</style>", "<base href='//evil.example'>", "<meta http-equiv=refresh content='0;url=//evil.example'>",
]  # fmt: skip
WORDS = [*TEXTS, *PATHS, *SQL, *MARKUP]
EVERYTHING = [*NUMBERS, *WORDS]

JSON: list[bytes] = [
    b"", b"null", b"true", b"1", b'"text"', b"[]", b"{}", b"{", b'{"a":', b"NaN", b'{"title": NaN}', b'{"title": Infinity}',
    b'{"title": "a", "title": 1}', b'{"title": "\\ud800"}', b'{"title": "\\u0000"}', b'{"spec": {"epochs": 1e400}}',
    b'{"title": 1' + b"0" * 400 + b"}", b"[" * 100_000, b'{"a":' * 100_000, b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}",
    b'{"title": "\xed\xa0\x80"}', b'{"title": ["x"]}', b'{"title": {"$ne": 1}}', b'{"__proto__": {"admin": true}}',
    b'{"tags": ["a", null, 3]}', b'{"tags": "abc"}', b'{"tags": {"a": 1}}', b'{"default": "yes"}', b'{"columns": 99999999999999999999}',
    b'{"title": "' + b"a" * (10 << 20) + b'"}',
]  # fmt: skip


def odd_leaves() -> list[Any]:
    """Odd values within JSON."""
    return [
        None, True, [], {}, [[]], {"kind": {}}, -1, 2**31, 2**63, 2**64, 10**400, 1.5, 1e308, "", "\x00", "a\x00b", "nan", "1" * 5000,
        "x" * 5000, "٣", [1] * 1000, {"a": {"a": {"a": {}}}}, *PATHS[:3], *MARKUP[:2],
    ]  # fmt: skip
