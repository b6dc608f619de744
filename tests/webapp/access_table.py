"""Who may use which route: one line a route. ``test_access.py`` holds every route against it, for each role and visibility."""

from collections.abc import Callable

ROLES = ("stranger", "visitor", "viewer", "member", "shared_view", "shared_edit", "owner", "administrator")
SIGNED_IN = ROLES[2:]
VISIBILITIES = ("private", "shared", "open", "public")
OK, HIDDEN, REFUSED, LOGIN = "ok", "hidden (404)", "refused (403)", "has to log in"
Kind = Callable[[str, str], str]  # (role, visibility) -> what they get


def sees(role: str, visibility: str) -> bool:
    """Who sees an experiment; a visitor is a stranger who followed its public link."""
    if role in ("owner", "administrator"):
        return True
    if role in ("stranger", "visitor"):
        return role == "visitor" and visibility == "public"
    return visibility in ("open", "public") or (visibility == "shared" and role.startswith("shared"))


def anyone(role: str, visibility: str) -> str:
    """Without logging in."""
    return OK


def signed_in(role: str, visibility: str) -> str:
    """Everyone with an account; what an answer holds depends on what they see."""
    return OK if role in SIGNED_IN else LOGIN


def unknown_secret(role: str, visibility: str) -> str:
    """Whoever has the link, which nobody has here."""
    return HIDDEN


def submit(role: str, visibility: str) -> str:
    """Everyone with an account that is not for looking only."""
    return REFUSED if role == "viewer" else signed_in(role, visibility)


def administer(role: str, visibility: str) -> str:
    """Administrators."""
    return REFUSED if role in SIGNED_IN and role != "administrator" else signed_in(role, visibility)


def see(role: str, visibility: str) -> str:
    """Whoever sees the experiment and has an account."""
    return (OK if sees(role, visibility) else HIDDEN) if role in SIGNED_IN else LOGIN


def page(role: str, visibility: str) -> str:
    """Whoever sees the experiment, also by its link: what its page reads."""
    return (OK if sees(role, visibility) else HIDDEN) if role != "stranger" else LOGIN


def file(role: str, visibility: str) -> str:
    """Whoever sees the experiment and has an account; for a visitor there is no such file."""
    return HIDDEN if role == "visitor" else see(role, visibility)


def comment(role: str, visibility: str) -> str:
    """Whoever sees the experiment and may say something."""
    return REFUSED if role == "viewer" and sees(role, visibility) else see(role, visibility)


def only(*roles: str) -> Kind:
    """These, of those who see the experiment."""

    def kind(role: str, visibility: str) -> str:
        found = see(role, visibility)
        return REFUSED if found == OK and role not in roles else found

    return kind


def change(role: str, visibility: str) -> str:
    """Its owner, administrators, and those it is shared with to edit."""
    return only("owner", "administrator", "shared_edit")(role, visibility)


def belongs(*roles: str) -> Kind:
    """What belongs to the owner alone: these may, for others it does not exist."""
    return lambda role, visibility: (OK if role in roles else HIDDEN) if role in SIGNED_IN else LOGIN


manage = only("owner", "administrator")
author = only("owner")  # who wrote the comment
mine = belongs("owner")
tag_changes = only("owner", "administrator")  # whoever alone uses the tag, and administrators
mine_or_administrators = belongs("owner", "administrator")

ROUTES: dict[str, Kind] = {
    "account.address": signed_in,
    "account.begin_factor": signed_in,
    "account.confirm_factor": signed_in,
    "account.end_all": lambda role, visibility: LOGIN,
    "account.end_one": mine,
    "account.factor_off": signed_in,
    "account.factor_picture": signed_in,
    "account.index": signed_in,
    "account.issue_token": signed_in,
    "account.leave": signed_in,
    "account.password": signed_in,
    "account.profile": signed_in,
    "account.renew_codes": signed_in,
    "account.revoke_token": mine,
    "account.two_factor": signed_in,
    "admin.activate": administer,
    "admin.audit_log": administer,
    "admin.change_role": administer,
    "admin.choose_registration": administer,
    "admin.deactivate": administer,
    "admin.delete": administer,
    "admin.end_login": administer,
    "admin.end_logins": administer,
    "admin.export_audit": administer,
    "admin.factor_off": administer,
    "admin.index": administer,
    "admin.invitations": administer,
    "admin.invite": administer,
    "admin.logins": administer,
    "admin.mail_reset": administer,
    "admin.mails": administer,
    "admin.revoke_invitation": administer,
    "admin.show_person": administer,
    "admin.try_mail": administer,
    "api.act_on_trial": change,
    "api.ask_for_address": signed_in,
    "api.begin_two_factor": signed_in,
    "api.change_comment": author,
    "api.change_comparison": mine_or_administrators,
    "api.change_experiment": change,
    "api.change_layout": mine,
    "api.change_me": signed_in,
    "api.change_password": signed_in,
    "api.change_person": administer,
    "api.change_preferences": signed_in,
    "api.change_tag": tag_changes,
    "api.change_trial": change,
    "api.change_watching": see,
    "api.change_webhook": mine,
    "api.choose_registration": administer,
    "api.compare_experiments": see,
    "api.complete_search": signed_in,
    "api.confirm_two_factor": signed_in,
    "api.create_comment": comment,
    "api.create_comparison": submit,
    "api.create_dataset": submit,
    "api.create_experiment": submit,
    "api.create_invitation": administer,
    "api.create_layout": signed_in,
    "api.create_tag": submit,
    "api.create_token": signed_in,
    "api.create_webhook": signed_in,
    "api.delete_comment": manage,
    "api.delete_comparison": mine_or_administrators,
    "api.delete_dataset": mine_or_administrators,
    "api.delete_experiment": manage,
    "api.delete_invitation": administer,
    "api.delete_layout": mine,
    "api.delete_person": administer,
    "api.delete_tag": tag_changes,
    "api.delete_token": mine,
    "api.delete_webhook": mine,
    "api.end_all_logins": signed_in,
    "api.end_login": mine,
    "api.end_login_of_person": administer,
    "api.end_logins_of_person": administer,
    "api.end_two_factor": signed_in,
    "api.end_two_factor_of_person": administer,
    "api.export_audit_log": administer,
    "api.export_experiment": see,
    "api.export_trial": see,
    "api.follow_trial": see,
    "api.forget_recent": signed_in,
    "api.import_experiment": submit,
    "api.leave_account": signed_in,
    "api.list_accounts": administer,
    "api.list_checkpoints": see,
    "api.list_columns": signed_in,
    "api.list_comments": see,
    "api.list_compared_pictures": signed_in,
    "api.list_comparisons": signed_in,
    "api.list_datasets": signed_in,
    "api.list_deliveries": mine,
    "api.list_experiments": signed_in,
    "api.list_invitations": administer,
    "api.list_layouts": signed_in,
    "api.list_logins": signed_in,
    "api.list_logins_of_person": administer,
    "api.list_mentionable": see,
    "api.list_notifications": signed_in,
    "api.list_parts": signed_in,
    "api.list_people": signed_in,
    "api.list_pictures": page,
    "api.list_pins": lambda role, visibility: LOGIN if role == "stranger" else OK,
    "api.list_queues": signed_in,
    "api.list_recent": signed_in,
    "api.list_recipes": signed_in,
    "api.list_stars": signed_in,
    "api.list_tags": signed_in,
    "api.list_tokens": signed_in,
    "api.list_trials": see,
    "api.list_webhooks": signed_in,
    "api.list_workers": signed_in,
    "api.mail_reset_to_person": administer,
    "api.make_link": manage,
    "api.merge_tag": tag_changes,
    "api.moderate_comment": change,
    "api.openapi": anyone,
    "api.preview_comment": signed_in,
    "api.react_to_comment": comment,
    "api.read_audit": administer,
    "api.read_notifications": signed_in,
    "api.redeliver": mine,
    "api.rename_dataset": mine_or_administrators,
    "api.renew_recovery_codes": signed_in,
    "api.renew_webhook_secret": mine,
    "api.revoke_link": manage,
    "api.search": signed_in,
    "api.set_default_visibility": signed_in,
    "api.set_visibility": manage,
    "api.share_experiment": manage,
    "api.show_account": administer,
    "api.show_comment": see,
    "api.show_comparison": mine_or_administrators,
    "api.show_curves": page,
    "api.show_dataset": mine_or_administrators,
    "api.show_default_visibility": signed_in,
    "api.show_errors": page,
    "api.show_experiment": see,
    "api.show_histograms": page,
    "api.show_history": change,
    "api.show_layout": mine,
    "api.show_log": see,
    "api.show_me": signed_in,
    "api.show_mean_curves": signed_in,
    "api.show_person": signed_in,
    "api.show_preferences": signed_in,
    "api.show_registration": administer,
    "api.show_schema": signed_in,
    "api.show_sharing": manage,
    "api.show_sparklines": signed_in,
    "api.show_status": signed_in,
    "api.show_tag": see,
    "api.show_token": mine,
    "api.show_trial": see,
    "api.show_watching": see,
    "api.show_webhook": mine,
    "api.star_experiment": see,
    "api.tag_experiments": change,
    "api.test_webhook": mine,
    "api.undelete_comment": only(),  # nobody deleted it
    "api.try_mail": administer,
    "api.unshare_experiment": manage,
    "api.unstar_experiment": see,
    "api.validate_spec": signed_in,
    "apidocs.index": anyone,
    "auth.code": lambda role, visibility: LOGIN,
    "auth.confirm_address": unknown_secret,
    "auth.forgotten": anyone,
    "auth.invited": unknown_secret,
    "auth.login": anyone,
    "auth.logout": lambda role, visibility: LOGIN,  # which is where it leads
    "auth.register": anyone,
    "auth.reset": unknown_secret,
    "comments.create": comment,
    "comments.delete": manage,
    "comments.edit": author,
    "comments.history": change,
    "comments.listing": page,
    "comments.moderate": change,
    "comments.preview": signed_in,
    "comments.react": comment,
    "comments.reply": comment,
    "comments.save": author,
    "comments.show": page,
    "comments.thread": page,
    "comments.undelete": only(),
    "compare.choose": signed_in,
    "compare.delete": mine_or_administrators,
    "compare.edit": mine_or_administrators,
    "compare.index": signed_in,
    "compare.notes": mine_or_administrators,
    "compare.save": submit,
    "compare.saved": signed_in,
    "compare.trials": page,
    "datasets.create": submit,
    "datasets.delete": mine_or_administrators,
    "datasets.listing": signed_in,
    "datasets.rename": mine_or_administrators,
    "datasets.sheet": mine_or_administrators,
    "datasets.show": mine_or_administrators,
    "experiments.act": change,
    "experiments.archive": change,
    "experiments.bulk": signed_in,
    "experiments.change_list": signed_in,
    "experiments.columns": signed_in,
    "experiments.completions": signed_in,
    "experiments.create": submit,
    "experiments.delete": manage,
    "experiments.edit": change,
    "experiments.errors": page,
    "experiments.from_yaml": signed_in,
    "experiments.listing": signed_in,
    "experiments.new": submit,
    "experiments.place": change,
    "experiments.preview": signed_in,
    "experiments.public": lambda role, visibility: OK if visibility == "public" else HIDDEN,
    "experiments.retag": change,
    "experiments.section": signed_in,
    "experiments.show": see,
    "experiments.show_sparklines": signed_in,
    "experiments.start_recipe": submit,
    "experiments.waiting": page,
    "home.commands": signed_in,
    "home.index": signed_in,
    "home.search": signed_in,
    "home.search_offers": signed_in,
    "imports.create": submit,
    "imports.new": submit,
    "live.artifact": page,
    "live.events": page,
    "live.show_snapshot": page,
    "live.weights": file,
    "modules": anyone,
    "notifications.change_webhook": mine,
    "notifications.choose": signed_in,
    "notifications.create_webhook": signed_in,
    "notifications.delete_webhook": mine,
    "notifications.listing": signed_in,
    "notifications.read": mine,
    "notifications.read_all": signed_in,
    "notifications.redeliver": mine,
    "notifications.renew_secret": mine,
    "notifications.settings": signed_in,
    "notifications.test_webhook": mine,
    "notifications.unread": mine,
    "notifications.watch": see,
    "notifications.webhook": mine,
    "observation.healthz": anyone,
    "observation.metrics": anyone,  # on this machine
    "observation.readyz": anyone,
    "observation.status": signed_in,
    "parts.index": signed_in,
    "sharing.add_person": manage,
    "sharing.make_link": manage,
    "sharing.names": manage,
    "sharing.remove_person": manage,
    "sharing.revoke_link": manage,
    "sharing.set_default": signed_in,
    "sharing.set_visibility": manage,
    "sharing.show": manage,
    "static": anyone,
    "tags.delete": tag_changes,
    "tags.edit": tag_changes,
    "tags.listing": signed_in,
    "tags.merge": tag_changes,
    "tags.offer_merge": tag_changes,
    "tags.save": tag_changes,
    "tags.show": see,
}

NAMES = {  # routes that everybody signed in may use, and whose answers name the experiment for those alone who see it
    "api.list_experiments": {},
    "compare.index": {"ids": "{other},{experiment_id}"},
    "experiments.columns": {},
    "experiments.completions": {"text": "title = zeb"},
    "experiments.listing": {},
    "experiments.show_sparklines": {"trials": "{trial_id}"},
    "api.compare_experiments": {"ids": "{other},{experiment_id}"},
    "api.list_tags": {"q": "zeb"},
    "api.search": {"q": "zeb"},
    "home.search": {"q": "zeb"},
    "home.search_offers": {"q": "zeb"},
    "tags.listing": {},
}
QUERIES: dict[str, dict[str, str]] = {
    **NAMES,
    "api.list_pins": {"experiments": "{experiment_id}"},
    "live.events": {"trials": "{trial_id}"},
    "live.show_snapshot": {"trials": "{trial_id}"},
    "sharing.names": {"username": "me"},
}
FORMS: dict[str, dict[str, str]] = {
    "comments.create": {"body": "A word", "tags": ""},
    "comments.react": {"reaction": "👍", "on": "1"},
    "comments.save": {"body": "Another word", "tags": ""},
    "experiments.act": {"action": "pause"},
    "experiments.change_list": {},
    "experiments.edit": {"title": "Zebra crossing", "description": "", "tags": "zebratag"},
    "experiments.place": {"queue": "cpu", "priority": "high"},
    "sharing.add_person": {"username": "member", "access": "view"},
    "sharing.set_visibility": {"visibility": "open"},
}
BODIES: dict[str, dict[str, object]] = {
    "api.act_on_trial": {"action": "pause"},
    "api.tag_experiments": {"experiments": ["{experiment_id}"], "add": ["zebratag"]},
    "api.change_comment": {"body": "Another word"},
    "api.change_experiment": {"description": "Other words"},
    "api.change_trial": {"priority": "high"},
    "api.create_comment": {"body": "A word"},
    "api.moderate_comment": {"disabled": False},
    "api.set_default_visibility": {"visibility": "open"},
    "api.set_visibility": {"visibility": "open"},
    "api.share_experiment": {"username": "member"},
}
ENDS_LOGIN = {"account.end_all", "api.end_all_logins", "auth.logout"}
