"""The test part: used at the end or on request, with the same numbers, and what was wrong on it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from dlcore import examine as examination
from dlcore.checkpoint import tensors
from dlcore.data.prepare import prepare, raw_test_part
from dlcore.errors import DatasetError, DatasetMissing
from dlcore.events import Checkpoint, Event, Picture, Report, Results, Text
from dlcore.findings import of_labels
from dlcore.losses.multilabel_logistic import MultilabelLogistic
from dlcore.spec import Spec
from dlcore.tasks.multilabel import Multilabel
from dlcore.testing import use_test_part
from dlcore.train import train
from dlcore.validation import parse_spec

DIGITS: dict[str, Any] = {"data": {"kind": "digits"}, "network": {"kind": "softmax"}, "epochs": 2}
TABLE: dict[str, Any] = {"data": {"kind": "wine"}, "network": {"kind": "softmax"}, "epochs": 1}
NUMBERS: dict[str, Any] = {
    "data": {"kind": "diabetes"},
    "network": {"kind": "mlp", "hidden": [8]},
    "loss": {"kind": "squared_error"},
    "optimizer": {"kind": "sgd", "lr": 0.05},
}


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def spec_of(given: dict[str, Any], **changes: Any) -> Spec:
    return parse_spec({**given, **changes})


def last(events: Sequence[Event], kind: type) -> Any:
    return [event for event in events if isinstance(event, kind)][-1]


def picture_of_errors(events: Sequence[Event]) -> Picture:
    return next(event for event in events if isinstance(event, Picture) and event.kind == "errors")


def on_request(given: dict[str, Any], **changes: Any) -> tuple[list[Event], list[Event]]:
    """The events of a training that leaves the test part alone, and of its use afterwards."""
    spec = spec_of(given, test="on_request", **changes)
    trained = list(train(spec))
    return trained, list(use_test_part(spec, spec.seed, last(trained, Checkpoint)))


@pytest.mark.parametrize("given", [DIGITS, TABLE, NUMBERS], ids=["digits", "wine", "diabetes"])
def test_at_the_end_or_on_request_the_same_is_found(given: dict[str, Any]) -> None:
    at_end = list(train(spec_of(given)))
    trained, tested = on_request(given)
    assert not any(isinstance(event, Report) for event in trained)
    assert not any(key.startswith("test") for key in last(trained, Results).values)
    assert last(tested, Report) == last(at_end, Report)
    results = last(at_end, Results).values
    assert last(tested, Results).values == {key: value for key, value in results.items() if key.startswith("test/")}
    json.dumps(last(tested, Report).content, allow_nan=False)


def test_the_report_counts_what_a_plain_forward_pass_says() -> None:
    spec = spec_of(DIGITS)
    events = list(train(spec))
    content = last(events, Report).content
    part = prepare(spec.data, spec.seed).test
    model = spec.network.build(spec.data.network_shape, 10).eval()
    model.load_state_dict(tensors(last(events, Checkpoint).arrays, "model/"))
    with torch.no_grad():
        scores = model(torch.from_numpy(part.inputs)).double().numpy()
    said = scores.argmax(1)
    expected = np.zeros((10, 10), int)
    np.add.at(expected, (part.labels, said), 1)
    assert content["confusion"] == expected.tolist()
    assert content["metrics"]["test/accuracy"] == pytest.approx((said == part.labels).mean())
    assert content["examples"] == len(part.labels) == 179
    assert [m["index"] for m in content["worst"]] == sorted(
        np.flatnonzero(said != part.labels), key=lambda i: -(np.exp(scores[i] - scores[i].max()).sum() ** -1)
    )


def test_the_tiles_are_the_raw_pictures_of_the_mistakes() -> None:
    spec = spec_of(DIGITS)
    events = list(train(spec))
    content, picture = last(events, Report).content, picture_of_errors(events)
    raw = raw_test_part(spec.data, spec.seed)
    assert raw.inputs.dtype == np.uint8
    assert content["tiles"] == picture.details
    assert content["tiles"]["tiles"] == len(content["worst"])
    tile = picture.pixels[:8, 8:16].astype(float)
    assert np.array_equal(tile, np.rint(raw.inputs[content["worst"][1]["index"], 0].astype(float) * 255 / 16))


def test_a_row_of_numbers_is_shown_with_the_names_of_its_columns() -> None:
    spec = spec_of(TABLE, optimizer={"kind": "sgd", "lr": 1e-6}, data={"kind": "wine", "split": {"test": 0.4}})
    events = list(train(spec))
    content = last(events, Report).content
    raw = raw_test_part(spec.data, spec.seed)
    assert content["worst"]
    for mistake in content["worst"]:
        assert mistake["row"] == raw.inputs[mistake["index"]].astype(float).tolist()
    assert content["features"] == list(spec.data.feature_names)
    assert not any(isinstance(event, Picture) and event.kind == "errors" for event in events)


def test_regression_is_told_in_the_datas_own_units() -> None:
    spec = spec_of(NUMBERS)
    content = last(list(train(spec)), Report).content
    raw = raw_test_part(spec.data, spec.seed)
    mistake = content["worst"][0]
    assert mistake["wanted"] == raw.labels[mistake["index"], 0]
    assert mistake["error"] == pytest.approx(mistake["said"] - mistake["wanted"])
    assert content["per_target"][0]["mae"] == pytest.approx(content["metrics"]["test/mae"], rel=1e-5)
    assert content["per_target"][0]["r2"] == pytest.approx(content["metrics"]["test/r2"], rel=1e-4)
    assert content["pairs"][0]["wanted"] == raw.labels[:, 0].tolist()


def test_an_svm_gives_margins_and_softmax_probabilities() -> None:
    assert last(list(train(spec_of(DIGITS))), Report).content["confidence"] == "probability"
    content = last(list(train(spec_of(DIGITS, loss={"kind": "svm"}))), Report).content
    assert content["confidence"] == "score margin"
    assert content["worst"][0]["confidence"] > 0


def test_labels_that_may_hold_together_are_told_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path))
    numbers = np.random.default_rng(0).normal(size=(200, 3)).round(3)
    lines = [f"{a},{b},{c},{int(a > 0)},{int(a + c > 0)}" for a, b, c in numbers]
    (tmp_path / "t.csv").write_text("\n".join(["a,b,c,first,both", *lines]))
    data = {"kind": "csv", "path": "t.csv", "predict": "multilabel", "targets": "first, both"}
    spec = spec_of(TABLE, data=data, loss={"kind": "multilabel_logistic"})
    content = last(list(train(spec)), Report).content
    raw = raw_test_part(spec.data, spec.seed)
    assert [row["name"] for row in content["per_class"]] == ["first", "both"]
    assert content["mistakes"] == round((1 - content["metrics"]["test/accuracy"]) * 2 * len(raw.labels))
    worst = content["worst"][0]
    assert worst["row"] == raw.inputs[worst["index"]].tolist()
    assert worst["truly"] is bool(raw.labels[worst["index"], worst["label"]])


def test_accuracy_counts_what_rightly_was_not_said() -> None:
    """(TP + TN) / all, and not TP / all as lecture notes have it (the erratum det-metrics)."""
    task = Multilabel(MultilabelLogistic(), torch.device("cpu"), "float32")
    scores, wanted = torch.tensor([[1.0, -1.0], [-1.0, -1.0]]), torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    found = task.metrics(task.counts(scores, wanted).tolist(), 2)
    assert found == {"accuracy": 3 / 4, "f1": 2 / 3}
    rows = of_labels(scores.numpy(), wanted.numpy(), ("x", "y"), probabilities=True)["per_class"]
    assert [row["precision"] for row in rows] == [1.0, 0.0]


def test_the_running_average_is_tested_beside_the_weights() -> None:
    at_end = last(list(train(spec_of(DIGITS, weight_average=0.9))), Results).values
    _, tested = on_request(DIGITS, weight_average=0.9)
    found = last(tested, Results).values
    assert found.keys() == {"test/loss", "test/accuracy", "test_averaged/loss", "test_averaged/accuracy"}
    assert found == {key: value for key, value in at_end.items() if key.startswith("test")}


def test_the_best_weights_are_tested_where_they_were_kept() -> None:
    changes = {
        "regularisation": [{"kind": "early_stopping", "keep_best": True}],
        "optimizer": {"kind": "sgd", "lr": 3.0},
        "epochs": 4,
    }
    at_end = last(list(train(spec_of(DIGITS, **changes))), Results).values
    trained, tested = on_request(DIGITS, **changes)
    assert last(tested, Results).values["test/accuracy"] == at_end["test/accuracy"]
    arrays = last(trained, Checkpoint).arrays
    assert not np.array_equal(arrays["best/fc1.weight"], arrays["model/fc1.weight"])


SPLITS: dict[str, dict[str, Any]] = {
    "a share": {"kind": "digits", "split": {"test": 0.3}},
    "the usual share": {"kind": "digits"},
    "folds": {"kind": "digits", "split": {"folds": 3, "fold": 2}},
    "a part of the training examples": {"kind": "digits", "train_size": 100, "split": {"train_dev": 0.1}},
    "not stratified": {"kind": "digits", "split": {"stratified": False}},
}


@pytest.mark.parametrize("data", SPLITS.values(), ids=SPLITS.keys())
def test_the_raw_test_part_is_the_prepared_one_before_preprocessing(data: dict[str, Any]) -> None:
    given = parse_spec({**DIGITS, "data": {**data, "preprocess": []}}).data
    raw, prepared = raw_test_part(given, 3), prepare(given, 3).test
    assert np.array_equal(raw.inputs, prepared.inputs)
    assert np.array_equal(raw.labels, prepared.labels)


def test_a_data_set_that_has_gone_costs_the_report_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: Any) -> None:
        raise DatasetMissing("digits", "it was deleted.")

    monkeypatch.setattr(examination, "raw_test_part", gone)
    events = list(train(spec_of(DIGITS)))
    assert "test/accuracy" in last(events, Results).values
    assert isinstance(events[-1], Checkpoint)
    assert "it was deleted." in last(events, Text).message


def test_a_data_set_that_has_changed_costs_the_report_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "raw_test_part", lambda data, seed: prepare(data, seed).validation)
    events = list(train(spec_of(DIGITS, data={"kind": "digits", "split": {"test": 0.1, "validation": 0.2}})))
    assert not any(isinstance(event, Report) for event in events)
    assert "has changed" in last(events, Text).message


def test_a_split_without_a_test_part_is_told() -> None:
    with pytest.raises(DatasetError, match="no test part"):
        on_request({**DIGITS, "data": {"kind": "digits", "split": {"test": 0.0}}})
