"""A docstring as blocks to be shown: what is indented is a formula, and "Source:" and its like begin a line of their own."""

import inspect
import re
from dataclasses import dataclass
from typing import Literal

LABELLED = re.compile(r"(Source|Sources|Shapes|Parameters): ")


@dataclass(frozen=True, slots=True)
class Block:
    """A formula keeps its lines; the others have theirs joined. label: the word before the colon of a labelled block."""

    kind: Literal["summary", "text", "formula", "labelled"]
    text: str
    label: str = ""

    @property
    def pieces(self) -> list[tuple[bool, str]]:
        """The text in turn outside and within double backquotes: (is it code, the words)."""
        return [(bool(n % 2), words) for n, words in enumerate(self.text.split("``")) if words]


def blocks(docstring: str | None) -> tuple[Block, ...]:
    """The blocks of a docstring, the first of which is its summary."""
    made: list[Block] = []
    for paragraph in re.split(r"\n\s*\n", dedented(docstring or "")):
        made += of_paragraph(paragraph.split("\n"), "text" if made else "summary")
    return tuple(joined_formulas(made))


def dedented(docstring: str) -> str:
    """The docstring without the margin of its closing quotes: where all lines but the first are a formula, it stays indented."""
    first, *rest = docstring.expandtabs().split("\n")
    if not rest or rest[-1].strip():
        return inspect.cleandoc(docstring)
    margin = len(rest[-1])
    return "\n".join([first, *(line[margin:] for line in rest)]).strip()


def of_paragraph(lines: list[str], kind: Literal["summary", "text"]) -> list[Block]:
    """The blocks of lines that no empty line parts."""
    made: list[Block] = []
    for line in lines:
        label = LABELLED.match(line)
        before = made[-1] if made else None
        if line.startswith("    "):
            if before and before.kind == "formula":
                made[-1] = Block("formula", f"{before.text}\n{line}")
            else:
                made.append(Block("formula", line))
        elif label:
            made.append(Block("labelled", line[label.end() :], label[1]))
        elif before and before.kind != "formula":
            made[-1] = Block(before.kind, f"{before.text} {line.strip()}", before.label)
        else:
            made.append(Block(kind, line))
    return [formula(block) if block.kind == "formula" else block for block in made]


def formula(block: Block) -> Block:
    """Without its indentation, and without quotes of code in code."""
    return Block("formula", inspect.cleandoc(f"\n{block.text}").replace("``", ""))


def joined_formulas(made: list[Block]) -> list[Block]:
    """Formulas that an empty line parted are one block with the empty line in it."""
    together: list[Block] = []
    for block in made:
        if block.kind == "formula" and together and together[-1].kind == "formula":
            together[-1] = Block("formula", f"{together[-1].text}\n\n{block.text}")
        else:
            together.append(block)
    return together
