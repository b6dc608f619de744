"""Every declared part in the form: a new one is tested by existing."""

from dlcore.part import Part
from tests.dlcore.test_parts import every_part
from tests.webapp.experiments.test_form import fields_of
from webapp.experiments.form_data import read_part
from webapp.experiments.spec_form import part_section


@every_part
def test_what_a_browser_sends_of_its_section_is_the_part(part: type[Part]) -> None:
    section = part_section("here", "Here", part, part().model_dump(mode="json"), {})
    submitted = read_part(fields_of(section), part, "here")
    assert not submitted.missing
    assert part.model_validate(submitted.data) == part()


@every_part
def test_each_of_its_fields_has_an_input_with_its_help(part: type[Part]) -> None:
    section = part_section("here", "Here", part, {}, {})
    inputs = {field.name.removeprefix("here."): field.description for field in section.form}
    below = {inner.path.removeprefix("here.") for inner in [*section.sections, *section.lists]}
    assert inputs.keys() | below == part.model_fields.keys() - {"kind"}
    assert all(inputs.values())
