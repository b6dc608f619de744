"""How the pages of the account and of the administration are built."""

from collections.abc import Callable, Iterator
from html.parser import HTMLParser

import pytest
from flask import Flask

from tests.conftest import Person
from webapp.models import Role

EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Cards(HTMLParser):
    """Reads a page: its elements in one another, and the cards that are in a card."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.nested: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_card = "card" in (dict(attrs).get("class") or "").split()
        if is_card and any(card for _, card in self.open):
            self.nested.append(f"line {self.getpos()[0]}")
        if tag not in EMPTY:
            self.open.append((tag, is_card))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass


def pages(app: Flask, person: Person) -> Iterator[str]:
    """The addresses of all, with this person where one is asked for."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if rule.endpoint.startswith(("account.", "admin.")) and "GET" in (rule.methods or set()):
                _, path = rule.build({"user_id": person.id}, append_unknown=False)  # type: ignore[misc]
                yield path


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMINISTRATOR])
def test_no_card_is_within_a_card(app: Flask, person: Callable[..., Person], role: Role) -> None:
    somebody = person("somebody", role)
    for path in pages(app, somebody):
        answer = somebody.browser.get(path)
        if answer.mimetype == "text/html":
            page = Cards()
            page.feed(answer.text)
            assert page.nested == [], path
