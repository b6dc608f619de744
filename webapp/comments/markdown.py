"""Markdown of people, as HTML that can do no harm."""

from html import unescape

import nh3
from markdown_it import MarkdownIt

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).enable(
    ["table", "strikethrough"]
)
TAGS = {
    "p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "s", "blockquote", "code", "pre", "ul", "ol", "li",
    "a", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "code": {"class"}, "ol": {"start"}}


def render(body: str) -> str:
    """HTML of a Markdown text: no scripts, styles, pictures from elsewhere or links but to http, https and mailto."""
    return nh3.clean(
        _markdown.render(body),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
    )


def words_of(body: str) -> str:
    """A Markdown text as it reads without its marks, on one line."""
    return " ".join(unescape(nh3.clean(_markdown.render(body), tags=set())).split())
