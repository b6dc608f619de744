"""The forms of the account page."""

from flask_wtf import FlaskForm
from wtforms import (
    EmailField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.account.service import LONGEST_ABOUT, LONGEST_NAME
from webapp.account.tokens import LIFETIMES, LONGEST_LABEL
from webapp.auth.passwords import LONGEST, SHORTEST
from webapp.models import Scope


class ProfileForm(FlaskForm):
    """What others see."""

    name = StringField(
        "Name",
        [Length(max=LONGEST_NAME, message=f"A name has at most {LONGEST_NAME} characters.")],
        description="How you are called on the pages; empty shows the username.",
    )
    email = EmailField("E-mail", [InputRequired("Please enter your e-mail address."), Length(max=254)])
    about = TextAreaField("About me", [Length(max=LONGEST_ABOUT, message=f"At most {LONGEST_ABOUT} characters.")])
    save = SubmitField("Save profile")


class PasswordForm(FlaskForm):
    """Another password."""

    current = PasswordField(
        "Current password",
        [InputRequired("Please enter your current password.")],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        "New password",
        [InputRequired("Please choose a new password.")],
        description=f"At least {SHORTEST} characters. All other browsers are logged out.",
        render_kw={"autocomplete": "new-password", "minlength": SHORTEST, "maxlength": LONGEST},
    )
    change = SubmitField("Change password")


class TokenForm(FlaskForm):
    """A new API token."""

    label = StringField("What it is for", [Length(max=LONGEST_LABEL, message=f"At most {LONGEST_LABEL} characters.")])
    scopes = SelectMultipleField(
        "What it may do",
        [InputRequired("Choose at least one.")],
        choices=[SelectChoice(scope.value, scope.help) for scope in Scope],
        default=[Scope.READ.value, Scope.WRITE.value, Scope.TRAIN.value],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    days = SelectField(
        "Good for", choices=[SelectChoice(str(days), words) for days, words in LIFETIMES.items()], default="90"
    )
    issue = SubmitField("Make a token")
