"""The reference: every declared part with every field, and ways to it and from it."""

import html
import re

import pytest
from pydantic import BaseModel

from dlcore.part import Part
from tests.conftest import Person
from tests.dlcore.test_parts import PARTS
from webapp.parts.declared import declared_models, declared_parts
from webapp.parts.reference import Entry, Row, anchor_of, chapters

ENTRIES = {entry.anchor: entry for chapter in chapters() for entry in chapter.entries}
MODELS = declared_models()
OF_ONES_OWN = {
    "data-csv",
    "data-npz",
    "data-image_folder",
    "loss-multilabel_hinge",
    "loss-multilabel_logistic",
}  # a path is asked for


def row_of(anchor: str, name: str) -> Row:
    return next(row for row in ENTRIES[anchor].rows if row.name == name)


def articles(page: str) -> dict[str, str]:
    """The text of each article by its anchor, without tags."""
    found = re.findall(r'<article class="part card" id="([^"]+)".*?>(.*?)</article>', page, re.S)
    return {anchor: html.unescape(re.sub(r"<[^>]+>", " ", text)) for anchor, text in found}


@pytest.fixture
def page(ada: Person) -> str:
    answer = ada.browser.get("/parts")
    assert answer.status_code == 200
    return answer.text


def test_every_part_that_is_declared_can_be_in_a_spec_and_is_in_the_reference() -> None:
    assert set(declared_parts()) == set(PARTS)
    assert {part.anchor() for part in PARTS} <= ENTRIES.keys()
    assert len(ENTRIES) == len(MODELS)


def test_the_page_shows_every_part_with_every_field_and_its_help(page: str) -> None:
    shown = articles(page)
    assert shown.keys() == ENTRIES.keys()
    for model in MODELS:
        text = shown[anchor_of(model)]
        for name, info in model.model_fields.items():
            if name != "kind":
                assert f" {name} " in text, (model, name)
                assert (info.description or "") in text, (model, name)


def test_the_page_shows_names_kinds_and_whole_docstrings(page: str) -> None:
    shown = articles(page)
    for part in PARTS:
        words = " ".join(shown[part.anchor()].split())
        assert part.name() in words
        assert all(kind in words for kind in part.kinds())
        for line in (part.__doc__ or "").replace("``", "").splitlines():
            assert " ".join(line.split()) in words, part


def test_links_within_the_page_lead_somewhere(page: str) -> None:
    anchors = set(re.findall(r'id="([^"]+)"', page))
    links = re.findall(r'href="#([^"]+)"', page)
    assert len(links) > len(ENTRIES)
    assert set(links) <= anchors


def test_anchors_are_unique(page: str) -> None:
    anchors = re.findall(r' id="([^"]+)"', page)
    assert len(anchors) == len(set(anchors))


@pytest.mark.parametrize(
    ("anchor", "field", "wants", "range", "default"),
    [
        ("optimizer-adam", "lr", "number", "between 1e-8 and 10, log scale", "0.001"),
        ("optimizer-adam", "beta1", "number", "at least 0 and less than 1", "0.9"),
        ("network-mlp", "hidden", "whole numbers", "between 1 and 65,536", "100"),
        ("network-mlp", "batch_norm", "yes or no", "", "no"),
        ("layer-conv", "width", "whole number, or empty", "between 1 and 31", "empty"),
        ("data-digits", "split", "split", "", "its defaults"),
        ("data-digits", "preprocess", "list of preprocessing", "", "Standardise"),
        ("data-digits", "augment", "list of augmentation", "", "none"),
        ("spec-spec", "optimizer", "optimizer", "", "Momentum"),
        ("spec-spec", "data", "data", "", "must be given"),
        ("spec-spec", "device", "one of auto, cpu, cuda", "", "auto"),
        ("regularisation-clip_norm", "c", "number", "more than 0 and 1e6, log scale", "5"),
    ],
)
def test_a_field_says_what_it_wants_its_range_and_its_default(
    anchor: str, field: str, wants: str, range: str, default: str
) -> None:
    row = row_of(anchor, field)
    assert (row.wants, row.range, row.default) == (wants, range, default)


def test_groups_of_fields_that_are_no_parts_are_there_too() -> None:
    groups = [model for model in MODELS if not issubclass(model, Part)]
    assert {model.__name__ for model in groups} >= {"Spec", "Split", "Monitor"}
    assert all(issubclass(model, BaseModel) and anchor_of(model) in ENTRIES for model in groups)


def test_the_form_and_the_footer_lead_to_the_reference(ada: Person) -> None:
    form = ada.browser.get("/experiments/new").text
    assert 'href="/parts"' in form
    for anchor in ("data-digits", "network-softmax", "loss-softmax", "preprocessing-standardise"):
        assert f'href="/parts#{anchor}"' in form
    swapped = ada.browser.post("/experiments/new/section?path=optimizer", data={"optimizer.kind": "adam"}).text
    assert 'href="/parts#optimizer-adam"' in swapped


def usable() -> list[Entry]:
    return [entry for entry in ENTRIES.values() if entry.usable]


def test_use_it_begins_a_form_with_the_part_in_a_spec_that_it_fits_into(ada: Person) -> None:
    for entry in usable():
        page = ada.browser.get(f"/experiments/new?part={entry.anchor}").text
        assert f'href="/parts#{entry.anchor}"' in page
        assert ("to mend before it can start" in page) == (entry.anchor in OF_ONES_OWN), entry.anchor


def test_every_family_of_the_specs_own_fields_can_be_begun_with() -> None:
    families = {entry.anchor.split("-", 1)[0] for entry in usable()}
    assert families == {"data", "network", "initialisation", "loss", "optimizer", "schedule", "regularisation"}


@pytest.mark.parametrize("anchor", ["nothing", "layer-conv", "optimizer-", "optimizer"])
def test_a_part_that_no_form_begins_with_is_not_found(ada: Person, anchor: str) -> None:
    assert ada.browser.get(f"/experiments/new?part={anchor}").status_code == 404
