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


def addresses(page: str) -> list[str]:
    return re.findall(r'(?:href|src)="((?:/static|/modules)/[^"]+)"', page)


def test_every_file_of_a_page_may_be_kept_for_ever(ada: Person) -> None:
    found = addresses(ada.browser.get("/experiments/new").text)
    assert len(found) > 20
    for address in found:
        answer = ada.browser.get(address)
        assert answer.status_code == 200, address
        assert FOR_EVER in answer.headers["Cache-Control"], address


def test_a_module_of_an_older_release_is_answered_but_not_kept(ada: Person) -> None:
    answer = ada.browser.get("/modules/0123456789ab/live.js")
    assert answer.status_code == 200
    assert FOR_EVER not in answer.headers["Cache-Control"]


def test_the_page_that_follows_a_submit_has_its_modules_fetched_ahead(app: Flask, ada: Person) -> None:
    ahead = {address.rsplit("/", 1)[1] for address in addresses(ada.browser.get("/experiments/new").text)}
    scripts = Path(app.static_folder or "") / "js"
    needed, todo = set(), ["experiment.js"]
    while todo:
        name = todo.pop()
        needed.add(name)
        todo += set(re.findall(r'from "\./([^"]+)"', (scripts / name).read_text())) - needed
    assert len(needed) > 10
    assert needed <= ahead


def test_modules_outside_their_folder_are_not_served(ada: Person) -> None:
    for name in ("..%2fcss%2fdescent.css", "nothing.js", "../../wsgi.py"):
        assert ada.browser.get(f"/modules/0123456789ab/{name}").status_code == 404


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
    return re.sub(rb'(value|content)="[^"]{40,}"', b"", page)


def test_a_compressed_file_that_has_not_changed_is_not_sent_again(ada: Person) -> None:
    address = next(a for a in addresses(ada.browser.get("/experiments/new").text) if "bootstrap.min.css" in a)
    wants = {"Accept-Encoding": "br"}
    etag = ada.browser.get(address, headers=wants).headers["ETag"]
    assert ada.browser.get(address, headers={**wants, "If-None-Match": etag}).status_code == 304


def test_no_rule_of_ours_asks_what_an_element_has(app: Flask) -> None:
    """With one ``:has()`` over a page, Chromium works out the styles of all its charts anew for every number that changes."""
    assert ":has(" not in (Path(app.static_folder or "") / "css" / "descent.css").read_text()
