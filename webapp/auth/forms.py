"""The forms of registering and logging in."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, PasswordField, StringField, SubmitField
from wtforms.validators import InputRequired, Length

from webapp.auth.passwords import LONGEST, SHORTEST


class LoginForm(FlaskForm):
    """Name or address, and password."""

    login = StringField(
        "Username or e-mail",
        [InputRequired("Please enter your username or e-mail address."), Length(max=254)],
        render_kw={"autocomplete": "username", "autofocus": True},
    )
    password = PasswordField(
        "Password",
        [InputRequired("Please enter your password."), Length(max=LONGEST)],
        render_kw={"autocomplete": "current-password"},
    )
    remember = BooleanField("Keep me logged in on this computer for 30 days")
    submit = SubmitField("Log in")


class RegisterForm(FlaskForm):
    """A new account."""

    username = StringField(
        "Username",
        [InputRequired("Please choose a username.")],
        description="3 to 40 letters, digits, dots, dashes or underscores.",
        render_kw={"autocomplete": "username", "autofocus": True, "maxlength": 40},
    )
    email = EmailField(
        "E-mail",
        [InputRequired("Please enter your e-mail address."), Length(max=254)],
        render_kw={"autocomplete": "email"},
    )
    password = PasswordField(
        "Password",
        [InputRequired("Please choose a password.")],
        description=f"At least {SHORTEST} characters. A few words in a row are easy to keep in mind.",
        render_kw={"autocomplete": "new-password", "minlength": SHORTEST, "maxlength": LONGEST},
    )
    submit = SubmitField("Create account")


class CodeForm(FlaskForm):
    """The second factor."""

    code = StringField(
        "Code",
        [InputRequired("Please enter a code."), Length(max=40)],
        description="The six digits that your app shows, or one of your recovery codes.",
        render_kw={"autocomplete": "one-time-code", "autofocus": True, "autocapitalize": "none", "spellcheck": "false"},
    )
    submit = SubmitField("Log in")


class ForgottenForm(FlaskForm):
    """Whose password was forgotten."""

    login = StringField(
        "Username or e-mail",
        [InputRequired("Please enter your username or e-mail address."), Length(max=254)],
        render_kw={"autocomplete": "username", "autofocus": True},
    )
    submit = SubmitField("Mail me a link")


class NewPasswordForm(FlaskForm):
    """Another password, by a link."""

    password = PasswordField(
        "New password",
        [InputRequired("Please choose a password.")],
        description=f"At least {SHORTEST} characters. All browsers are logged out.",
        render_kw={"autocomplete": "new-password", "minlength": SHORTEST, "maxlength": LONGEST, "autofocus": True},
    )
    submit = SubmitField("Save the new password")
