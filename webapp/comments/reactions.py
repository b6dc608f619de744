"""The answers without words that a comment can have: few, so that everybody knows what each means."""

from typing import NamedTuple

from webapp.models import Comment, User

CHOICES = {
    "thumbs_up": ("👍", "Thumbs up"),
    "thumbs_down": ("👎", "Thumbs down"),
    "celebrate": ("🎉", "Hooray"),
    "heart": ("❤️", "Heart"),
    "eyes": ("👀", "Looking into it"),
    "thinking": ("🤔", "Not sure"),
}


class Tally(NamedTuple):
    """How many gave one of the reactions, and who."""

    name: str
    emoji: str
    title: str
    given_by: list[User]
    mine: bool

    @property
    def number(self) -> int:
        """How many."""
        return len(self.given_by)

    @property
    def people(self) -> list[str]:
        """As they are called on the pages."""
        return [user.shown_name for user in self.given_by]

    @property
    def usernames(self) -> list[str]:
        """As programs call them."""
        return [user.username for user in self.given_by]


def tallies(comment: Comment, reader: User) -> list[Tally]:
    """Those that a comment has, in the order of the choices."""
    found = []
    for name, (emoji, title) in CHOICES.items():
        people = [given.user for given in comment.reactions if given.name == name]
        if people:
            found.append(Tally(name, emoji, title, people, reader.id in {user.id for user in people}))
    return found
