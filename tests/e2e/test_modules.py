"""JavaScript modules are sent as one script, in which each runs once and in the order that a browser would run them in."""

from playwright.sync_api import Browser

from webapp.modules import bundle

SAID = "globalThis.said = [];\nexport const say = (word) => said.push(word);\nexport class Nobody {}\n"
PAGE = '<script data-run="{run}">{script}</script><script>said.push("other scripts");</script>'


def said_by(browser: Browser, run: str, **sources: str) -> list[str]:
    """What a page has said in the end that is for some of the modules."""
    script = bundle({"say.js": SAID, "app.js": "", **{f"{name}.js": source for name, source in sources.items()}})
    page = browser.new_page()
    page.set_content(PAGE.format(run=run, script=script))
    said: list[str] = page.evaluate("Promise.resolve().then(() => said)")
    page.close()
    return said


def test_modules_run_once_those_they_import_first(browser: Browser) -> None:
    found = said_by(
        browser,
        "page.js",
        page='import { a as one } from "./a.js";\nimport { b } from "./b.js";\nimport { say } from "./say.js";\nsay(one + " " + b());\n',
        a='import { say } from "./say.js";\nsay("a runs");\nexport const a = "A";\n',
        b='import "./a.js";\nimport { say } from "./say.js";\nsay("b runs");\nexport function b() { return "B"; }\n',
    )
    assert found == ["a runs", "b runs", "A B", "other scripts"]


def test_what_every_page_has_runs_when_the_scripts_of_others_have(browser: Browser) -> None:
    said = 'import { say } from "./say.js";\n'
    assert said_by(browser, "page.js", page=said + 'say("page");\n', app=said + 'say("app");\n') == [
        "page",
        "other scripts",
        "app",
    ]


def test_a_module_that_is_imported_later_runs_then(browser: Browser) -> None:
    found = said_by(
        browser,
        "page.js",
        page='import { say } from "./say.js";\nimport("./late.js").then(({ late }) => say(late));\nsay("page");\n',
        late='import { say } from "./say.js";\nsay("late runs");\nexport const late = "late";\n',
        never='import { say } from "./say.js";\nsay("never");\n',
    )
    assert "never" not in found
    assert found.index("late") > found.index("late runs")


def test_a_module_that_fails_takes_no_other_with_it(browser: Browser) -> None:
    said = 'import { say } from "./say.js";\n'
    found = said_by(browser, "bad.js page.js", bad='throw new Error("x");\n', page=said + 'say("page");\n')
    assert found == ["page", "other scripts"]
