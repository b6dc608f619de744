"""What people write may be formatted, and can do no harm."""

import re

import pytest

from webapp.comments.markdown import render, words_of


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("**bold** and `lr`", "<p><strong>bold</strong> and <code>lr</code></p>"),
        ("- one\n- two", "<li>one</li>"),
        ("```python\nx = 1\n```", '<code class="language-python">x = 1'),
        ("|a|b|\n|-|-|\n|1|2|", "<td>1</td>"),
        ("[docs](https://example.com)", 'href="https://example.com"'),
        ("one\ntwo", "<br>"),
    ],
)
def test_markdown_is_formatted(body: str, html: str) -> None:
    assert html in render(body)


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://evil.example/track.png)",
        '<a href="#" onclick="alert(1)">x</a>',
        "<iframe src=https://evil.example></iframe>",
        "<style>body{display:none}</style>",
        "<svg/onload=alert(1)>",
        "[x](vbscript:msgbox(1))",
        '<form action="https://evil.example"><input name=a>',
    ],
)
def test_nothing_that_could_do_harm_is_left(body: str) -> None:
    html = render(body).lower()
    for danger in ("<script", "<img", "<iframe", "<style", "<svg", "<form", "<input"):
        assert danger not in html
    assert not re.search(r"<[^>]*(\son\w+=|href=\"(javascript|data|vbscript))", html)


def test_links_give_nothing_away() -> None:
    assert 'rel="nofollow noopener noreferrer"' in render("[x](https://example.com)")


def test_the_words_of_a_text_have_no_marks() -> None:
    assert words_of("# Seen\n\n**bold** `lr` & [docs](https://example.com) <b>x</b>\n\n- one\n- 1 < 2") == (
        "Seen bold lr & docs <b>x</b> one 1 < 2"
    )
