"""Static files are kept for ever by browsers, and asked for anew when they change."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from flask import Flask

from tests.conftest import Person

FOR_EVER = "immutable"
RUN = re.compile(r"\{% block modules %\}([^{]+)\{% endblock %\}")


def addresses(page: str) -> list[str]:
    return re.findall(r'(?:href|src)="((?:/static|/modules)/[^"]+)"', page)


def test_every_file_of_a_page_may_be_kept_for_ever(ada: Person) -> None:
    found = addresses(ada.browser.get("/experiments/new").text)
    assert len(found) > 6
    for address in found:
        answer = ada.browser.get(address)
        assert answer.status_code == 200, address
        assert FOR_EVER in answer.headers["Cache-Control"], address


def test_modules_of_an_older_release_are_answered_but_not_kept(ada: Person) -> None:
    answer = ada.browser.get("/modules/0123456789ab.js")
    assert answer.status_code == 200
    assert FOR_EVER not in answer.headers["Cache-Control"]


def test_all_pages_have_their_modules_in_one_file_so_that_the_next_page_has_them_already(ada: Person) -> None:
    files = {
        address
        for page in ("/", "/experiments", "/experiments/new", "/parts")
        for address in addresses(ada.browser.get(page).text)
        if "/modules/" in address
    }
    assert len(files) == 1


def test_a_page_says_which_of_the_modules_it_is_for(app: Flask, ada: Person) -> None:
    scripts = Path(app.static_folder or "") / "js"
    templates = Path(app.root_path).rglob("*.html")
    said = [name for path in templates for names in RUN.findall(path.read_text()) for name in names.split()]
    assert len(said) > 8
    assert [name for name in said if not (scripts / name).is_file()] == []
    assert 'data-run="table.js search-box.js sparklines.js"' in ada.browser.get("/experiments").text


@pytest.mark.parametrize(("encoding", "unpacked"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_files_pages_and_data_are_sent_compressed(
    ada: Person, encoding: str, unpacked: Callable[[bytes], bytes]
) -> None:
    address = next(a for a in addresses(ada.browser.get("/experiments/new").text) if "bootstrap.min.css" in a)
    for path in (address, "/experiments/new", "/api/v1/parts"):
        plain = ada.browser.get(path)
        packed = ada.browser.get(path, headers={"Accept-Encoding": encoding})
        assert packed.headers["Content-Encoding"] == encoding
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert len(packed.data) < len(plain.data) / 2
        assert csrf_free(unpacked(packed.data)) == csrf_free(plain.data)


def csrf_free(page: bytes) -> bytes:
    """Every answer has tokens of its own."""
    return re.sub(rb'(value=|content=|"X-CSRFToken": )"[^"]{40,}"', b"", page)


def test_a_compressed_file_that_has_not_changed_is_not_sent_again(ada: Person) -> None:
    address = next(a for a in addresses(ada.browser.get("/experiments/new").text) if "bootstrap.min.css" in a)
    wants = {"Accept-Encoding": "br"}
    etag = ada.browser.get(address, headers=wants).headers["ETag"]
    assert ada.browser.get(address, headers={**wants, "If-None-Match": etag}).status_code == 304


def test_no_rule_of_ours_asks_what_an_element_has(app: Flask) -> None:
    """With one ``:has()`` over a page, Chromium works out the styles of all its charts anew for every number that changes."""
    assert ":has(" not in (Path(app.static_folder or "") / "css" / "descent.css").read_text()
