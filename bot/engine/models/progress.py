"""What is told while a model is fetched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """What is being done."""

    WAIT = "wait"
    """Another process fetches into the same cache."""
    DOWNLOAD = "download"
    UNPACK = "unpack"
    EXPORT = "export"
    MERGE = "merge"
    DRAIN = "drain"
    """Texts of other models come to their end, because there is no room beside them."""
    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage is."""

    stage: Stage
    done: int = 0
    """Bytes so far."""
    total: int | None = None
    """Bytes in all, about; None where nobody knows."""


Report = Callable[[Progress], None]


def unheard(_: Progress) -> None:
    """Be told, and do nothing."""
