"""Exports by the API and from the page."""

import gc
import io
import zipfile
from collections.abc import Callable
from typing import cast

import numpy as np
import pytest
from flask import Flask
from sqlalchemy.pool import QueuePool

from dlcore.events import Scalars
from tests.conftest import DIGITS, Person
from webapp.models import Experiment, db
from webapp.store import curves, leases

KINDS = {
    "csv": ("text/csv; charset=utf-8", "b-plus-a-1-trial-1.csv"),
    "parquet": ("application/vnd.apache.parquet", "b-plus-a-1-trial-1.parquet"),
    "json": ("application/json", "b-plus-a-1-trial-1.json"),
    "tensorboard": ("application/octet-stream", "b-plus-a-1-trial-1"),
}


@pytest.fixture
def experiment(app: Flask, ada: Person, submit: Callable[..., Experiment]) -> Experiment:
    """Two trials, of which the first has a curve."""
    made = submit(ada, "„B“ plus/A!", {**DIGITS, "trials": 2})
    with app.app_context():
        attempt = leases.claim(db.session(), made.trials[0].id, "somewhere", 60)
        assert attempt
        steps = np.arange(1, 4)
        curves.append(db.session(), made.trials[0].id, attempt, [Scalars("train/loss", steps, steps / 7, steps * 1.0)])
        db.session.commit()
    return made


@pytest.mark.parametrize("name", KINDS)
def test_a_trial_is_a_file_with_a_good_name(ada: Person, experiment: Experiment, name: str) -> None:
    answer = ada.api("GET", f"/trials/{experiment.trials[0].id}/export?format={name}")
    media_type, ending = KINDS[name]
    assert answer.status_code == 200
    assert answer.content_type == media_type
    assert answer.headers["Content-Disposition"].endswith(f'{ending}"')
    assert len(answer.data) > 50
    assert ("tfevents" in answer.headers["Content-Disposition"]) == (name == "tensorboard")


def test_only_some_curves_can_be_exported(ada: Person, experiment: Experiment) -> None:
    path = f"/trials/{experiment.trials[0].id}/export"
    assert ada.api("GET", f"{path}?keys=lr").text == "key,step,value,time\n"
    assert ada.api("GET", f"{path}?keys=train/loss,lr").text.count("train/loss,") == 3


@pytest.mark.parametrize("name", KINDS)
def test_an_experiment_is_a_zip_with_a_file_for_each_trial(ada: Person, experiment: Experiment, name: str) -> None:
    answer = ada.api("GET", f"/experiments/{experiment.id}/export?format={name}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="b-plus-a-1-{name}.zip"'
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.testzip() is None
    assert [path.split("/")[0] for path in archive.namelist()] == ["b-plus-a-1"] * 2
    folders = {path.rpartition("/")[0] for path in archive.namelist()}
    assert len(folders) == (2 if name == "tensorboard" else 1)


def test_an_unknown_format_is_named(ada: Person, experiment: Experiment) -> None:
    for path in (f"/trials/{experiment.trials[0].id}/export", f"/experiments/{experiment.id}/export"):
        answer = ada.api("GET", f"{path}?format=xlsx")
        assert answer.status_code == 422
        assert "csv, parquet, json, tensorboard" in answer.json["errors"][0]["detail"]


def test_what_is_not_there_cannot_be_exported(ada: Person) -> None:
    assert ada.api("GET", "/trials/77/export").status_code == 404
    assert ada.api("GET", "/experiments/77/export").status_code == 404


def test_the_page_offers_every_format(ada: Person, experiment: Experiment) -> None:
    page = ada.browser.get(f"/experiments/{experiment.id}").text
    for name in KINDS:
        assert f"/trials/{experiment.trials[0].id}/export?format={name}" in page
        assert f"/experiments/{experiment.id}/export?format={name}" in page


def test_a_download_gives_its_connection_back_also_when_it_is_broken_off(
    app: Flask, ada: Person, experiment: Experiment
) -> None:
    trial = experiment.trials[0].id
    with app.app_context():
        pool = cast(QueuePool, db.engine.pool)
    gc.disable()  # which would give it back some time later
    try:
        for address in (f"/trials/{trial}/export", f"/trials/{trial}/curves?format=csv"):
            assert ada.api("GET", address).data
            ada.api("GET", address).close()
            assert pool.checkedout() == 0
    finally:
        gc.enable()
