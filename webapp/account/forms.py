"""The forms of the account page."""

from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, StringField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length

from webapp.auth.passwords import LONGEST, SHORTEST


class ProfileForm(FlaskForm):
    """What others see."""

    name = StringField(
        "Name",
        [Length(max=80, message="A name has at most 80 characters.")],
        description="How you are called on the pages; empty shows the username.",
    )
    email = EmailField("E-mail", [InputRequired("Please enter your e-mail address."), Length(max=254)])
    about = TextAreaField("About me", [Length(max=500, message="At most 500 characters.")])
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

    label = StringField("What it is for", [Length(max=80, message="At most 80 characters.")])
    issue = SubmitField("Make a token")
