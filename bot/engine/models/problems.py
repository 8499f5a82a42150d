"""Why a model cannot be had: inside this package, before the sentence for people is made of it."""

from __future__ import annotations


class CannotPrepareError(Exception):
    """A model cannot be fetched or exported; the message is the reason, a sentence with a full stop."""
