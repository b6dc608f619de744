"""The forms of the administrators' pages."""

from flask_wtf import FlaskForm
from wtforms import EmailField, IntegerField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from webapp.auth.registration import MODES, MOST_DAYS
from webapp.choices import Choice, Radio
from webapp.models import Role

ROLES = [
    SelectChoice(Role.VIEWER.value, "Viewer: sees, and changes nothing"),
    SelectChoice(Role.MEMBER.value, "Member: trains, comments, shares"),
    SelectChoice(Role.ADMINISTRATOR.value, "Administrator: manages everything"),
]


class RoleForm(FlaskForm):
    """Somebody's role."""

    role = Choice("Role", choices=ROLES)
    save_role = SubmitField("Save the role")


class RegistrationForm(FlaskForm):
    """Who may make an account."""

    registration = Radio(
        "Who may make an account",
        [InputRequired("Please choose one.")],
        choices=[SelectChoice(mode, words) for mode, words in MODES.items()],
    )
    save_mode = SubmitField("Save")


class InviteForm(FlaskForm):
    """A new invitation."""

    role = Choice("Role", choices=ROLES, default=Role.MEMBER.value)
    email = EmailField(
        "E-mail address",
        [Length(max=254, message="An e-mail address has at most 254 characters.")],
        description="The link is mailed there. Empty: you give it to them yourself.",
    )
    days = IntegerField(
        "Days that it lasts",
        [
            InputRequired(f"Please enter how many days it lasts, 1 to {MOST_DAYS}."),
            NumberRange(1, MOST_DAYS, message=f"An invitation lasts 1 to {MOST_DAYS} days."),
        ],
        default=7,
        invalid_value_message="Days are a whole number.",
    )
    invite = SubmitField("Make an invitation")
