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


def submit(role: str, visibility: str) -> str:
    """Everyone with an account that is not for looking only."""
    return REFUSED if role == "viewer" else signed_in(role, visibility)


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
mine_or_administrators = belongs("owner", "administrator")

ROUTES: dict[str, Kind] = {
    "account.index": signed_in,
    "account.issue_token": signed_in,
    "account.password": signed_in,
    "account.profile": signed_in,
    "account.revoke_token": mine,
    "api.act_on_trial": change,
    "api.change_comment": author,
    "api.change_experiment": change,
    "api.change_layout": mine,
    "api.change_trial": change,
    "api.create_comment": comment,
    "api.create_dataset": submit,
    "api.create_experiment": submit,
    "api.create_layout": signed_in,
    "api.delete_comment": manage,
    "api.delete_dataset": mine_or_administrators,
    "api.delete_experiment": manage,
    "api.delete_layout": mine,
    "api.export_experiment": see,
    "api.export_trial": see,
    "api.follow_trial": see,
    "api.import_experiment": submit,
    "api.list_checkpoints": see,
    "api.list_comments": see,
    "api.list_datasets": signed_in,
    "api.list_experiments": signed_in,
    "api.list_layouts": signed_in,
    "api.list_parts": signed_in,
    "api.list_people": see,
    "api.list_pictures": page,
    "api.list_pins": lambda role, visibility: LOGIN if role == "stranger" else OK,
    "api.make_link": manage,
    "api.moderate_comment": change,
    "api.openapi": anyone,
    "api.react_to_comment": comment,
    "api.rename_dataset": mine_or_administrators,
    "api.revoke_link": manage,
    "api.set_default_visibility": signed_in,
    "api.set_visibility": manage,
    "api.share_experiment": manage,
    "api.show_comment": see,
    "api.show_curves": page,
    "api.show_dataset": mine_or_administrators,
    "api.show_default_visibility": signed_in,
    "api.show_errors": page,
    "api.show_experiment": see,
    "api.show_histograms": page,
    "api.show_history": change,
    "api.show_sharing": manage,
    "api.show_trial": see,
    "api.undelete_comment": only(),  # nobody deleted it
    "api.unshare_experiment": manage,
    "auth.login": anyone,
    "auth.logout": lambda role, visibility: LOGIN,  # which is where it leads
    "auth.register": anyone,
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
    "compare.index": signed_in,
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
    "experiments.section": signed_in,
    "experiments.show": see,
    "experiments.show_sparklines": signed_in,
    "experiments.waiting": page,
    "home.index": signed_in,
    "imports.create": submit,
    "imports.new": submit,
    "live.artifact": page,
    "live.events": page,
    "live.show_snapshot": page,
    "live.weights": file,
    "module": anyone,
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
    "tags.completions": signed_in,
    "tags.listing": signed_in,
    "tags.show": see,
}

NAMES = {  # routes that everybody signed in may use, and whose answers name the experiment for those alone who see it
    "api.list_experiments": {},
    "compare.index": {"ids": "{other},{experiment_id}"},
    "experiments.columns": {},
    "experiments.completions": {"text": "title = zeb"},
    "experiments.listing": {},
    "experiments.show_sparklines": {"trials": "{trial_id}"},
    "tags.completions": {"q": "zeb"},
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
    "api.change_comment": {"body": "Another word"},
    "api.change_experiment": {"description": "Other words"},
    "api.change_trial": {"priority": "high"},
    "api.create_comment": {"body": "A word"},
    "api.moderate_comment": {"disabled": False},
    "api.set_default_visibility": {"visibility": "open"},
    "api.set_visibility": {"visibility": "open"},
    "api.share_experiment": {"username": "member"},
}
ENDS_LOGIN = {"auth.logout"}
