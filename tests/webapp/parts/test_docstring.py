"""Docstrings as blocks."""

from webapp.parts.docstring import Block, blocks

WHOLE = """Steps against the gradient, and
    nothing else.

        w = w − lr · g
          where g is the gradient

        lr > 0

    As ``torch.optim.SGD`` has it;
    on two lines.
    Shapes: any -> the same.
    Source: Cauchy, 1847, "Méthode générale",
    page 536.
    """


def test_a_docstring_is_a_summary_formulas_texts_and_labelled_lines() -> None:
    assert blocks(WHOLE) == (
        Block("summary", "Steps against the gradient, and nothing else."),
        Block("formula", "w = w − lr · g\n  where g is the gradient\n\nlr > 0"),
        Block("text", "As ``torch.optim.SGD`` has it; on two lines."),
        Block("labelled", "any -> the same.", "Shapes"),
        Block("labelled", 'Cauchy, 1847, "Méthode générale", page 536.', "Source"),
    )


def test_a_docstring_of_a_summary_and_a_formula_alone_keeps_the_formula() -> None:
    assert blocks("The same always.\n\n        out = z\n    ")[1] == Block("formula", "out = z")


def test_a_single_line_is_a_summary() -> None:
    assert blocks("Points in the plane.") == (Block("summary", "Points in the plane."),)


def test_words_in_double_backquotes_are_code() -> None:
    (block,) = blocks("``links`` of them, as ``n``.")
    assert block.pieces == [(True, "links"), (False, " of them, as "), (True, "n"), (False, ".")]


def test_a_formula_within_a_paragraph_parts_it() -> None:
    kinds = [block.kind for block in blocks("What it does.\n\n    It says\n        a = b\n    and goes on.\n    ")]
    assert kinds == ["summary", "text", "formula", "text"]
