"""Everything a page can do, the API can: each page's route with its twin, or with the reason why it has none."""

from flask import Flask

TWINS: dict[str, str] = {
    "account.index": "api.show_me",
    "account.issue_token": "api.create_token",
    "account.profile": "api.change_me",
    "account.revoke_token": "api.delete_token",
    "comments.create": "api.create_comment",
    "comments.delete": "api.delete_comment",
    "comments.listing": "api.list_comments",
    "comments.moderate": "api.change_comment",
    "comments.save": "api.change_comment",
    "comments.show": "api.show_comment",
    "compare.trials": "api.list_trials",
    "datasets.create": "api.create_dataset",
    "datasets.delete": "api.delete_dataset",
    "datasets.listing": "api.list_datasets",
    "datasets.rename": "api.rename_dataset",
    "datasets.show": "api.show_dataset",
    "experiments.act": "api.act_on_trial",
    "experiments.archive": "api.change_experiment",
    "experiments.bulk": "api.change_experiment",
    "experiments.columns": "api.list_columns",
    "experiments.completions": "api.complete_search",
    "experiments.create": "api.create_experiment",
    "experiments.delete": "api.delete_experiment",
    "experiments.edit": "api.change_experiment",
    "experiments.from_yaml": "api.validate_spec",
    "experiments.listing": "api.list_experiments",
    "experiments.new": "api.list_recipes",
    "experiments.place": "api.change_trial",
    "experiments.preview": "api.validate_spec",
    "experiments.retag": "api.change_experiment",
    "experiments.start_recipe": "api.create_experiment",
    "home.search": "api.search",
    "tags.delete": "api.delete_tag",
    "tags.listing": "api.list_tags",
    "tags.merge": "api.merge_tag",
    "tags.save": "api.change_tag",
    "tags.show": "api.show_tag",
    "experiments.show": "api.show_experiment",
    "experiments.show_sparklines": "api.show_sparklines",
    "experiments.waiting": "api.show_trial",
    "home.index": "api.list_experiments",
    "imports.create": "api.import_experiment",
    "live.artifact": "api.list_pictures",
    "live.events": "api.follow_trial",
    "live.show_snapshot": "api.show_curves",
    "live.weights": "api.list_checkpoints",
    "observation.status": "api.show_status",
    "parts.index": "api.list_parts",
}
REASONS: dict[str, str] = {
    "account.password": "whoever holds a token must not be able to shut its owner out",
    "auth.login": "programs send a token",
    "auth.logout": "programs send a token",
    "auth.register": "an account is made by a person, in a browser",
    "comments.edit": "the form of comments.save",
    "comments.preview": "changes nothing; a comment's answer has its HTML",
    "experiments.change_list": "a part of the form, which changes nothing",
    "experiments.section": "a part of the form, which changes nothing",
}
READING = {"GET", "HEAD", "OPTIONS"}
OUTSIDE = {"api", "apidocs", "static", "module"}


def page_routes(app: Flask) -> dict[str, bool]:
    """Every route of the pages, and whether it may change something."""
    found: dict[str, bool] = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] not in OUTSIDE:
            changes = bool((rule.methods or set()) - READING)
            found[rule.endpoint] = found.get(rule.endpoint, False) or changes
    return found


def test_every_page_that_changes_something_has_a_twin_or_a_reason(app: Flask) -> None:
    lonely = [name for name, changes in page_routes(app).items() if changes and name not in {**TWINS, **REASONS}]
    assert not lonely, f"say in tests/webapp/api/test_twins.py by which API route programs do the same: {lonely}"


def test_pages_and_twins_are_there_and_none_has_a_reason_besides(app: Flask) -> None:
    assert {*TWINS, *REASONS} - page_routes(app).keys() == set(), "there are no such pages any more"
    assert set(TWINS.values()) - app.view_functions.keys() == set(), "there are no such routes of the API any more"
    assert not TWINS.keys() & REASONS.keys()
