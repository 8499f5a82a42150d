"""Which entries of a world a text speaks of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.ids import StoryId, UserId
from bot.lore import Entry, EntryId
from bot.stories.world import mentioned


def entry(number: int, *keys: str, text: str = "", **values: Any) -> Entry:
    return Entry(
        id=EntryId(number), story_id=StoryId(1), keys=keys, text=text or f"About {number}.",
        edited_by=UserId(1), edited_at=datetime(2026, 1, 1, tzinfo=UTC), **values,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("key", "text", "found"),
    [
        ("fox", "The FOX ran.", True),
        ("Fox", "the fox's den", True),
        ("fox", "The foxes ran.", False),
        ("fox", "An outfox ran, and a fox.", True),
        ("red fox", "A red\nfox ran.", True),
        ("St. Ives", "She went to St. Ives.", True),
        ("Straße", "In der STRASSE lag Schnee.", True),
        ("狐狸", "那只狐狸跑了。", True),
        ("狐狸", "那只狐跑了。", False),
        ("Rose", "他看见Rose在笑。", True),
        ("Rose", "他看见Roses在笑。", False),
        ("R2", "R2 beeped.", True),
        ("R2", "R21 beeped.", False),
        ("", "Anything.", False),
        ("fox", "", False),
    ],
)
def test_a_key_is_a_word_of_its_own_where_words_have_spaces_and_stands_anywhere_in_chinese(
    key: str, text: str, found: bool
) -> None:
    assert bool(mentioned([entry(1, key)], text)) is found


def test_one_of_several_keys_is_enough_and_what_is_switched_off_is_not_found() -> None:
    entries = [entry(1, "queen", "her majesty"), entry(2, "queen", enabled=False), entry(3)]
    assert mentioned(entries, "Her Majesty slept.") == entries[:1]


def test_what_was_spoken_of_last_comes_first() -> None:
    queen, fox, owl, hen = entry(1, "queen"), entry(2, "fox", "vixen"), entry(3, "owl"), entry(4, "fox")
    assert mentioned([queen, fox, owl, hen], "A fox. The queen. A vixen. The owl and the fox.") == [
        fox,
        hen,
        owl,
        queen,
    ]
