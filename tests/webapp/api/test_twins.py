"""Everything a page can do, the API can: each page's route with its twin, or with the reason why it has none."""

from flask import Flask

TWINS: dict[str, str] = {
    "account.address": "api.ask_for_address",
    "account.begin_factor": "api.begin_two_factor",
    "account.confirm_factor": "api.confirm_two_factor",
    "account.end_all": "api.end_all_logins",
    "account.end_one": "api.end_login",
    "account.factor_off": "api.end_two_factor",
    "account.index": "api.show_me",
    "account.issue_token": "api.create_token",
    "account.leave": "api.leave_account",
    "account.password": "api.change_password",
    "account.profile": "api.change_me",
    "account.renew_codes": "api.renew_recovery_codes",
    "account.revoke_token": "api.delete_token",
    "admin.activate": "api.change_person",
    "admin.audit_log": "api.read_audit",
    "admin.change_role": "api.change_person",
    "admin.choose_registration": "api.choose_registration",
    "admin.deactivate": "api.change_person",
    "admin.delete": "api.delete_person",
    "admin.end_login": "api.end_login_of_person",
    "admin.end_logins": "api.end_logins_of_person",
    "admin.export_audit": "api.export_audit_log",
    "admin.factor_off": "api.end_two_factor_of_person",
    "admin.index": "api.list_accounts",
    "admin.invitations": "api.list_invitations",
    "admin.invite": "api.create_invitation",
    "admin.logins": "api.list_logins_of_person",
    "admin.mail_reset": "api.mail_reset_to_person",
    "admin.revoke_invitation": "api.delete_invitation",
    "admin.show_person": "api.show_account",
    "admin.try_mail": "api.try_mail",
    "comments.create": "api.create_comment",
    "comments.delete": "api.delete_comment",
    "comments.history": "api.show_history",
    "comments.listing": "api.list_comments",
    "comments.moderate": "api.moderate_comment",
    "comments.preview": "api.preview_comment",
    "comments.react": "api.react_to_comment",
    "comments.save": "api.change_comment",
    "comments.show": "api.show_comment",
    "comments.thread": "api.list_comments",
    "comments.undelete": "api.undelete_comment",
    "compare.delete": "api.delete_comparison",
    "compare.edit": "api.change_comparison",
    "compare.index": "api.compare_experiments",
    "compare.notes": "api.change_comparison",
    "compare.save": "api.create_comparison",
    "compare.saved": "api.show_comparison",
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
    "experiments.errors": "api.show_errors",
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
    "notifications.change_webhook": "api.change_webhook",
    "notifications.choose": "api.change_preferences",
    "notifications.create_webhook": "api.create_webhook",
    "notifications.delete_webhook": "api.delete_webhook",
    "notifications.listing": "api.list_notifications",
    "notifications.read": "api.read_notifications",
    "notifications.read_all": "api.read_notifications",
    "notifications.redeliver": "api.redeliver",
    "notifications.renew_secret": "api.renew_webhook_secret",
    "notifications.settings": "api.show_preferences",
    "notifications.test_webhook": "api.test_webhook",
    "notifications.unread": "api.read_notifications",
    "notifications.watch": "api.change_watching",
    "notifications.webhook": "api.list_deliveries",
    "observation.status": "api.show_status",
    "parts.index": "api.list_parts",
    "sharing.add_person": "api.share_experiment",
    "sharing.make_link": "api.make_link",
    "sharing.remove_person": "api.unshare_experiment",
    "sharing.revoke_link": "api.revoke_link",
    "sharing.set_default": "api.set_default_visibility",
    "sharing.set_visibility": "api.set_visibility",
    "sharing.show": "api.show_sharing",
}
REASONS: dict[str, str] = {
    "auth.code": "programs send a token",
    "auth.confirm_address": "shows that somebody reads their mail",
    "auth.forgotten": "for those who cannot prove who they are",
    "auth.invited": "an account is made by a person, in a browser",
    "auth.login": "programs send a token",
    "auth.logout": "programs send a token",
    "auth.register": "an account is made by a person, in a browser",
    "auth.reset": "for those who cannot prove who they are",
    "comments.edit": "the form of comments.save",
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
