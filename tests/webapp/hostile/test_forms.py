"""Any words in any field of any form: an answer below 500, and nothing half made."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from dlcore.recipes import recipes
from dlcore.spec import Spec
from tests.webapp.experiments.test_form import form_of
from tests.webapp.hostile.conftest import Instance
from tests.webapp.hostile.odd import EVERYTHING
from tests.webapp.hostile.scale import cases
from tests.webapp.hostile.surface import ENDS, FORMS, Way, ways
from webapp.experiments.form_data import Shape, shape_of
from webapp.experiments.spec_form import parts_of

SHORT = [value for value in EVERYTHING if len(value) < 1000]
WORDS = st.one_of(
    st.sampled_from(SHORT),
    st.text(max_size=60),
    st.integers().map(str),
    st.floats().map(str),
)
UNIONS = [info.annotation for info in Spec.model_fields.values() if shape_of(info) is not Shape.LEAF]
KINDS = sorted({kind for union in UNIONS for part in parts_of(union) for kind in part.kinds()})
BEGINNINGS = [dict(form_of(recipe.spec)) for recipe in recipes()]
RULED = {"experiments.create", "experiments.preview", "experiments.section", "experiments.change_list"}


def fields(data: DataObject) -> dict[str, str]:
    """The form of an experiment in which some fields say something else, are missing, or should not be there."""
    form = dict(data.draw(st.sampled_from(BEGINNINGS)))
    names = sorted(form)
    for name in data.draw(st.lists(st.sampled_from(names), max_size=4)):
        if name.endswith(".kind"):
            form[name] = data.draw(st.one_of(st.sampled_from(KINDS), WORDS))
        else:
            form[name] = data.draw(WORDS)
    for name in data.draw(st.lists(st.sampled_from(names), max_size=1)):
        form.pop(name, None)
    extra = st.one_of(
        WORDS, st.sampled_from(["network.layers.9999.kind", "augment.0.kind", "data.preprocess.0.kind", "a" * 999])
    )
    return form | data.draw(st.dictionaries(extra, WORDS, max_size=1))


def post(instance: Instance, path: str, form: dict[str, Any]) -> None:
    """Send it as a browser does."""
    clean = {k.encode("utf-8", "replace"): v.encode("utf-8", "replace") for k, v in form.items()}
    answer = instance.person.browser.post(path, data={k.decode(): v.decode() for k, v in clean.items()})
    instance.check(answer, path, form)


def test_the_form_of_an_experiment(instance: Instance) -> None:
    before = instance.rows()

    @cases(40, 2000)
    @given(data=st.data())
    def try_it(data: DataObject) -> None:
        form = fields(data) | {"title": data.draw(WORDS), "description": data.draw(WORDS), "tags": data.draw(WORDS)}
        path = data.draw(
            st.sampled_from(
                ["", "/preview", "/preview", "/section?path=optimizer", "/list?path=network.layers&action=add"]
            )
        )
        post(instance, f"/experiments/new{path}", form)

    try_it()
    assert instance.rows()["experiments"] >= before["experiments"]


def test_every_other_form(instance: Instance) -> None:
    posts = [way for way in ways(instance.app) if way.endpoint in FORMS.keys() - ENDS - RULED and FORMS[way.endpoint]]
    posts = [way for way in posts if way.method == "POST"]

    @cases(80, 2500)
    @given(data=st.data())
    def try_it(data: DataObject) -> None:
        way: Way = data.draw(st.sampled_from(posts))
        form = {name: data.draw(WORDS) for name in FORMS[way.endpoint] if name != "files"}
        post(instance, way.path(instance.app, {**instance.ids, **instance.names}), form)

    try_it()


def test_any_query_of_any_page(instance: Instance) -> None:
    pages = [way for way in ways(instance.app) if way.method == "GET" and way.query and way.endpoint != "live.events"]

    @cases(80, 2500)
    @given(data=st.data())
    def try_it(data: DataObject) -> None:
        way: Way = data.draw(st.sampled_from(pages))
        names = data.draw(st.lists(st.sampled_from(way.query), max_size=3, unique=True))
        query = {name: data.draw(WORDS).encode("utf-8", "replace") for name in names}
        path = way.path(instance.app, {**instance.ids, **instance.names})
        client = instance.person.browser
        answer = client.get(path, query_string=query)
        instance.check(answer, path, query)

    try_it()
