"""The branches of a story, so that each of its turns stands in exactly one place. Pure functions."""

from __future__ import annotations

from bot.stories.exports.file import FileTurn, StoryFile


def children_of(file: StoryFile) -> dict[int | None, list[int]]:
    """Give the numbers of the turns that follow each turn, oldest first; None has the beginnings."""
    found: dict[int | None, list[int]] = {}
    for turn in file.turns:
        found.setdefault(turn.parent, []).append(turn.id)
    return found


def other_stretches(file: StoryFile, at: int | None = None) -> list[tuple[FileTurn, ...]]:
    """Give what is not on a branch: stretches of turns that follow one another, by their first turns, oldest first.

    Args:
        file: The story.
        at: The turn that the branch ends with; None is where the story stands.
    """
    children = children_of(file)
    placed = {turn.id for turn in file.branch(at)}
    found = []
    for turn in file.turns:
        if turn.id in placed:
            continue
        stretch = [turn]
        while following := children.get(stretch[-1].id):
            stretch.append(file.turn(following[0]))
        placed.update(each.id for each in stretch)
        found.append(tuple(stretch))
    return found
