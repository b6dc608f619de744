"""One search over experiments, comments, tags and people: of each kind the first few, and whether there are more.

Each asks an index: experiments by the table's search, comments by their words. Tags and people are few, so their names are looked through.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from webapp import policy
from webapp.comments.markdown import words_of as plain_words
from webapp.comments.reading import LOADED
from webapp.models import Comment, CommentWord, Experiment, Tag, User, comment_tags
from webapp.models.indexing import words_of
from webapp.search.conditions import beginning
from webapp.search.pages import Search
from webapp.search.problem import SearchProblem
from webapp.search.tokens import LONGEST, quoted, written
from webapp.tags.uses import CountedTag, counted_tags

MOST_WORDS = 20
AROUND = 60  # characters before the first word that was found


@dataclass(frozen=True)
class Found:
    """What a text finds; each list is cut at ``limit``, ``more`` names the kinds of which there are others, and ``search`` is
    what the table of experiments finds the same by.
    """

    experiments: Sequence[Experiment]
    comments: Sequence[Comment]
    tags: Sequence[CountedTag]
    people: Sequence[User]
    more: frozenset[str]
    search: str

    def __bool__(self) -> bool:
        return bool(self.experiments or self.comments or self.tags or self.people)


def find_everything(session: Session, user: User, text: str, limit: int) -> Found:
    """What the person may see of all that the text finds. An empty text finds nothing."""
    text = text.strip()[:LONGEST]
    if not text.strip("#@"):
        return Found([], [], [], [], frozenset(), "")
    search = understood(session, user, text)
    experiments = find_experiments(session, user, search, limit + 1)
    comments = find_comments(session, user, text, limit + 1)
    tags = counted_tags(session, user, text.lstrip("#").lower(), limit + 1)
    people = find_people(session, text, limit + 1)
    cut: dict[str, Sequence[object]] = {
        "experiments": experiments,
        "comments": comments,
        "tags": tags,
        "people": people,
    }
    more = frozenset(kind for kind, found in cut.items() if len(found) > limit)
    return Found(experiments[:limit], comments[:limit], tags[:limit], people[:limit], more, search)


def find_experiments(session: Session, user: User, search: str, limit: int) -> list[Experiment]:
    """What the table finds, newest first and archived ones last."""
    found: list[Experiment] = []
    for archived in (False, True):
        if len(found) < limit:
            found += Search(session, user, search, archived).page(limit=limit - len(found)).experiments
    return found


def understood(session: Session, user: User, text: str) -> str:
    """The text, or its words where it means nothing in the table's language."""
    try:
        Search(session, user, text).matching()
    except SearchProblem:
        return " ".join(map(written, words_of(text)[:MOST_WORDS])) or quoted("")
    return text


def find_comments(session: Session, user: User, text: str, limit: int) -> list[Comment]:
    """The comments that have a word that begins so for each word, or carry the tag ``#name``; newest first."""
    query = select(Comment.id).join(Experiment, Comment.experiment_id == Experiment.id)
    query = query.where(policy.comments_read_by(user))
    if text.startswith("#"):
        tags = select(Tag.id).where(Tag.name == text[1:].lower())
        query = query.where(Comment.id.in_(select(comment_tags.c.comment_id).where(comment_tags.c.tag_id.in_(tags))))
    elif words := words_of(text)[:MOST_WORDS]:
        for word in words:
            query = query.where(Comment.id.in_(select(CommentWord.comment_id).where(beginning(CommentWord.word, word))))
    else:
        return []
    ids = session.scalars(query.order_by(Comment.id.desc()).limit(limit)).all()
    return list(
        session.scalars(select(Comment).where(Comment.id.in_(ids)).options(*LOADED).order_by(Comment.id.desc()))
    )


def find_people(session: Session, text: str, limit: int) -> list[User]:
    """People whose user name or name has the text; those whose user name begins so first."""
    text = text.lstrip("@")
    fits = or_(User.username.icontains(text, autoescape=True), User.name.icontains(text, autoescape=True))
    first = User.username.istartswith(text, autoescape=True).desc()
    return list(
        session.scalars(
            select(User).where(fits, User.deactivated_at.is_(None)).order_by(first, User.username).limit(limit)
        )
    )


def excerpt(body: str, text: str, longest: int = 200) -> str:
    """A comment's words around the first that was looked for."""
    plain = plain_words(body)
    places = [place for word in words_of(text) if (place := plain.lower().find(word)) >= 0]
    start = max(0, min(places, default=0) - AROUND)
    cut = plain[start : start + longest]
    return f"{'… ' if start else ''}{cut}{' …' if start + longest < len(plain) else ''}"
