"""How a person finds things again: stars, what they looked at last, and one search over everything."""
