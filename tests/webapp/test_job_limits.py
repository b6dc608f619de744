import pytest
from flask import Flask

from dlcore.errors import SpecError
from dlcore.spec import Spec
from dlcore.validation import parse_spec
from tests.conftest import DIGITS, Person, Store
from tests.webapp.experiments.test_form import form_of
from webapp.job_limits import check_job
from webapp.models import Experiment, OutboxMessage
from webapp.settings import Settings

WIDE = DIGITS | {"network": {"kind": "mlp", "hidden": [20_000]}, "optimizer": {"kind": "adam"}, "processes": 3}


@pytest.mark.parametrize(
    ("limits", "path", "words"),
    [
        ({"most_parameters": 1000}, "network", "has 1,500,010 parameters; at most 1,000"),
        ({"most_processes": 2}, "processes", "asks for 3 processes; at most 2 train together here"),
        ({"data_mib": 0}, "data", "take 449 KiB of memory .* may take 0 B"),
        ({"artifacts_mib": 50}, "network", "checkpoints of this network with Adam take 51.5 MiB of disk; .* 50.0 MiB"),
    ],
)
def test_a_job_over_a_limit_is_refused_with_the_limit(
    settings: Settings, limits: dict[str, int], path: str, words: str
) -> None:
    roomy = settings.model_copy(update={"most_processes": 3})
    check_job(Spec.model_validate(WIDE), roomy)
    with pytest.raises(SpecError, match=words) as refused:
        check_job(Spec.model_validate(WIDE), roomy.model_copy(update=limits))
    assert refused.value.path == path


def test_form_preview_and_api_refuse_it_at_the_field_and_nothing_is_made(
    app: Flask, settings: Settings, ada: Person, store: Store
) -> None:
    app.config["SETTINGS"] = settings.model_copy(update={"most_parameters": 100})
    said = "The network has 650 parameters; at most 100 are trained here."
    answer = ada.api("POST", "/experiments", json={"title": "Too large", "spec": DIGITS})
    assert answer.status_code == 422
    assert [(error["field"], error["detail"]) for error in answer.json["errors"]] == [("spec.network", said)]
    form = form_of(parse_spec(DIGITS))
    form.update({"title": "Too large", "description": "", "tags": ""})
    refused = ada.browser.post("/experiments/new", data=form)
    assert refused.status_code == 422
    assert said in refused.text
    assert said in ada.browser.post("/experiments/new/preview", data=form).text
    for table in (Experiment, OutboxMessage):
        assert store.query(table).count() == 0
