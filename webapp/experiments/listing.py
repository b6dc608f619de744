"""The table of experiments: what is searched, by what it is sorted, and which columns it has are in the address."""

from dataclasses import dataclass
from typing import Any

from flask import jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload, selectinload

from webapp import policy
from webapp.experiments import blueprint
from webapp.experiments.columns import DEFAULT, MOST, SORTS, cells, choices, label, read_columns
from webapp.experiments.sparklines import MOST_TRIALS, sparklines
from webapp.experiments.summaries import parts_in_words
from webapp.finding.stars import starred_among
from webapp.ids import row_ids
from webapp.models import Experiment, Trial, User, db
from webapp.search.completion import complete
from webapp.search.fields import full_name
from webapp.search.orders import DEFAULT as NEWEST
from webapp.search.pages import COUNTED, Page, Search
from webapp.search.problem import SearchProblem
from webapp.search.tokens import LONGEST

PER_PAGE = 25
SHOWN = (
    defer(Experiment.description),
    joinedload(Experiment.owner).load_only(User.username, User.name),
    selectinload(Experiment.trials).load_only(Trial.number, Trial.state),
    selectinload(Experiment.tags),
)


@dataclass(frozen=True)
class View:
    """What an address of the table says."""

    search: str
    sort: str
    columns: list[str]
    archived: bool
    cursor: str = ""

    def address(self, **changes: Any) -> str:
        """The address of the table with some of it changed; a change begins with the first page."""
        said = {"search": self.search, "sort": self.sort, "columns": self.columns, "archived": self.archived, **changes}
        return url_for(
            "experiments.listing",
            search=said["search"] or None,
            sort=said["sort"] if said["sort"] != NEWEST else None,
            columns=",".join(said["columns"]) if said["columns"] != list(DEFAULT) else None,
            archived=1 if said["archived"] else None,
            cursor=said.get("cursor"),
        )

    def sorted_by(self, column: str) -> str:
        """The address sorted by a column; turned round where it is already."""
        return self.address(sort=f"-{column}" if self.sort == column else column)

    @property
    def sorts(self) -> list[str]:
        """What the list of orders offers."""
        return list(dict.fromkeys([*SORTS, *self.columns, self.sort.removeprefix("-")]))


def read_view(values: Any) -> View:
    """What the address, or the form of the ticked rows, says; columns that are none are left out."""
    sort = values.get("sort") or NEWEST
    turned, name = sort.startswith("-"), full_name(sort.removeprefix("-"))
    try:
        columns = read_columns(db.session(), current_user, values.getlist("columns"))
    except SearchProblem:
        columns = list(DEFAULT)
    return View(
        search=values.get("search", ""),
        sort=f"-{name}" if turned else name,
        columns=columns,
        archived=values.get("archived") == "1",
        cursor=values.get("cursor", ""),
    )


@blueprint.get("/experiments")
@login_required
def listing() -> ResponseReturnValue:
    """A page of the table."""
    view, problem, count = read_view(request.args), None, 0
    page = Page([], None)
    try:
        read_columns(db.session(), current_user, request.args.getlist("columns"))
        found = Search(db.session(), current_user, view.search, view.archived)
        page = found.page(view.sort, PER_PAGE, view.cursor, SHOWN)
        count = found.count()
    except SearchProblem as error:
        problem = error
    context: dict[str, Any] = {
        "rows": [(experiment, parts_in_words(experiment.spec)) for experiment in page.experiments],
        "cells": cells(db.session(), page.experiments, view.columns),
        "starred": starred_among(db.session(), current_user, [each.id for each in page.experiments]),
        "next_cursor": page.next_cursor,
        "view": view,
        "ascending": page.ascending,
        "count": count,
        "counted": COUNTED,
        "problem": problem,
        "label": label,
        "longest": LONGEST,
        "any_at_all": bool(page.experiments) or sees_any(),
    }
    if request.headers.get("HX-Target") != "experiments-table":
        return render_template("experiments/listing.html", **context), 422 if problem else 200
    template = "experiments/_search_problem.html" if problem else "experiments/_table.html"
    answer = make_response(render_template(template, is_fragment=True, **context))
    answer.headers["HX-Replace-Url"] = view.address()
    if problem:
        answer.headers["HX-Retarget"] = "#search-problem"  # the table of the last search that made sense stays
    return answer


@blueprint.get("/experiments/columns")
@login_required
def columns() -> ResponseReturnValue:
    """The columns to choose from; a piece of the table's page."""
    results, fields = choices(db.session(), current_user, read_view(request.args).columns)
    return render_template("experiments/_columns.html", results=results, fields=fields, label=label, most=MOST)


@blueprint.get("/experiments/completions")
@login_required
def completions() -> ResponseReturnValue:
    """What can be written at ``caret`` of ``text``, for the box: where it goes, and what it is."""
    text = request.args.get("text", "")[: LONGEST + 1]
    caret = request.args.get("caret", len(text), type=int)
    offers = complete(db.session(), current_user, text, min(max(caret, 0), len(text)))
    items = [{"text": offer.text, "detail": offer.detail} for offer in offers.items]
    return jsonify(start=offers.start, end=offers.end, items=items)


@blueprint.get("/experiments/sparklines")
@login_required
def show_sparklines() -> ResponseReturnValue:
    """The training loss of ``trials`` in a few points each."""
    ids = row_ids(request.args.get("trials", ""))[:MOST_TRIALS]
    seen = sorted(policy.trials_seen_by(db.session(), current_user, ids))
    return jsonify({str(trial): values for trial, values in sparklines(db.session(), seen).items()})


def sees_any() -> bool:
    """Whether there is any experiment that this person sees, archived or not."""
    return db.session.scalar(select(Experiment.id).where(policy.seen_by(current_user)).limit(1)) is not None
