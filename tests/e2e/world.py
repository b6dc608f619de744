"""What the pages have to show: an experiment that ended with everything there is, one that runs, one that failed."""

import os
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy.orm import Session, sessionmaker

from tests.e2e.conftest import PASSWORD
from tests.waiting import wait_until
from webapp.models import Role, User

CONVNET = {
    "data": {"kind": "digits"},
    "network": {
        "kind": "convnet",
        "layers": [
            {"kind": "conv", "filters": 8, "size": 3},
            {"kind": "relu"},
            {"kind": "max_pool"},
            {"kind": "fully_connected", "units": 16},
            {"kind": "relu"},
        ],
    },
    "epochs": 2,
    "trials": 2,
    "monitor": {"every_steps": 2, "pictures_every_epochs": 1, "histograms_every_epochs": 1},
}
EXPLODING = {
    "data": {"kind": "digits", "preprocess": [{"kind": "center"}]},
    "network": {"kind": "mlp", "hidden": [100, 100]},
    "epochs": 20,
    "optimizer": {"kind": "sgd", "lr": 10},
}
WITHOUT_END = {"data": {"kind": "digits"}, "network": {"kind": "softmax"}, "epochs": 20_000}
COMMENT = "The **loss** falls; see `lr`.\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n- one\n- two\n"
TABLE = "width,height,kind\n" + "".join(f"{i},{2 * i},{'xy'[i % 2]}\n" for i in range(40))


class Browsing:
    """Somebody with an account, in a browser of their own that asks for no movement."""

    def __init__(self, browser: Browser, url: str, name: str = "") -> None:
        self.name = name and f"{name}{os.urandom(3).hex()}"
        self.context: BrowserContext = browser.new_context(
            base_url=url, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        if self.name:
            self.register()

    def register(self) -> None:
        """As everybody does it."""
        self.page.goto("/register")
        for field, text in (("#username", self.name), ("#email", f"{self.name}@example.com"), ("#password", PASSWORD)):
            self.page.fill(field, text)
        self.page.click("#submit")
        self.page.wait_for_url("**/")

    def api(self, method: str, path: str, **rest: Any) -> Any:
        """What the API answers."""
        token = self.page.locator("meta[name=csrf-token]").get_attribute("content") or ""
        answer = self.page.request.fetch(f"/api/v1{path}", method=method, headers={"X-CSRFToken": token}, **rest)
        assert answer.ok, answer.text()
        return answer.json()

    def submit(self, title: str, spec: dict[str, Any], **rest: Any) -> dict[str, Any]:
        """An experiment of theirs."""
        made: dict[str, Any] = self.api("POST", "/experiments", data={"title": title, "spec": spec, **rest})
        return made

    def state(self, experiment: int) -> set[str]:
        """The states of its trials."""
        return {trial["state"] for trial in self.api("GET", f"/experiments/{experiment}")["trials"]}


@dataclass(frozen=True)
class World:
    """Numbers of what is there; addresses name them."""

    ended: int
    trial: int
    running: int
    running_trial: int
    failed: int
    dataset: int
    comment: int
    webhook: int
    comparison: str
    link: str

    def address(self, path: str) -> str:
        """With the numbers in it."""
        return path.format(**vars(self))


def furnish(person: Browsing, sessions: sessionmaker[Session]) -> World:
    """Make an administrator of somebody, and all that there is to see."""
    with sessions() as session:
        session.query(User).filter_by(username=person.name).one().role = Role.ADMINISTRATOR
        session.commit()
    ended = person.submit("Digits by a convolution", CONVNET, description="A **conv** net.", tags=["baseline"])
    failed = person.submit("Too high", EXPLODING)
    wait_until(lambda: person.state(ended["id"]) == {"completed"}, "both trials have ended", 60, 0.2)
    wait_until(lambda: person.state(failed["id"]) == {"failed"}, "it has failed", 30, 0.2)
    running = person.submit("Without an end", WITHOUT_END)
    wait_until(lambda: person.state(running["id"]) == {"running"}, "it runs", 30, 0.2)
    comment = person.api("POST", f"/experiments/{ended['id']}/comments", data={"body": COMMENT, "tags": ["insight"]})
    file = {"name": "kinds.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    dataset = person.api("POST", "/datasets", multipart={"files": file})
    trial, running_trial = ended["trials"][0]["id"], running["trials"][0]["id"]
    webhook = person.api("POST", "/webhooks", data={"url": "https://example.com/hook"})
    pair = {"name": "Side by side", "ids": [ended["id"], failed["id"]], "notes": "**See** the loss."}
    comparison = person.api("POST", "/comparisons", data=pair)
    link = person.api("POST", f"/experiments/{ended['id']}/link")["link"]
    return World(
        ended["id"], trial, running["id"], running_trial, failed["id"], dataset["id"], comment["id"], webhook["id"],
        comparison["url"].rsplit("/", 1)[1], link.rsplit("/", 1)[1],
    )  # fmt: skip
