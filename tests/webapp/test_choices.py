"""Where something else is sent than can be chosen, the form says what can be."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import SelectField

from tests.conftest import Person


def fields_with_choices() -> Iterator[tuple[type[FlaskForm], str]]:
    """All of all forms of pages."""
    for form in FlaskForm.__subclasses__():
        if form.__module__.startswith("webapp."):
            yield from ((form, field.name) for field in form(formdata=None) if isinstance(field, SelectField))


def test_every_field_with_choices_names_them(app: Flask) -> None:
    with app.test_request_context():
        found = list(fields_with_choices())
        assert len(found) >= 6
        for made, name in found:
            form = made(formdata=MultiDict({name: "nonsense"}))
            form.validate()
            field = form[name]
            (told,) = field.errors
            assert told.startswith(f"{field.label.text}: choose ")
            assert all(str(choice.value) in told for choice in field.iter_choices())
            assert told.endswith("; you sent “nonsense”.")


@pytest.mark.parametrize(
    ("path", "form", "words"),
    [
        ("/admin/people/1/role", {"role": "king"}, "Role: choose viewer, member or administrator; you sent “king”."),
        ("/admin/people/1/role", {}, "Role: choose viewer, member or administrator."),
        (
            "/admin/registration",
            {"registration": "ajar"},
            "Who may make an account: choose open, invited or closed; you sent “ajar”.",
        ),
        ("/admin/invitations", {"role": "member", "days": "1e3"}, "Days are a whole number."),
        ("/account/tokens", {"scopes": "read", "days": "5"}, "Good for: choose 7, 30, 90, 365 or 0; you sent “5”."),
        (
            "/account/tokens",
            {"scopes": ["read", "fly"], "days": "7"},
            "What it may do: choose read, write, train, account or admin; you sent “fly”.",
        ),
    ],
)
def test_a_person_reads_it(root: Person, path: str, form: dict[str, str | list[str]], words: str) -> None:
    answer = root.browser.post(path, data=form)
    assert (answer.status_code, words in answer.text) == (422, True)
