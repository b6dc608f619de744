"""What a token may be used for. Declared here once: forms, the API's document, its checks and the commands all read it."""

from collections.abc import Iterable
from enum import StrEnum


class Scope(StrEnum):
    """A part of what a person may do, which a token of theirs may do for them. None contains another."""

    READ = "read"
    WRITE = "write"
    TRAIN = "train"
    ACCOUNT = "account"
    ADMIN = "admin"

    @property
    def help(self) -> str:
        """What it lets a token do, in words."""
        return HELP[self]


HELP = {
    Scope.READ: "Read whatever you may see.",
    Scope.WRITE: "Make, change and delete what is yours: experiments, comments, tags, layouts, data sets.",
    Scope.TRAIN: "Submit experiments, and pause, resume, stop, move and test trials.",
    Scope.ACCOUNT: "Change your account, your webhooks and what you are told, and issue and revoke tokens.",
    Scope.ADMIN: "Do what only administrators may, if you are one.",
}
ALL = frozenset(Scope)


def read_scopes(words: str | Iterable[str]) -> frozenset[Scope]:
    """The scopes that words name, or a text with spaces or commas between them. Raises ValueError with a sentence."""
    names = words.replace(",", " ").split() if isinstance(words, str) else list(words)
    unknown = [name for name in names if name not in list(Scope)]
    if unknown:
        raise ValueError(f"There is no scope “{unknown[0][:40]}”; there are {', '.join(Scope)}.")
    if not names:
        raise ValueError(f"Choose at least one of the scopes {', '.join(Scope)}.")
    return frozenset(map(Scope, names))


def write_scopes(scopes: Iterable[Scope]) -> str:
    """As they are kept: with spaces between, in the order in which they are declared."""
    given = set(scopes)
    return " ".join(scope for scope in Scope if scope in given)
