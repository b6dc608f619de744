"""The list from which experiments are chosen: searched as the table of experiments is, with what is ticked kept."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from flask_login import current_user
from sqlalchemy import func, select

from webapp import policy
from webapp.compare.chosen import FEWEST, MOST, find
from webapp.compare.saved import of_person
from webapp.experiments.summaries import parts_in_words
from webapp.ids import row_ids
from webapp.models import Experiment, Tag, db, experiment_tags
from webapp.search.pages import Page, Search
from webapp.search.parser import parse
from webapp.search.problem import SearchProblem
from webapp.search.tokens import LONGEST, written
from webapp.search.tree import And, Or

LISTED = 50
MOST_TAGS = 12


def picked() -> list[int]:
    """What is ticked."""
    return row_ids(",".join(request.args.getlist("pick")[:200]))


def wanted_search() -> str:
    """What is searched for: the box, and the tag whose button was pressed."""
    text, tag = request.args.get("search", "").strip(), request.args.get("tag", "")
    return with_tag(text, tag) if tag else text


def with_tag(text: str, tag: str) -> str:
    """A search that asks for a tag besides; one that asks for it already stays as it is."""
    asked = f"tag:{written(tag)}"
    try:
        node, wanted = parse(text), parse(asked)
    except SearchProblem:  # the page says so
        return f"{text} {asked}"
    if node is None or wanted in (node, *(node.items if isinstance(node, And) else ())):
        return text or asked
    return f"({text}) {asked}" if isinstance(node, Or) else f"{text} {asked}"


def render_chooser(chosen: Sequence[int], problem: str | None = None) -> tuple[str, int]:
    """The page, newest experiments first, with one's saved comparisons; 422 where something is wrong."""
    search, page, mistake = wanted_search(), Page([], None), None
    try:
        page = Search(db.session(), current_user, search).page(limit=LISTED, cursor=request.args.get("cursor", ""))
    except SearchProblem as error:
        mistake = error
    listed = {experiment.id for experiment in page.experiments}
    ticked = find(db.session(), chosen[: 2 * MOST], current_user)
    elsewhere = [experiment for experiment in ticked if experiment.id not in listed]
    context: dict[str, Any] = {
        "rows": [(experiment, parts_in_words(experiment.spec)) for experiment in [*elsewhere, *page.experiments]],
        "chosen": {experiment.id for experiment in ticked},
        "search": search,
        "mistake": mistake,
        "problem": problem,
        "next_cursor": page.next_cursor,
        "tags": common_tags(),
        "saved": of_person(db.session(), current_user.id),
        "fewest": FEWEST,
        "most": MOST,
        "longest": LONGEST,
    }
    return render_template("compare/picker.html", **context), 422 if problem or mistake else 200


def common_tags() -> list[str]:
    """The tags that most of the experiments that can be seen have."""
    uses = func.count()
    query = (
        select(Tag.name)
        .join(experiment_tags, experiment_tags.c.tag_id == Tag.id)
        .join(Experiment, Experiment.id == experiment_tags.c.experiment_id)
        .where(Experiment.archived.is_(False), policy.seen_by(current_user))
        .group_by(Tag.name)
        .order_by(uses.desc(), Tag.name)
    )
    return list(db.session.scalars(query.limit(MOST_TAGS)))
