"""Every page of Descent in the states that are looked at: a line for each.

A page that is added is entered in ``PLACES``, or excused in ``NO_PAGES`` with the reason; a test fails until it is. What has to be
pressed before a state can be seen is a small function of the page; an address may name ``{ended}``, ``{trial}``, ``{running}``,
``{failed}``, ``{dataset}`` and ``{comment}``, which stand for numbers of what ``world.py`` makes.
"""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

Reach = Callable[[Page], object]


def at_once(page: Page) -> None:
    """Nothing has to be pressed."""


def press(*selectors: str, until: str = "") -> Reach:
    """Presses these one after the other, and waits until something can be seen."""

    def reach(page: Page) -> None:
        for selector in selectors:
            page.locator(selector).first.click()
        if until:
            page.locator(until).first.wait_for()

    return reach


def until(selector: str) -> Reach:
    """Waits until something can be seen."""
    return press(until=selector)


def filled(*steps: tuple[str, str], then: str = "", until: str = "") -> Reach:
    """Fills fields, presses a button, and waits."""

    def reach(page: Page) -> None:
        for selector, text in steps:
            page.fill(selector, text)
        press(*([then] if then else []), until=until)(page)

    return reach


def scrolled(selector: str, until: str) -> Reach:
    """Comes to a part that is drawn when it is seen."""

    def reach(page: Page) -> None:
        page.locator(selector).scroll_into_view_if_needed()
        press(until=until)(page)

    return reach


def keys(combination: str, until: str) -> Reach:
    """Presses keys, and waits."""

    def reach(page: Page) -> None:
        page.keyboard.press(combination)
        press(until=until)(page)

    return reach


@dataclass(frozen=True)
class Place:
    """A page in a state. ``within`` narrows the look to a part, where the rest of the page has been looked at before."""

    name: str
    path: str
    reach: Reach = at_once
    within: str = ""
    who: str = "administrator"  # or newcomer, who has nothing yet, or stranger


DRAWN = "[data-chart] .main-svg"
STOP = "button[value=stop]"
PLACES = [
    Place("login", "/login", who="stranger"),
    Place(
        "login-refused",
        "/login",
        filled(("#login", "nobody"), then="#submit", until=".invalid-feedback, .alert"),
        who="stranger",
    ),
    Place("register", "/register", who="stranger"),
    Place("register-refused", "/register", press("#submit", until=".invalid-feedback"), who="stranger"),
    Place("home-of-a-newcomer", "/", who="newcomer"),
    Place("compare-nothing", "/compare", who="newcomer"),
    Place("datasets-none", "/datasets", who="newcomer"),
    Place("account-without-tokens", "/account", who="newcomer"),
    Place("experiment-running", "/experiments/{running}", until(DRAWN)),
    Place(
        "experiment-stop-asked",
        "/experiments/{running}",
        press(STOP, until="#confirm-modal.show"),
        within="#confirm-modal",
    ),
    Place(
        "experiment-stopped",
        "/experiments/{running}",
        press(STOP, "[data-confirm-yes]", until=".state-cancelled"),
        within="#main",
    ),
    Place("home", "/"),
    Place("home-menu", "/", press(".site-nav .dropdown-toggle", until=".dropdown-menu.show"), within=".site-nav"),
    Place("experiments", "/experiments"),
    Place("experiments-columns", "/experiments", press("text=Columns", until="#columns-filter"), within="#search-form"),
    Place("experiments-help", "/experiments", press("[data-search-help]", until="dialog[open]"), within="dialog[open]"),
    Place("experiments-nothing-found", "/experiments?search=zzz"),
    Place("experiments-bad-search", "/experiments?search=loss+%3E"),
    Place("experiment", "/experiments/{ended}", until(DRAWN)),
    Place(
        "experiment-scales",
        "/experiments/{ended}",
        press("text=Scales", until=".toolbar-scales.show"),
        within=".toolbar",
    ),
    Place(
        "experiment-layout",
        "/experiments/{ended}",
        press(".layout-bar .dropdown-toggle", until=".layout-menu.show"),
        within=".layout-bar",
    ),
    Place(
        "experiment-chart-menu",
        "/experiments/{ended}",
        press("[data-chart-menu]", until="[data-chart-actions].show"),
        within="[data-chart=loss]",
    ),
    Place(
        "experiment-chart-table",
        "/experiments/{ended}",
        press("[data-chart=loss] [data-as-table]", until="dialog[open] td"),
        within="dialog[open]",
    ),
    Place(
        "experiment-export",
        "/experiments/{ended}",
        press("text=Export", until=".dropdown-menu.show"),
        within="[aria-label=Actions]",
    ),
    Place(
        "experiment-edit",
        "/experiments/{ended}",
        press("text=More", "[data-bs-target='#edit-modal']", until="#edit-modal.show"),
        within="#edit-modal",
    ),
    Place(
        "experiment-delete",
        "/experiments/{ended}",
        press("text=More", "text=Delete", until="#confirm-modal.show"),
        within="#confirm-modal",
    ),
    Place("experiment-trials", "/experiments/{ended}#trials", until("[data-values]"), within="#pane-trials"),
    Place(
        "experiment-update-ratios",
        "/experiments/{ended}#update-ratios",
        until(f"#pane-update-ratios {DRAWN}"),
        within="#pane-update-ratios",
    ),
    Place(
        "experiment-activations",
        "/experiments/{ended}#activations",
        scrolled("[data-histograms]", until="[data-histogram=canvas] .main-svg"),
        within="#pane-activations",
    ),
    Place("experiment-filters", "/experiments/{ended}#filters", until("[data-filters=image]"), within="#pane-filters"),
    Place(
        "experiment-errors",
        "/experiments/{ended}#errors",
        until("[data-errors=plot] .heatmaplayer"),
        within="#pane-errors",
    ),
    Place("experiment-spec", "/experiments/{ended}#spec", within="#pane-spec"),
    Place("experiment-log", "/experiments/{ended}#log", within="#pane-log"),
    Place("experiment-comments", "/experiments/{ended}#comments", until("article.comment"), within="#pane-comments"),
    Place(
        "experiment-comment-edited",
        "/experiments/{ended}#comments",
        press("article.comment >> text=Edit", until="article form"),
        within="#pane-comments",
    ),
    Place("experiment-failed", "/experiments/{failed}", until("[data-head=failure]")),
    Place("compare", "/compare"),
    Place("compare-several", "/compare?ids={ended},{running},{failed}", until(DRAWN)),
    Place("new-experiment", "/experiments/new?recipe=lenet5-mnist", until(".layer-table tfoot")),
    Place(
        "new-experiment-refused",
        "/experiments/new?recipe=softmax-digits",
        filled(("[name='optimizer.lr']", "100"), then="#start", until="#form-problems"),
        within="#main",
    ),
    Place(
        "new-experiment-yaml",
        "/experiments/new?recipe=softmax-digits",
        press("#yaml-tab", until="#yaml"),
        within="#yaml-pane",
    ),
    Place("upload-a-log", "/experiments/import"),
    Place("upload-a-log-refused", "/experiments/import", press("[data-upload=send]", until=".alert"), within="#main"),
    Place("datasets", "/datasets"),
    Place("dataset", "/datasets/{dataset}"),
    Place("account", "/account"),
    Place("status", "/status"),
    Place("reference", "/parts", filled(("#parts-filter", "adam"))),
    Place("tags", "/tags"),
    Place("tag", "/tags/baseline"),
    Place("tag-changed", "/tags/baseline/edit", within="#main"),
    Place("tags-merged", "/tags/baseline/merge?into=insight", within="#main"),
    Place("search", "/search?q=digits", within="#main"),
    Place("search-of-nothing", "/search", within="#main"),
    Place("commands", "/", keys("Control+k", until="dialog[open]"), within="dialog[open]"),
    Place("notifications", "/notifications", within="#main"),
    Place("notifications-chosen", "/account/notifications", within="#main"),
    Place("webhook", "/account/webhooks/{webhook}", within="#main"),
    Place("compare-saved", "/compare/saved/{comparison}", until(DRAWN), within="#main"),
    Place("compare-chooser", "/compare/choose", within="#main"),
    Place("two-factor", "/account/two-factor", within="#main"),
    Place("leaving", "/account/delete", within="#main"),
    Place("people", "/admin", within="#main"),
    Place("somebody", "/admin/people/1", within="#main"),
    Place("somebody-deleted", "/admin/people/1/delete", within="#main"),
    Place("invitations", "/admin/invitations", within="#main"),
    Place("logins", "/admin/logins", within="#main"),
    Place("audit-log", "/admin/audit", within="#main"),
    Place("mail", "/admin/mail", within="#main"),
    Place("sharing", "/experiments/{ended}", press("text=Share", until="#share-modal.show"), within="#share-modal"),
    Place("experiment-public", "/public/{link}", until(DRAWN), who="stranger"),
    Place("password-forgotten", "/password/forgotten", who="stranger"),
    Place("api-docs", "/api/docs", within="#main"),
    Place("not-found", "/nothing-is-here"),
]

# GET routes that show no page of their own, by endpoint or by the first word of it.
NO_PAGES = {
    "api": "JSON for programs",
    "live": "streams, snapshots and files",
    "static": "files",
    "modules": "scripts",
    "observation.healthz": "JSON for a supervisor",
    "observation.readyz": "JSON for a supervisor",
    "observation.metrics": "text for Prometheus",
    "datasets.sheet": "a picture",
    "comments.listing": "a fragment, seen in experiment-comments",
    "comments.show": "a fragment, seen in experiment-comments",
    "comments.edit": "a fragment, seen in experiment-comment-edited",
    "compare.trials": "a fragment, seen in experiment-trials",
    "experiments.errors": "a fragment, seen in experiment-errors",
    "experiments.waiting": "words that are seen in the head of an experiment",
    "experiments.columns": "a fragment, seen in experiments-columns",
    "experiments.completions": "JSON for the search box",
    "experiments.show_sparklines": "JSON for the table",
    "account.factor_picture": "a picture",
    "admin.export_audit": "a file",
    "auth.code": "the second step of a login, seen in test_accounts.py",
    "auth.confirm_address": "behind a link of a mail, seen in test_accounts.py",
    "auth.invited": "behind a link, seen in test_accounts.py",
    "auth.reset": "behind a link of a mail, seen in test_accounts.py",
    "comments.history": "a fragment of the comments",
    "comments.reply": "a fragment of the comments",
    "comments.thread": "a fragment of the comments",
    "home.commands": "JSON for the palette of commands",
    "home.search_offers": "a fragment of the search",
    "sharing.names": "a fragment, seen in sharing",
    "sharing.show": "a fragment, seen in sharing",
}
