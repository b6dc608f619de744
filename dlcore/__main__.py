"""Training without the web: ``python -m dlcore train RECIPE`` (or a YAML file), with any field of the spec changed.

python -m dlcore train lenet5-mnist --set epochs=12 --set "schedule={kind: cosine}"
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import yaml

from dlcore.errors import TrainingError
from dlcore.events import Progress, Results, Text
from dlcore.recipes import recipe_of, recipes
from dlcore.validation import SpecInvalid, parse_spec

SAID_EVERY_S = 5.0


def main(arguments: list[str]) -> int:
    """Run the command; 2 when the spec is wrong, 1 when training failed."""
    options = parser().parse_args(arguments)
    try:
        spec = parse_spec(changed(spec_of(options.what), options.set))
    except SpecInvalid as invalid:
        for problem in invalid.problems:
            say(f"{problem.path or 'spec'}: {problem.message}")
        return 2
    import torch

    from dlcore.train import train

    if options.threads:
        torch.set_num_threads(options.threads)
    results: dict[str, Any] = {}
    said = time.monotonic()
    try:
        for event in train(spec):
            if isinstance(event, Text):
                say(event.message)
            elif isinstance(event, Results):
                results = dict(event.values)
            elif isinstance(event, Progress) and time.monotonic() - said > SAID_EVERY_S:
                said = time.monotonic()
                say(line(event, results))
    except TrainingError as error:
        say(str(error))
        return 1
    sys.stdout.write(f"{json.dumps(results, indent=2)}\n")
    return 0


def say(text: str) -> None:
    """A line beside the results."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def parser() -> argparse.ArgumentParser:
    """What the command understands."""
    whole = argparse.ArgumentParser(prog="python -m dlcore", description="Train without the web.")
    commands = whole.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("train", help="Train a recipe or a spec, and print the results as JSON.")
    command.add_argument("what", help=f"A YAML file, or one of {', '.join(recipe.name for recipe in recipes())}.")
    command.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE", help="Change a field; the value is YAML."
    )
    command.add_argument("--threads", type=int, help="How many threads torch may use.")
    return whole


def spec_of(what: str) -> Any:
    """The data of a recipe's spec, or of a file."""
    recipe = recipe_of(what)
    if recipe is not None:
        return recipe.spec.model_dump(mode="json")
    try:
        return yaml.safe_load(Path(what).read_text(encoding="utf-8"))
    except OSError as error:
        raise SystemExit(f"{what} is neither a recipe nor a file that can be read: {error}.") from error
    except yaml.YAMLError as error:
        raise SystemExit(f"{what} is not YAML: {error}.") from error


def changed(data: Any, changes: list[str]) -> Any:
    """``data`` with the fields of ``path=value`` put in place."""
    for change in changes:
        path, equals, text = change.partition("=")
        if not equals:
            raise SystemExit(f"--set wants FIELD=VALUE; you gave {change!r}.")
        *outer, last = path.split(".")
        place = data
        for step in outer:
            place = place.setdefault(step, {})
        place[last] = yaml.safe_load(text)
    return data


def line(progress: Progress, results: dict[str, Any]) -> str:
    """How far it is."""
    known = ", ".join(f"{key} {value['last']:.4g}" for key, value in results.items() if isinstance(value, dict))
    return f"step {progress.step:,} of {progress.steps:,}, epoch {progress.epoch:.2f}" + (f": {known}" if known else "")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
