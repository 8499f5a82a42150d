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
        names = self.names(file)
        return [names[seat] for seat in self.seats(file)]

    @staticmethod
    def seats(file: StoryFile) -> list[int]:
        """Give the seats of those who wrote in a story, the model's last."""
        return sorted({turn.seat for turn in file.turns}, key=lambda seat: (seat == MODEL_SEAT, seat))

    def byline(self, file: StoryFile) -> str:
        """Say who wrote a story."""
        return self.by.format(names=", ".join(self.authors(file)))
