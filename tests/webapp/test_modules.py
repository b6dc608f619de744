"""Modules are sent as one script; what that cannot do is refused by name. tests/e2e/test_modules.py runs such scripts."""

import pytest

from webapp.modules import NotBundled, bundle

SAY = "export const say = () => {};\nexport class Nobody {}\n"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('import { nothing } from "./say.js";', "a.js imports nothing, which say.js does not export"),
        ('import { say } from "./gone.js";', "gone.js"),
        ('import("./gone.js");', "gone.js, which is not there"),
        ('import * as all from "./say.js";', "import * as all"),
        ("export default 1;", "export default"),
        ("export let many = 1;", "export let"),
        ("const name = 1; import(name);", "import(name)"),
        ('import "./b.js";', "in a circle: a.js, b.js"),
    ],
)
def test_what_cannot_be_bundled_is_named(source: str, words: str) -> None:
    with pytest.raises(NotBundled) as refusal:
        bundle({"say.js": SAY, "a.js": source, "b.js": 'import "./a.js";'})
    assert words in str(refusal.value)
