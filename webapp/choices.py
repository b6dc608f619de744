"""Fields of forms with choices. Where something else is sent they say what can be chosen, and what came."""

from typing import Any

from wtforms import RadioField, SelectField, SelectMultipleField, ValidationError


class NamesChoices(SelectField):
    """The sentence, for all of them: “Role: choose viewer, member or administrator; you sent “king”.”"""

    def pre_validate(self, form: Any) -> None:
        """Raises ValidationError."""
        try:
            super().pre_validate(form)
        except ValidationError as error:
            raise ValidationError(self.refusal()) from error

    def refusal(self) -> str:
        """Which field, which choices, and what came in their place."""
        names = [str(choice.value) for choice in self.iter_choices()]
        sent = next((text for text in self.raw_data or () if text not in names), None)
        told = f"; you sent “{str(sent)[:40]}”" if sent is not None else ""
        return f"{self.label.text}: choose {', '.join(names[:-1])} or {names[-1]}{told}."


class Choice(NamesChoices):
    """One of some, in a list that folds out."""


class Choices(NamesChoices, SelectMultipleField):
    """Any of some."""


class Radio(NamesChoices, RadioField):
    """One of some, all in sight."""
