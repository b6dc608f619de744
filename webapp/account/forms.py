"""The forms of the account page."""

from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, StringField, SubmitField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.account.service import LONGEST_ABOUT, LONGEST_NAME
from webapp.account.tokens import LIFETIMES, LONGEST_LABEL
from webapp.auth.passwords import LONGEST, SHORTEST
from webapp.choices import Choice, Choices, Radio
from webapp.models import Scope


class ProfileForm(FlaskForm):
    """What others see."""

    name = StringField(
        "Name",
        [Length(max=LONGEST_NAME, message=f"A name has at most {LONGEST_NAME} characters.")],
        description="How you are called on the pages; empty shows the username.",
    )
    about = TextAreaField("About me", [Length(max=LONGEST_ABOUT, message=f"At most {LONGEST_ABOUT} characters.")])
    save = SubmitField("Save profile")


class AddressForm(FlaskForm):
    """Another e-mail address."""

    email = EmailField(
        "New e-mail address",
        [InputRequired("Please enter an e-mail address."), Length(max=254)],
        description="We mail a link there; the address is yours once you open it. The old address is told.",
        render_kw={"autocomplete": "email"},
    )
    address_password = PasswordField(
        "Your password",
        [InputRequired("Please enter your password.")],
        render_kw={"autocomplete": "current-password"},
    )
    ask = SubmitField("Mail me the link")


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
    scopes = Choices(
        "What it may do",
        [InputRequired("Choose at least one.")],
        choices=[SelectChoice(scope.value, scope.help) for scope in Scope],
        default=[Scope.READ.value, Scope.WRITE.value, Scope.TRAIN.value],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    days = Choice(
        "Good for", choices=[SelectChoice(str(days), words) for days, words in LIFETIMES.items()], default="90"
    )
    issue = SubmitField("Make a token")


class ConfirmFactorForm(FlaskForm):
    """The first code of a new second factor."""

    code = StringField(
        "Code",
        [InputRequired("Please enter the code that the app shows."), Length(max=40)],
        description="Six digits; a new one every half a minute.",
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )
    password = PasswordField(
        "Your password",
        [InputRequired("Please enter your password.")],
        render_kw={"autocomplete": "current-password"},
    )
    confirm = SubmitField("Switch it on")


class FactorForm(FlaskForm):
    """Something about a second factor that is on."""

    password = PasswordField(
        "Your password",
        [InputRequired("Please enter your password.")],
        render_kw={"autocomplete": "current-password"},
    )


class LeaveForm(FlaskForm):
    """The end of an account."""

    experiments = Radio(
        "Experiments, data sets and comparisons",
        [InputRequired("Please choose what becomes of the experiments.")],
        default="hand_over",
        choices=[
            SelectChoice("hand_over", "Hand them over to somebody"),
            SelectChoice("delete", "Delete them for good"),
        ],
    )
    heir = StringField(
        "To whom",
        [Length(max=254)],
        description="A username or e-mail address.",
        render_kw={"autocomplete": "off"},
    )
    sure = StringField(
        "Username",
        [InputRequired("Please enter the username of the account, so that it is surely this one.")],
        description="Of the account that is deleted, so that it is surely the right one.",
        render_kw={"autocomplete": "off"},
    )
    password = PasswordField(
        "Your password",
        [InputRequired("Please enter your password.")],
        render_kw={"autocomplete": "current-password"},
    )
    leave = SubmitField("Delete the account")
