"""What people write may be formatted, and can do no harm."""

import re

import pytest

from webapp.comments.markdown import names_in, render, words_of


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("**bold** and `lr`", "<p><strong>bold</strong> and <code>lr</code></p>"),
        ("- one\n- two", "<li>one</li>"),
        ("```python\nx = 1\n```", '<code class="language-python"><span class="hl-n">x</span>'),
        ("```nonesuch\nx < 1\n```", '<code class="language-nonesuch">x &lt; 1'),
        ("so $x^2$ falls", '<span class="math-inline"><math display="inline"><mrow><msup><mi>x</mi><mn>2</mn></msup>'),
        ("$$\n\\frac{a}{b}\n$$", '<div class="math-block"><math display="block">'),
        ("it costs $5, or $6", "it costs $5, or $6"),
        ("broken: $\\frac{$", "<code>\\frac{</code>"),
        ("a < b: $a < b$", "<mo>&lt;</mo>"),
        (r"$\text{a<b} < \mbox{c&d}$", "<mtext>a&lt;b</mtext><mo>&lt;</mo>"),
        (r"$\text{a<b} < \mbox{c&d}$", "<mtext>c&amp;d</mtext>"),
        ("![a *plot*](https://example.com/a.png)", '<a href="https://example.com/a.png" '),
        ("![a *plot*](https://example.com/a.png)", ">a plot</a>"),
        ("![](https://example.com/a.png)", ">https://example.com/a.png</a>"),
        ("[![passing](https://example.com/a.svg)](https://example.com)", ">passing</a></p>"),
        ("|a|b|\n|-|-:|\n|1|2|", '<td style="text-align:right">2</td>'),
        ("|a|b|\n|-|-|\n|1|2|", "<td>1</td>"),
        ("[docs](https://example.com)", 'href="https://example.com"'),
        ("one\ntwo", "<br>"),
        ("- [ ] sweep the rate\n- [x] look", '<li class="task">☐ sweep the rate</li>'),
        ("- [ ] sweep the rate\n- [x] **look**", '<li class="task">☑ <strong>look</strong></li>'),
        ("[ ] no list", "<p>[ ] no list</p>"),
        ("see https://example.com/a_(b).", '">https://example.com/a_(b)</a>.</p>'),
        ("(https://example.com/?a=1&b=2)", 'href="https://example.com/?a=1&amp;b=2"'),
        ("`https://example.com`", "<code>https://example.com</code>"),
        ("[https://example.com](https://example.org)", ">https://example.com</a></p>"),
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
    assert words_of("![A plot](https://example.com/a.png)") == "A plot"
    assert words_of("# Seen\n\n**bold** `lr` & [docs](https://example.com) <b>x</b>\n\n- one\n- 1 < 2") == (
        "Seen bold lr & docs <b>x</b> one 1 < 2"
    )


HOSTILE_FORMULAS = [
    r"$\text{<img src=x onerror=alert(1)>}$",
    r"$\text{</mtext></math><script>alert(1)</script>}$",
    r"$$\href{javascript:alert(1)}{x}$$",
    "$" + "{" * 900 + "$",
    "$" + r"\sqrt{" * 160 + "$",
    r"$\style{color:red}{x}$",
]


@pytest.mark.parametrize("body", HOSTILE_FORMULAS)
def test_a_formula_brings_nothing_but_a_formula(body: str) -> None:
    html = render(f"{body}\n\nand after it")
    assert "<img" not in html
    assert "<script" not in html
    assert "href=" not in html
    assert "style=" not in html
    assert html.rstrip().endswith("<p>and after it</p>")


def test_only_our_own_classes_and_styles_survive() -> None:
    html = render('```python"onmouseover="x\nx\n```\n\n```a"b\nx\n```')
    assert "onmouseover" not in html.replace("&quot;", "") or 'onmouseover="' not in html
    assert 'class="language-python"' not in html


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("Hi @ada, and (@Grace.Hopper)!", ["ada", "grace.hopper"]),
        ("mail ada@example.com or see https://example.com/@ada", []),
        ("`@ada` and\n\n```\n@ada\n```", []),
        ("@ada @ada @ADA", ["ada"]),
        ("**@ada** and [@grace](https://example.com)", ["ada", "grace"]),
        ("end of a sentence: @ada.", ["ada"]),
        ('`<span class="mention">@ada</span>`', []),
        ("你好@ada你好", ["ada"]),
    ],
)
def test_mentions_are_names_in_running_text(body: str, names: list[str]) -> None:
    assert names_in(body) == names


def test_only_people_who_are_there_are_marked() -> None:
    html = render("@ada and @nobody", {"ada"})
    assert html == '<p><span class="mention">@ada</span> and @nobody</p>\n'
