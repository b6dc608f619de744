"""All scripts of the pages as one: each ES module becomes a function that runs once, when it is first needed.

A chart needs some fifty small modules, and to ask for each of them costs a browser more time than all else on the way to the first
chart. The modules stay what they are, files that browsers could load one by one; they keep to a few forms of import and export, and
anything else is refused here. Modules may not import one another in a circle.
"""

import re
from collections.abc import Mapping

IMPORT = re.compile(r'^import (?:\{([^}]*)\} from )?"\./([\w-]+\.js)";', re.MULTILINE)
LATER = re.compile(r'\bimport\("\./([\w-]+\.js)"\)')
EXPORT = re.compile(r"^export (?=(?:async )?(?:class|function|const) (\w+))", re.MULTILINE)
UNKNOWN = re.compile(r"^.*(?:^(?:import|export)\b|\bimport\().*$", re.MULTILINE)
OF_EVERY_PAGE = "app.js"
BEFORE = """(() => {
"use strict";
const made = {};
const need = (name) => made[name] ??= makers[name]();
const later = async (name) => need(name);
const run = (name) => {
  try { need(name); } catch (error) { reportError(error); }
};
const makers = {
"""
AFTER = f"""}};
document.currentScript.dataset.run.split(" ").filter(Boolean).forEach(run);
document.addEventListener("DOMContentLoaded", () => run("{OF_EVERY_PAGE}"));
}})();
"""
"""What every page has runs when the deferred scripts of others have, which it uses; what a page is for runs at once."""


class NotBundled(ValueError):
    """A module does something that cannot be done in a bundle; the message says which and what."""


def bundle(sources: Mapping[str, str]) -> str:
    """One script of modules by their names. Its element says in ``data-run`` which of them a page is for. Raises NotBundled."""
    exported = {name: EXPORT.findall(source) for name, source in sources.items()}
    imported = {name: IMPORT.findall(source) for name, source in sources.items()}
    for name, imports in imported.items():
        for names, other in [*imports, *(("", later) for later in LATER.findall(sources[name]))]:
            if missing := {word.split(" as ")[0] for word in words(names)} - set(exported.get(other, ())):
                raise NotBundled(f"{name} imports {', '.join(sorted(missing))}, which {other} does not export")
            if other not in sources:
                raise NotBundled(f"{name} imports {other}, which is not there")
    refuse_circles({name: {other for _, other in imports} for name, imports in imported.items()})
    return BEFORE + "".join(maker(name, source, exported[name]) for name, source in sources.items()) + AFTER


def maker(name: str, source: str, exported: list[str]) -> str:
    """The function that runs a module and gives what it exports."""
    body = LATER.sub(r'later("\1")', EXPORT.sub("", IMPORT.sub(needed, source)))
    if unknown := UNKNOWN.search(body):
        raise NotBundled(f"{name}: {unknown[0].strip()}")
    return f'"{name}": () => {{\n{body.rstrip()}\nreturn {{ {", ".join(exported)} }};\n}},\n'


def needed(found: re.Match[str]) -> str:
    """An import as it stands in a bundle."""
    names, other = found.groups()
    taken = ", ".join(word.replace(" as ", ": ") for word in words(names))
    return f'const {{ {taken} }} = need("{other}");' if taken else f'need("{other}");'


def words(names: str | None) -> list[str]:
    """The names between an import's braces, ``a as b`` among them."""
    return [" ".join(name.split()) for name in (names or "").split(",") if name.strip()]


def refuse_circles(arrows: Mapping[str, set[str]]) -> None:
    """Raises NotBundled where modules need one another before either has run."""
    left = {name: set(others) for name, others in arrows.items()}
    while ready := {name for name, others in left.items() if not others}:
        left = {name: others - ready for name, others in left.items() if name not in ready}
    if left:
        raise NotBundled(f"these modules import one another in a circle: {', '.join(sorted(left))}")
