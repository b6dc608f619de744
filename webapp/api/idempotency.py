"""The same POST again does nothing again: with an ``Idempotency-Key`` it gets the first one's answer, for a day.

A row of the database says who is at the request. It is claimed before the route runs, by one try at a time; every commit of the
route's says in the same transaction that it was carried out, and is refused once another try has claimed it. So a try that was
cut off before it changed anything is done again, and one that was cut off afterwards is not: what it answered is lost then, and
the next try is told so.
"""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Any, cast

import orjson
from flask import Response, current_app, g, has_request_context, request
from flask_login import current_user
from sqlalchemy import CursorResult, delete, event, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from dlcore.validation import Problem
from webapp.api import blueprint
from webapp.api.description import described
from webapp.api.problems import Refused, invalid, problem
from webapp.models import IdempotencyKey, db, now
from webapp.store.database import AWAY

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST_KEY = 255
KEPT = timedelta(hours=24)
CLAIMED = timedelta(seconds=60)  # a try that took longer was cut off
MOST_KEYS = 10_000  # of one person
LONGEST_ANSWER = 1024 * 1024
WAITED_S, LOOKED_EVERY_S = 20.0, 0.05
KEPT_HEADERS = ("Content-Type", "Location", "ETag")
BLOCK = 1024 * 1024
LOST = (
    "The first request with this key was carried out, but it was cut off before its answer was kept. "
    "Look for what it made before you send it again with another key."
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A try at a request."""

    key: int
    number: int


@blueprint.before_request
def begin() -> Response | None:
    """The answer that the key has already, or None: the route shall run. Raises Refused."""
    text = request.headers.get(HEADER)
    if text is None or request.method != "POST":
        return None
    if not 1 <= len(text) <= LONGEST_KEY or not all("!" <= one <= "~" for one in text):
        raise invalid([Problem(HEADER, f"A key has 1 to {LONGEST_KEY} characters of ASCII, and no spaces.")])
    user_id, digest, print_ = current_user.id, hashlib.sha256(text.encode()).hexdigest(), fingerprint()
    session, deadline = db.session(), time.monotonic() + WAITED_S
    while time.monotonic() < deadline:
        found = session.scalar(of_key(user_id, digest))
        if found is None or is_free(found, print_):
            if claim := claimed(session, user_id, digest, print_):
                g.claim = claim
                return None
        elif answer := answer_of(found, print_):
            return answer
        session.rollback()
        time.sleep(LOOKED_EVERY_S)
    raise Refused(409, "The first request with this key is still being carried out.", headers={"Retry-After": "5"})


def fingerprint() -> str:
    """What tells one request from another: address and body. Of a form the parts, for their boundaries are drawn by lot."""
    found = hashlib.sha256(f"{request.method} {request.full_path}\n".encode())
    for piece in pieces():
        found.update(hashlib.sha256(piece).digest())
    return found.hexdigest()


def pieces() -> Iterator[bytes]:
    """The body, piece by piece; files stay where they arrived."""
    if request.mimetype != "multipart/form-data":
        yield request.get_data()
        return
    for name, value in request.form.items(multi=True):
        yield f"{name}={value}".encode(errors="surrogatepass")
    for name, file in request.files.items(multi=True):
        yield f"{name}:{file.filename}".encode(errors="surrogatepass")
        yield from blocks(file.stream)


def blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """All of a file, which is then again at its beginning."""
    while block := stream.read(BLOCK):
        yield block
    stream.seek(0)


def of_key(user_id: int, digest: str) -> Any:
    """The row of a person's key."""
    return select(IdempotencyKey).where(IdempotencyKey.user_id == user_id, IdempotencyKey.digest == digest)


def is_free(found: IdempotencyKey, print_: str) -> bool:
    """Whether the key is forgotten, or its try was cut off before it changed anything."""
    is_cut_off = found.status is None and not found.carried_out and found.claimed_at < now() - CLAIMED
    return found.created_at < now() - KEPT or (is_cut_off and found.fingerprint == print_)


def claimed(session: Session, user_id: int, digest: str, print_: str) -> Claim | None:
    """A new key, or that of a try which was cut off before it changed anything, committed; None when it is somebody's or done."""
    forget(session, user_id)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {"user_id": user_id, "digest": digest, "fingerprint": print_}
    made = session.execute(insert(IdempotencyKey).values(row).on_conflict_do_nothing().returning(IdempotencyKey.id))
    if (new := made.scalar()) is not None:
        session.commit()
        return Claim(new, 1)
    free = (
        IdempotencyKey.user_id == user_id,
        IdempotencyKey.digest == digest,
        IdempotencyKey.fingerprint == print_,
        IdempotencyKey.status.is_(None),
        IdempotencyKey.carried_out.is_(False),
        IdempotencyKey.claimed_at < now() - CLAIMED,
    )
    again = update(IdempotencyKey).where(*free).values(claim=IdempotencyKey.claim + 1, claimed_at=now())
    taken = session.execute(
        again.returning(IdempotencyKey.id, IdempotencyKey.claim).execution_options(synchronize_session=False)
    ).first()
    session.commit()
    return Claim(taken[0], taken[1]) if taken else None


def forget(session: Session, user_id: int) -> None:
    """What is older than a day goes. Raises Refused (429) when this person has too many keys that are not."""
    old = delete(IdempotencyKey).where(IdempotencyKey.created_at < now() - KEPT)
    session.execute(old.execution_options(synchronize_session=False))
    count = session.scalar(select(func.count()).where(IdempotencyKey.user_id == user_id)) or 0
    if count >= MOST_KEYS:
        session.commit()
        sentence = f"You have used {count:,} idempotency keys within a day, which is as many as are kept."
        raise Refused(429, sentence, headers={"Retry-After": "3600"})


def answer_of(found: IdempotencyKey, print_: str) -> Response | None:
    """What the key's first request was answered; None while it is being carried out. Raises Refused."""
    if found.fingerprint != print_:
        raise invalid([Problem(HEADER, "This key was used for another request within the last 24 hours.")], 409)
    if found.status is None:
        is_over = found.carried_out and found.claimed_at < now() - CLAIMED
        return problem(409, LOST) if is_over else None
    answer = Response(found.body or b"", status=found.status, headers=found.headers)
    answer.headers[REPLAYED] = "true"
    return answer


@event.listens_for(Session, "before_commit")
def say_carried_out(session: Session) -> None:
    """In the transaction of what a request changes. Raises Refused (409) when another try has taken its place."""
    claim: Claim | None = g.get("claim") if has_request_context() else None
    if claim is None or session is not db.session():
        return
    ours = update(IdempotencyKey).where(IdempotencyKey.id == claim.key, IdempotencyKey.claim == claim.number)
    done = session.execute(ours.values(carried_out=True).execution_options(synchronize_session=False))
    if cast("CursorResult[Any]", done).rowcount == 0:
        raise Refused(409, "This took so long that another request with the same key has taken its place.")


@blueprint.after_request
def keep(response: Response) -> Response:
    """Keep what was answered. An error of ours is none: where nothing was changed, the request may be sent again."""
    claim: Claim | None = g.pop("claim", None)
    if claim is not None:
        try:
            db.session.rollback()
            keep_answer(db.session(), claim, response)
        except AWAY:  # what was asked is done all the same
            current_app.logger.warning("an answer could not be kept for its idempotency key")
    return response


def keep_answer(session: Session, claim: Claim, response: Response) -> None:
    """Write it into the row of its key, committed."""
    ours = (IdempotencyKey.id == claim.key, IdempotencyKey.claim == claim.number)
    body, plain = body_to_keep(response), {"synchronize_session": False}
    if response.status_code >= 500 or response.status_code == 429 or len(body) > LONGEST_ANSWER:
        undone = delete(IdempotencyKey).where(*ours, IdempotencyKey.carried_out.is_(False))
        session.execute(undone, execution_options=plain)
        session.execute(update(IdempotencyKey).where(*ours).values(claimed_at=now() - CLAIMED), execution_options=plain)
    else:
        headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        answer = {"status": response.status_code, "headers": headers, "body": body}
        session.execute(update(IdempotencyKey).where(*ours).values(answer), execution_options=plain)
    session.commit()


def body_to_keep(response: Response) -> bytes:
    """The body, without what is told once only."""
    said = described(request.endpoint or "")
    if said and said.secrets and response.status_code < 400:
        shown = response.get_json()
        return orjson.dumps({**shown, **{name: None for name in said.secrets if name in shown}})
    return response.get_data()
