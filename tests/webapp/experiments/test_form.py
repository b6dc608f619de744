"""The generated form: every field is there, mistakes are at their field, and both sides of it tell the same."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from dlcore.recipes import recipes
from dlcore.spec import Spec
from dlcore.validation import parse_spec
from tests.conftest import DIGITS, Person, Store
from webapp.experiments.form_data import read_form
from webapp.experiments.spec_form import Section, section_at, spec_section
from webapp.models import Experiment


def fields_of(section: Section) -> MultiDict[str, str]:
    """What a browser would send of a section."""
    sent: MultiDict[str, str] = MultiDict()
    if section.kind:
        sent[f"{section.path}.kind"] = section.kind
    for field in section.form:
        if field.type == "BooleanField":
            if field.data:
                sent[field.name] = "y"
        else:
            sent[field.name] = str(field._value() if hasattr(field, "_value") else field.data)
    for inner in [*section.sections, *(item for part in section.lists for item in part.items)]:
        sent.update(fields_of(inner))
    return sent


def form_of(spec: Spec) -> MultiDict[str, str]:
    """What a browser would send of the form that shows ``spec``."""
    return fields_of(spec_section(spec.model_dump(mode="json"), {}))


@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: recipe.name)
def test_the_form_says_what_the_spec_says(recipe: Any) -> None:
    submitted = read_form(form_of(recipe.spec))
    assert not submitted.missing
    assert parse_spec(submitted.data) == recipe.spec


@pytest.fixture
def filled() -> MultiDict[str, str]:
    """The form of the small spec, ready to be sent."""
    form = form_of(parse_spec(DIGITS))
    form.update({"title": "From the form", "description": "", "tags": "a, b"})
    return form


def test_a_form_may_start_from_a_trials_weights(ada: Person, submit: Callable[..., Experiment]) -> None:
    experiment = submit(ada, "Base")
    trial = experiment.trials[0].id
    page = ada.browser.get(f"/experiments/new?clone={experiment.id}&start={trial}").text
    assert f"From trial {trial}: Base" in page
    assert re.search(rf'name="start.trial"[^>]*value="{trial}"', page)


def test_a_trial_that_is_not_there_cannot_be_started_from(
    ada: Person, store: Store, filled: MultiDict[str, str]
) -> None:
    filled["start.trial"] = "4711"
    answer = ada.browser.post("/experiments/new", data=filled)
    assert answer.status_code == 422
    assert "There is no trial 4711 to start from." in answer.text
    assert not store.scalars(select(Experiment)).all()


def test_a_form_makes_an_experiment(ada: Person, store: Store, filled: MultiDict[str, str]) -> None:
    answer = ada.browser.post("/experiments/new", data=filled)
    assert answer.status_code == 302
    made: Experiment = store.get_one(Experiment, int(answer.location.rsplit("/", 1)[1]))
    assert made.title == "From the form"
    assert made.spec == parse_spec(DIGITS).model_dump(mode="json")
    assert [tag.name for tag in made.tags] == ["a", "b"]


@pytest.mark.parametrize("name", ["epochs", "optimizer.lr", "optimizer.kind", "data.split.validation", "device"])
def test_a_field_that_did_not_arrive_is_an_error(ada: Person, filled: MultiDict[str, str], name: str) -> None:
    del filled[name]
    answer = ada.browser.post("/experiments/new", data=filled)
    assert answer.status_code == 422
    assert "did not arrive" in answer.text


def test_an_empty_optional_field_is_its_default_and_another_is_an_error(
    ada: Person, filled: MultiDict[str, str]
) -> None:
    assert filled["data.train_size"] == ""
    filled["epochs"] = ""
    answer = ada.browser.post("/experiments/new", data=filled)
    assert answer.status_code == 422
    assert "Epochs must be a whole number" in answer.text
    assert "Training examples" not in answer.text.split("form-problems")[1].split("</div>")[0]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("optimizer.lr", "100", "Learning rate must be between 1e-8 and 10; you entered 100."),
        ("optimizer.lr", "fast", "must be a number"),
        ("optimizer.kind", "sgdd", "Did you mean sgd?"),
        ("epochs", "1e9", "whole number"),
        ("batch_size", "0", "between 1 and 65,536"),
        ("data.split.validation", "0.95", "between 0 and 0.9"),
        ("title", "", "give the experiment a title"),
        ("title", "x" * 300, "at most 200"),
        ("tags", "two words!", "is not"),
        ("description", "x" * 10_000_000, "at most 20,000"),
    ],
)
def test_a_mistake_is_shown_and_nothing_typed_is_lost(
    ada: Person, store: Store, filled: MultiDict[str, str], name: str, value: str, words: str
) -> None:
    filled[name] = value
    answer = ada.browser.post("/experiments/new", data=filled)
    assert answer.status_code == 422
    assert words in answer.text.replace("&#39;", "'")
    assert "From the form" in answer.text or name == "title"
    assert store.query(Experiment).count() == 0


def test_another_kind_brings_its_own_fields_and_keeps_what_means_the_same() -> None:
    data = {"optimizer": {"kind": "momentum", "lr": "0.5", "momentum": "0.7"}}
    section = section_at("optimizer", "nesterov", data)
    assert section is not None
    values = {field.name: field.data for field in section.form}
    assert values == {"optimizer.lr": "0.5", "optimizer.momentum": "0.7"}
    adam = section_at("optimizer", "adam", data)
    assert adam is not None
    assert {field.name: field.data for field in adam.form}["optimizer.lr"] == 0.001  # its default is another


def test_layers_are_added_moved_and_removed(ada: Person) -> None:
    form = form_of(
        parse_spec({**DIGITS, "network": {"kind": "convnet", "layers": [{"kind": "relu"}, {"kind": "tanh"}]}})
    )

    def kinds(page: str) -> list[str]:
        found = re.findall(r'name="network\.layers\.\d+\.kind".*?</select>', page, re.S)
        return [re.search(r'value="(\w+)" selected', select)[1] for select in found]  # type: ignore[index]

    form["network.layers.add"] = "dropout"
    page = ada.browser.post("/experiments/new/list?path=network.layers&action=add", data=form).text
    assert kinds(page) == ["relu", "tanh", "dropout"]
    page = ada.browser.post("/experiments/new/list?path=network.layers&action=up&position=1", data=form).text
    assert kinds(page) == ["tanh", "relu"]
    page = ada.browser.post("/experiments/new/list?path=network.layers&action=remove&position=0", data=form).text
    assert kinds(page) == ["tanh"]


@pytest.mark.parametrize(
    "path",
    ["nothing", "optimizer.lr", "network.layers", "data.preprocess.9.x", "regularisation.²", "__class__", ""],
)
def test_a_path_that_is_none_is_refused(ada: Person, filled: MultiDict[str, str], path: str) -> None:
    assert ada.browser.post(f"/experiments/new/section?path={path}", data=filled).status_code == 422
    assert ada.browser.post(f"/experiments/new/list?path={path}&action=add", data=filled).status_code == 422


def test_the_preview_shows_layers_and_problems(ada: Person, filled: MultiDict[str, str]) -> None:
    good = ada.browser.post("/experiments/new/preview", data=filled).text
    assert "650" in good
    filled["optimizer.lr"] = "100"
    assert "between 1e-8 and 10" in ada.browser.post("/experiments/new/preview", data=filled).text


def test_yaml_fills_the_form(ada: Person) -> None:
    text = yaml.safe_dump({"data": {"kind": "moons"}, "network": {"kind": "mlp", "hidden": [3, 4]}, "epochs": 7})
    page = ada.browser.post("/experiments/new/yaml", data={"yaml": text}).text
    assert 'value="3, 4"' in page
    assert 'name="epochs"' in page
    assert "fc2" in page


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("data: [", "not YAML in line"),
        ("{data: {kind: digits}, network: {kind: mlp}, epochs: 0}", "between 1"),
        ("just text", "mapping"),
        ("", "mapping"),
        ("a: &x [1]\nb: *x", "aliases"),
        ("!!python/object/apply:os.system ['true']", "not YAML"),
        ("x" * 300_000, "at most 200,000"),
    ],
)
def test_yaml_that_is_wrong_says_why(ada: Person, text: str, words: str) -> None:
    answer = ada.browser.post("/experiments/new/yaml", data={"yaml": text})
    assert answer.status_code == 422
    assert words in answer.text


def test_a_clone_begins_with_everything(ada: Person, submit: Callable[..., Experiment]) -> None:
    made = submit(ada, "The first", {**DIGITS, "epochs": 17}, tags=["baseline"])
    page = ada.browser.get(f"/experiments/new?clone={made.id}").text
    assert 'value="The first (copy)"' in page
    assert 'value="17"' in page
    assert "baseline" in page
    assert ada.browser.get("/experiments/new?clone=999").status_code == 404
    assert ada.browser.get("/experiments/new?recipe=nothing").status_code == 404
