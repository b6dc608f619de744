"""Markdown of people, as HTML that can do no harm: with tables, code in colours, formulas and mentions, and without a script."""

import re
from collections.abc import Collection, Sequence
from html import escape, unescape
from typing import Literal

import nh3
from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

LONGEST_FORMULA = 1000
MOST_HIGHLIGHTED = 3_000  # the time that some languages take grows with the square of it
LANGUAGES = {
    "bash", "c", "console", "cpp", "css", "cuda", "diff", "go", "html", "ini", "javascript", "js", "json", "julia", "latex",
    "markdown", "numpy", "py", "python", "pycon", "pytb", "r", "rust", "sh", "shell", "sql", "tex", "toml", "ts",
    "typescript", "xml", "yaml", "yml",
}  # fmt: skip
MENTION = re.compile(r"(?<![\w@/.-])@([a-z0-9][a-z0-9_.-]{1,38}[a-z0-9])(?![\w@])", re.IGNORECASE | re.ASCII)
ADDRESS = re.compile(r'(?<![\w@/.-])https?://[^\s<>"“”。，、；：！？）】]+', re.IGNORECASE | re.ASCII)
TASK = re.compile(r"\[([ xX])\] +")
AFTER_ADDRESS = ".,;:!?'*_~"
WORDS = re.compile(r"(\\(?:text[a-z]*|mbox|hbox)\s*\{[^{}]*\})")  # in a formula
HTML_TAGS = {
    "p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "s", "blockquote", "code", "pre", "ul", "ol", "li",
    "a", "table", "thead", "tbody", "tr", "th", "td", "span", "div",
}  # fmt: skip
MATH_TAGS = {
    "math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "msub", "msup", "msubsup", "munder", "mover", "munderover",
    "mfrac", "msqrt", "mroot", "mtable", "mtr", "mtd", "mstyle", "mpadded", "mphantom", "menclose", "mmultiscripts",
}  # fmt: skip
MATH_ATTRIBUTES = {
    "display", "mathvariant", "stretchy", "fence", "form", "separator", "accent", "linethickness", "columnalign", "rowspacing",
    "columnspacing", "minsize", "maxsize", "lspace", "rspace", "width", "height", "depth", "notation", "displaystyle", "scriptlevel",
}  # fmt: skip
CLASSES = {
    "code": re.compile(r"language-[\w+#.-]{1,30}"),
    "span": re.compile(r"mention|math-inline|(hl-[a-z0-9]+ ?)+"),
    "div": re.compile(r"math-block"),
    "li": re.compile(r"task"),
}
ATTRIBUTES = {
    "a": {"href", "title"}, "code": {"class"}, "span": {"class"}, "div": {"class"}, "li": {"class"},
    "ol": {"start"}, "th": {"style"}, "td": {"style"},
    **dict.fromkeys(MATH_TAGS, MATH_ATTRIBUTES),
}  # fmt: skip
ALIGNED = re.compile(r"text-align:(left|right|center)")
_formatter = HtmlFormatter(nowrap=True, classprefix="hl-")


def coloured(code: str, language: str, _attributes: str) -> str:
    """Code with the classes of what its words are; nothing, so that it stays as it is, in a language that is not among ours."""
    if language.lower() not in LANGUAGES or len(code) > MOST_HIGHLIGHTED:
        return ""
    return highlight(code, get_lexer_by_name(language.lower()), _formatter)


def formula(content: str, display: Literal["inline", "block"]) -> str:
    """LaTeX as MathML, which browsers draw by themselves; as it was written where it cannot be read.

    What ``\\text`` holds is not escaped by the converter, so that each formula is made whole, and harmless, by itself.
    """
    if len(content) <= LONGEST_FORMULA:
        try:
            made = convert("".join(readable(part) for part in WORDS.split(content.strip())), display=display)
            return nh3.clean(made, tags=MATH_TAGS, attributes=dict.fromkeys(MATH_TAGS, MATH_ATTRIBUTES))
        except (Exception, RecursionError):  # noqa: S110 - whatever the reader of LaTeX stumbles on, the source is shown
            pass
    return f"<code>{escape(content)}</code>"


def readable(part: str) -> str:
    """A part of a formula as the converter can take it: it escapes neither signs nor the words in between."""
    if WORDS.fullmatch(part):
        return escape(part, quote=False)
    return part.replace("<", r"\lt ").replace(">", r"\gt ")


def address_rule(state: StateCore) -> None:
    """Addresses in running text become links, as they are on other sites; those that stand in links already stay."""
    for block in state.tokens:
        depth, pieces = 0, []
        for child in block.children or ():
            depth += child.nesting if child.type in ("link_open", "link_close") else 0
            pieces += [child] if depth else with_links(child)
        if block.type == "inline":
            block.children = pieces


def with_links(token: Token) -> list[Token]:
    """A token of text cut at the addresses in it."""
    if token.type != "text" or "://" not in token.content:
        return [token]
    pieces, end = [], 0
    for found in ADDRESS.finditer(token.content):
        address = trimmed(found[0])
        opened = Token("link_open", "a", 1, attrs={"href": address})
        words = Token("text", "", 0, content=address, meta={"linked": True})
        pieces += [text_token(token.content[end : found.start()]), opened, words, Token("link_close", "a", -1)]
        end = found.start() + len(address)
    return [*pieces, text_token(token.content[end:])]


def trimmed(address: str) -> str:
    """Without what belongs to the sentence around it: its stop, and a bracket that was opened before the address."""
    while True:
        shorter = address.rstrip(AFTER_ADDRESS)
        for opening, closing in ("()", "[]", "{}"):
            if shorter.endswith(closing) and shorter.count(opening) < shorter.count(closing):
                shorter = shorter[:-1]
        if shorter == address:
            return address
        address = shorter


def task_rule(state: StateCore) -> None:
    """``- [ ] to do`` and ``- [x] done``, as they are on other sites: a box in the place of the bullet."""
    for item, paragraph, block in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if item.type != "list_item_open" or paragraph.type != "paragraph_open" or not block.children:
            continue
        words = block.children[0]
        if words.type == "text" and (found := TASK.match(words.content)):
            item.attrSet("class", "task")
            words.content = ("☐ " if found[1] == " " else "☑ ") + words.content[found.end() :]


def mention_rule(state: StateCore) -> None:
    """@names in running text become spans; those in code, addresses and formulas are other kinds of tokens."""
    known: Collection[str] | None = state.env.get("mentioned")
    for block in state.tokens:
        if block.type == "inline" and block.children:
            block.children = [piece for child in block.children for piece in with_mentions(child, known)]


def with_mentions(token: Token, known: Collection[str] | None) -> list[Token]:
    """A token of text cut at the mentions in it: of these people, or where it is not known who there is, of anybody."""
    if token.type != "text" or "@" not in token.content or token.meta:
        return [token]
    pieces, end = [], 0
    for found in MENTION.finditer(token.content):
        if known is not None and found[1].lower() not in known:
            continue
        pieces += [text_token(token.content[end : found.start()]), Token("html_inline", "", 0)]
        pieces[-1].content = f'<span class="mention">{escape(found[0])}</span>'
        end = found.end()
    return [*pieces, text_token(token.content[end:])]


def text_token(content: str) -> Token:
    """A piece of running text."""
    token = Token("text", "", 0)
    token.content = content
    return token


_plain = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).enable(["table", "strikethrough"])
_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True, "highlight": coloured}).enable(
    ["table", "strikethrough"]
)
_markdown.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True)
_markdown.core.ruler.push("tasks", task_rule)
_markdown.core.ruler.push("addresses", address_rule)
_markdown.core.ruler.push("mentions", mention_rule)
for reader in (_plain, _markdown):
    reader.add_render_rule("image", lambda self, tokens, i, options, env: named(tokens, i))
_markdown.add_render_rule("math_inline", lambda self, tokens, i, options, env: in_line(tokens[i].content))
_markdown.add_render_rule("math_inline_double", lambda self, tokens, i, options, env: by_itself(tokens[i].content))
_markdown.add_render_rule("math_block", lambda self, tokens, i, options, env: by_itself(tokens[i].content))


def named(tokens: Sequence[Token], i: int) -> str:
    """A picture, which nobody's browser fetches unasked: what it is called, as a link to it."""
    address = str(tokens[i].attrs["src"])
    words = (" " if inner.type.endswith("break") else inner.content for inner in tokens[i].children or ())
    name = escape("".join(words) or address)
    is_in_link = sum(token.nesting for token in tokens[:i] if token.type in ("link_open", "link_close")) > 0
    return name if is_in_link else f'<a href="{escape(address)}">{name}</a>'


def in_line(content: str) -> str:
    """A formula in a line."""
    return f'<span class="math-inline">{formula(content, "inline")}</span>'


def by_itself(content: str) -> str:
    """A formula that stands by itself, and scrolls where it is too wide."""
    return f'<div class="math-block">{formula(content, "block")}</div>'


def kept(tag: str, attribute: str, value: str) -> str | None:
    """An attribute's value, where it is one that we write."""
    if attribute == "class":
        return value if tag in CLASSES and CLASSES[tag].fullmatch(value) else None
    if attribute == "style":
        return value if ALIGNED.fullmatch(value) else None
    return value


def render(body: str, mentioned: Collection[str] | None = None) -> str:
    """HTML of a Markdown text: no scripts, styles, pictures from elsewhere or links but to http, https and mailto."""
    return nh3.clean(
        _markdown.render(body, {"mentioned": mentioned}),
        tags=HTML_TAGS | MATH_TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=kept,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
    )


def names_in(body: str) -> list[str]:
    """The names that a text mentions, once each, in small letters."""
    tokens = _markdown.parse(body, {"mentioned": None})
    spans = (child.content for token in tokens for child in token.children or () if child.type == "html_inline")
    return list(dict.fromkeys(unescape(nh3.clean(text, tags=set())).lstrip("@").lower() for text in spans))


def words_of(body: str) -> str:
    """A Markdown text as it reads without its marks, on one line."""
    return " ".join(unescape(nh3.clean(_plain.render(body), tags=set())).split())
