"""Every route, and what it reads: queries, forms, bodies. A route that reads more must be entered here."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from flask import Flask
from werkzeug.routing import Rule

from webapp.api.document import described

QUERIES: dict[str, tuple[str, ...]] = {
    "admin.audit_log": ("actor", "action", "subject", "since", "until", "before"),
    "admin.export_audit": ("actor", "action", "subject", "since", "until", "format"),
    "auth.login": ("next",),
    "auth.register": ("next",),
    "compare.choose": ("search", "pick", "tag", "cursor"),
    "compare.index": ("ids", "pick", "search", "tag", "cursor"),
    "experiments.listing": ("search", "sort", "columns", "cursor", "archived", "page"),
    "experiments.columns": ("search", "sort", "columns"),
    "experiments.completions": ("text", "caret"),
    "experiments.show_sparklines": ("trials",),
    "experiments.show": ("trial",),
    "experiments.new": ("clone", "start", "dataset", "part", "recipe"),
    "experiments.section": ("path",),
    "experiments.change_list": ("path", "action", "position"),
    "experiments.public": ("trial",),
    "live.events": ("trials", "topics", "after"),
    "live.show_snapshot": ("trials", "keys", "points", "from", "to"),
    "home.index": ("tag",),
    "tags.offer_merge": ("into",),
    "home.search": ("q",),
    "home.search_offers": ("q",),
    "notifications.listing": ("unread", "before"),
    "sharing.names": ("username",),
}
FORMS: dict[str, tuple[str, ...]] = {
    "account.address": ("email", "address_password"),
    "account.begin_factor": (),
    "account.confirm_factor": ("code", "password"),
    "account.end_all": (),
    "account.end_one": (),
    "account.factor_off": ("off-password",),
    "account.issue_token": ("label", "scopes", "days"),
    "account.leave": ("experiments", "heir", "sure", "password"),
    "account.password": ("current", "password"),
    "account.profile": ("name", "about"),
    "account.renew_codes": ("codes-password",),
    "account.revoke_token": (),
    "admin.activate": (),
    "admin.change_role": ("role",),
    "admin.choose_registration": ("registration",),
    "admin.deactivate": (),
    "admin.delete": ("experiments", "heir", "sure", "password"),
    "admin.end_login": (),
    "admin.end_logins": (),
    "admin.factor_off": (),
    "admin.invite": ("role", "email", "days"),
    "admin.mail_reset": (),
    "admin.revoke_invitation": (),
    "admin.try_mail": (),
    "auth.code": ("code",),
    "auth.confirm_address": (),
    "auth.forgotten": ("login",),
    "auth.invited": ("username", "email", "password"),
    "auth.login": ("login", "password", "remember"),
    "auth.logout": (),
    "auth.register": ("username", "email", "password"),
    "auth.reset": ("password",),
    "comments.create": ("body", "tags", "parent", "pin_trial", "pin_key", "pin_step", "pin_value"),
    "comments.delete": (),
    "comments.undelete": (),
    "comments.react": ("reaction", "on"),
    "comments.moderate": ("reason",),
    "comments.preview": ("body",),
    "comments.save": ("body", "tags"),
    "compare.delete": (),
    "compare.edit": ("name", "view"),
    "compare.notes": ("notes",),
    "compare.save": ("name", "ids", "view"),
    "datasets.create": ("name", "files"),
    "datasets.delete": (),
    "datasets.rename": ("name",),
    "experiments.act": ("action",),
    "experiments.archive": ("archived",),
    "experiments.bulk": ("action", "ids", "search", "sort", "columns", "tags"),
    "experiments.change_list": ("network.layers.0.kind", "network.layers.add"),
    "experiments.create": ("title", "description", "tags", "visibility"),
    "experiments.delete": (),
    "experiments.edit": ("title", "description", "tags"),
    "experiments.from_yaml": ("yaml",),
    "experiments.place": ("queue", "priority"),
    "experiments.preview": (),
    "experiments.retag": ("tags",),
    "experiments.section": ("optimizer.kind",),
    "experiments.start_recipe": ("recipe",),
    "imports.create": ("title", "description", "tags", "files", "visibility"),
    "sharing.add_person": ("username", "access"),
    "sharing.make_link": (),
    "sharing.remove_person": (),
    "sharing.revoke_link": (),
    "sharing.set_default": ("visibility",),
    "sharing.set_visibility": ("visibility",),
    "tags.delete": (),
    "tags.merge": ("into",),
    "tags.save": ("name", "colour"),
    "notifications.change_webhook": ("url", "active"),
    "notifications.choose": ("rhythm", "hour", "mention", "comment", "ended", "failed", "diverged"),
    "notifications.create_webhook": ("url",),
    "notifications.delete_webhook": (),
    "notifications.read": (),
    "notifications.read_all": (),
    "notifications.redeliver": (),
    "notifications.renew_secret": (),
    "notifications.test_webhook": (),
    "notifications.unread": (),
    "notifications.watch": ("watching",),
}
CHOICES = {"what": "disable", "kind": "best"}  # names in addresses that only some words may stand for
ENDS = {  # what the other cases go on with
    "account.end_all",
    "account.end_one",
    "account.password",
    "account.revoke_token",
    "admin.end_login",
    "admin.end_logins",
    "auth.logout",
    "api.change_person",
    "api.end_all_logins",
    "api.end_login",
    "api.end_login_of_person",
    "api.end_logins_of_person",
}


@dataclass(frozen=True)
class Way:
    """A method of a route."""

    endpoint: str
    method: str
    rule: Rule

    @property
    def query(self) -> tuple[str, ...]:
        """The names that it reads from the query."""
        known = described(self.endpoint)
        return tuple(known.parameters) if known else QUERIES.get(self.endpoint, ())

    def path(self, app: Flask, values: dict[str, object]) -> str:
        """Its address with these values, as they are, whatever they are."""
        with app.test_request_context():
            whole = {name: values.get(name, 1 if name.endswith("_id") else "a") for name in self.rule.arguments}
            good = {name: 424242 if name.endswith("_id") else "zzz" for name in whole}
            good.update({name: word for name, word in CHOICES.items() if name in good})
            path = app.url_for(self.endpoint, **good)
            for name, value in whole.items():
                path = path.replace(str(good[name]), quote(str(value), safe="/", errors="surrogatepass"), 1)
            return path


def ways(app: Flask) -> Iterator[Way]:
    """Every method of every route."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Way(rule.endpoint, method, rule)
