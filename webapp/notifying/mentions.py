"""Whom a comment mentions."""

import re

MENTION = re.compile(r"(?<![\w@./-])@([A-Za-z0-9][A-Za-z0-9._-]{1,38}[A-Za-z0-9])")
CODE = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]+`", re.DOTALL)
MOST = 50


def mentioned(body: str) -> list[str]:
    """The usernames behind an @ in a Markdown text, each once; not those in code or in an e-mail address."""
    found = (name.lower() for name in MENTION.findall(CODE.sub(" ", body)))
    return list(dict.fromkeys(found))[:MOST]
