"""A request that has a place, and the texts that it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.writing.admission import Ticket
from bot.writing.requests import WriteRequest
from bot.writing.session import Session
from bot.writing.settings import ResolvedSettings


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the texts that a request asks for."""

    number: int
    """Counted from 0."""
    options: Mapping[str, object]
    settings: ResolvedSettings
    session: Session


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that was not refused, with its place."""

    request: WriteRequest
    opening: str
    """The prompt as it may be shown; empty when a story goes on."""
    variants: tuple[Variant, ...]
    """The first is the one that is shown while it grows."""
    ticket: Ticket
