"""The search language of the experiments: text to tokens, to a tree, to SQL; and what can be written next.

    optimizer.kind = adam and val/accuracy > 0.9 and tag:baseline and owner:me

``docs/search.md`` has the grammar. Every condition is a set of ids of experiments that an index gives, so that no search
reads a whole table, and sets go together by ``and``, ``or`` and ``not``.
"""
