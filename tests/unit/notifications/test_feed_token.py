"""The secret in a feed's address."""

import re

from mlw_workflow.notifications.feed_token import new_token, token_digest


def test_token() -> None:
    """A token has 256 bits, needs no quoting, and never comes twice."""
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)


def test_digest() -> None:
    """What is stored is the same for the same token and does not hold it; anything may be asked."""
    token = new_token()
    assert token_digest(token) == token_digest(token) != token_digest(token + "x")
    assert token not in token_digest(token)
    assert len(token_digest("\ud800ż")) == 64
