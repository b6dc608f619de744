"""Stars, what was looked at last, and the search over everything: each person's own, and only of what they may see."""

import html
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Person, Store, full_spec
from webapp import policy
from webapp.finding import visits
from webapp.finding.everything import excerpt, find_everything
from webapp.models import Comment, CommentWord, Experiment, Tag, Trial, User, Visit
from webapp.search.pages import Search

Submit = Callable[..., Experiment]


def titles(answer: list[dict[str, str]]) -> list[str]:
    return [each["title"] for each in answer]


def test_a_star_is_the_persons_own(ada: Person, grace: Person, submit: Submit) -> None:
    made = submit(ada, "Bright")
    submit(ada, "Dull")
    path = f"/experiments/{made.id}/star"
    for _ in range(2):  # twice is as once
        assert grace.api("PUT", path).status_code == 204
    assert titles(grace.api("GET", "/stars").json["experiments"]) == ["Bright"]
    assert ada.api("GET", "/stars").json["experiments"] == []
    for search in ("is:starred", "starred:me"):
        assert titles(grace.api("GET", f"/experiments?search={search}").json["experiments"]) == ["Bright"]
        assert ada.api("GET", f"/experiments?search={search}").json["experiments"] == []
    assert grace.api("GET", "/experiments?search=starred:ada").status_code == 422
    assert titles(grace.api("GET", "/experiments?search=not is:starred").json["experiments"]) == ["Dull"]
    assert titles(ada.api("GET", "/experiments?search=is:mine").json["experiments"]) == ["Dull", "Bright"]
    page = grace.browser.get("/").text
    assert "Starred" in page
    assert "Bright" in page
    assert 'aria-pressed="true"' in grace.browser.get(f"/experiments/{made.id}").text
    assert grace.browser.get("/experiments").text.count('aria-pressed="true"') == 1
    for _ in range(2):
        assert grace.api("DELETE", path).status_code == 204
    assert grace.api("GET", "/stars").json["experiments"] == []
    assert grace.api("PUT", "/experiments/99/star").status_code == 404


def test_what_was_looked_at_is_remembered_for_the_person_alone(ada: Person, grace: Person, submit: Submit) -> None:
    for title in ("First", "Second"):
        grace.browser.get(f"/experiments/{submit(ada, title).id}")
    assert titles(grace.api("GET", "/recent").json["experiments"]) == ["Second", "First"]
    assert titles(grace.api("GET", "/recent?limit=1").json["experiments"]) == ["Second"]
    assert ada.api("GET", "/recent").json["experiments"] == []
    assert 'Recently viewed<a class="ms-auto small fw-normal fs-6" href="/experiments?search=is:viewed"' in (
        grace.browser.get("/").text
    )
    assert titles(grace.api("GET", "/experiments?search=is:viewed").json["experiments"]) == ["Second", "First"]
    assert ada.api("GET", "/experiments?search=is:viewed").json["experiments"] == []
    commands = grace.browser.get("/commands").json["commands"]
    assert [each["title"] for each in commands if each["group"] == "Recent"] == ["Second", "First"]
    assert grace.api("DELETE", "/recent").status_code == 204
    assert "Recently viewed" not in grace.browser.get("/").text


def test_only_the_last_visits_are_kept(sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "KEPT", 3)
    with sessions() as session:
        user = User(username="ada", email="ada@example.com")
        made = [Experiment(owner=user, title=f"N{number}", spec=full_spec()) for number in range(5)]
        session.add_all(made)
        session.commit()
        for experiment in [*made, made[2], made[3]]:
            visits.remember(session, user.id, experiment.id)
        assert session.scalar(select(func.count()).select_from(Visit)) == 3
        assert [visit.experiment.title for visit in visits.recent(session, user)] == ["N4", "N3", "N2"]


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Session:
    return sessions()


@pytest.fixture
def people(session: Session) -> tuple[User, User]:
    """Ada and Grace, with an experiment each and a comment on Ada's."""
    ada, grace = (User(username=name, email=f"{name}@example.com", name=name.title()) for name in ("ada", "grace"))
    for owner, title in ((ada, "Careful warm-up"), (grace, "Bolder warmth")):
        trials = [Trial(number=1, seed=0)]
        session.add(
            Experiment(
                owner=owner, title=title, spec=full_spec(), trials=trials, tags=[Tag(name=f"warm-{title[0].lower()}")]
            )
        )
    session.flush()
    experiment = session.scalars(select(Experiment).where(Experiment.owner_id == ada.id)).one()
    body = "The **warm-up** is too short."
    session.add(Comment(experiment=experiment, author=grace, body=body, body_html="", tags=list(experiment.tags)))
    session.commit()
    return ada, grace


def test_everything_is_found_by_how_words_begin(session: Session, people: tuple[User, User]) -> None:
    found = find_everything(session, people[0], "warm", 10)
    assert [each.title for each in found.experiments] == ["Bolder warmth", "Careful warm-up"]
    assert [each.body for each in found.comments] == ["The **warm-up** is too short."]
    assert [each.tag.name for each in found.tags] == ["warm-b", "warm-c"]
    assert (found.people, found.more) == ([], frozenset())
    assert [each.username for each in find_everything(session, people[0], "@Gra", 10).people] == ["grace"]
    assert find_everything(session, people[0], "warm", 1).more == {"experiments", "tags"}
    assert [
        len(find_everything(session, people[0], text, 5).comments) for text in ("short warm", "#warm-c", "shorter")
    ] == [1, 1, 0]
    assert not find_everything(session, people[0], " # ", 10)


@pytest.mark.parametrize("text", ["Élodie", "élodie", "ÄRMEL", "ärmel"])
def test_people_are_found_in_any_case_of_any_letter(session: Session, people: tuple[User, User], text: str) -> None:
    people[1].name = "Élodie Ärmel"
    session.commit()
    assert find_everything(session, people[0], text, 10).people == [people[1]]


def test_the_tables_language_is_understood_and_what_is_none_of_it_is_words(
    session: Session, people: tuple[User, User]
) -> None:
    mine = find_everything(session, people[0], "owner:me network.kind = softmax", 10)
    assert [each.title for each in mine.experiments] == ["Careful warm-up"]
    odd = find_everything(session, people[0], "careful (warm", 10)
    assert [each.title for each in odd.experiments] == ["Careful warm-up"]


def test_nothing_is_found_that_one_may_not_see(
    session: Session, people: tuple[User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(user: User) -> ColumnElement[bool]:
        return Experiment.owner_id == user.id

    monkeypatch.setattr(policy, "seen_by", nothing)
    found = find_everything(session, people[1], "short", 10)
    assert (found.comments, found.more) == ([], frozenset())
    assert [each.tag.name for each in find_everything(session, people[1], "warm", 10).tags] == ["warm-b"]


def test_words_of_comments_follow_every_change(session: Session, people: tuple[User, User]) -> None:
    comment = session.scalars(select(Comment)).one()
    comment.body = "Longer now"
    session.commit()
    assert set(session.scalars(select(CommentWord.word))) == {"longer", "now"}
    session.delete(comment)
    session.commit()
    assert session.scalars(select(CommentWord)).all() == []


def test_what_a_moderator_hid_is_not_found(
    ada: Person, grace: Person, root: Person, submit: Submit, store: Store
) -> None:
    made = submit(root)
    said = ada.api("POST", f"/experiments/{made.id}/comments", json={"body": "Something rude"}).json
    root.browser.post(f"/comments/{said['id']}/disable")
    for who, seen in ((grace, False), (ada, True), (root, True)):
        assert bool(who.api("GET", "/search?q=rude").json["comments"]) is seen


def test_who_may_edit_finds_what_was_hidden_as_other_moderators_do(
    ada: Person, grace: Person, root: Person, submit: Submit
) -> None:
    made = submit(root)
    said = root.api("POST", f"/experiments/{made.id}/comments", json={"body": "Something rude"}).json
    root.browser.post(f"/comments/{said['id']}/disable")
    for who, access in ((ada, "view"), (grace, "edit")):
        root.api("PUT", f"/experiments/{made.id}/shares", json={"username": who.username, "access": access})
        assert bool(who.api("GET", "/search?q=rude").json["comments"]) is (access == "edit")


def test_the_page_and_the_list_below_the_box_show_what_is_found(ada: Person, submit: Submit) -> None:
    made = submit(ada, "A needle", tags=["hay"])
    ada.api("POST", f"/experiments/{made.id}/comments", json={"body": "A *needle* again"})
    page = ada.browser.get("/search?q=needle").text
    assert "A needle again" in page
    offers = ada.browser.get("/search/offers?q=needle").text
    assert f'data-href="/experiments/{made.id}"' in offers
    assert "All results for “needle”" in offers
    assert "#hay" in ada.browser.get("/search/offers?q=hay").text
    assert "Nothing is found" in ada.browser.get("/search?q=nowhere").text
    assert ada.browser.get("/search").status_code == 200


@pytest.mark.parametrize(
    ("text", "search"), [("Run:", "run"), ("run or (", 'run "or"'), ("title ~ run", "title ~ run")]
)
def test_the_link_to_the_table_finds_there_what_was_found(
    ada: Person, submit: Submit, monkeypatch: pytest.MonkeyPatch, text: str, search: str
) -> None:
    monkeypatch.setattr("webapp.home.search.ON_THE_PAGE", 1)
    for title in ("Run or walk", "Run or rest"):
        submit(ada, title)
    page = ada.browser.get("/search", query_string={"q": text}).text
    (href,) = re.findall(r'href="([^"]+)">All in the table', page)
    address = html.unescape(href)
    assert parse_qs(urlsplit(address).query) == {"search": [search]}
    table = ada.browser.get(address)
    assert table.status_code == 200
    assert all(title in table.text for title in ("Run or walk", "Run or rest"))


def test_an_excerpt_is_around_what_was_looked_for() -> None:
    body = "word " * 100 + "needle " + "word " * 100
    assert "needle" in excerpt(body, "needle", 100)
    assert excerpt("All of *it*", "all") == "All of it"


def test_search_counts_are_what_the_table_says(session: Session, people: tuple[User, User]) -> None:
    assert Search(session, people[0], "warm").count() == len(
        find_everything(session, people[0], "warm", 10).experiments
    )
