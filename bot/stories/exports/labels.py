"""The words of ours in a file for people, in their language, and what is called by them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.errors import N_
from bot.games import MODEL_SEAT
from bot.stories.exports.file import StoryFile


@dataclass(frozen=True, kw_only=True, slots=True)
class Labels:
    """The words; those in English, unless others are given."""

    by: str = N_("By {names}")
    model: str = N_("the model")
    unnamed: str = N_("Writer {seat}")
    others: str = N_("Other passages")
    others_note: str = N_("They belong to this story too, and are no part of the text above.")
    after: str = N_("After passage {number}")
    beginning: str = N_("Another beginning")
    hidden: str = N_("hidden from the model")
    part: str = N_("Part {number}")
    contents: str = N_("Contents")

    def names(self, file: StoryFile) -> Mapping[int, str]:
        """Name who has each seat, the model's first."""
        people = {person.seat: person.name or self.unnamed.format(seat=person.seat) for person in file.people}
        return {MODEL_SEAT: self.model, **people}

    def authors(self, file: StoryFile) -> list[str]:
        """Name everybody who wrote in a story, the model last."""
        wrote, names = {turn.seat for turn in file.turns}, self.names(file)
        people = [names[seat] for seat in sorted(wrote) if seat != MODEL_SEAT]
        return people + [self.model] * (MODEL_SEAT in wrote)

    def byline(self, file: StoryFile) -> str:
        """Say who wrote a story."""
        return self.by.format(names=", ".join(self.authors(file)))
