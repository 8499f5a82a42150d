"""Markdown is read as what a reader sees of its story."""

from __future__ import annotations

import pytest

from bot.tuning.readers.plain import without_markdown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("---\ntitle: Door\n---\nIt rained.", "It rained."),
        ("# The Door\n\nIt rained.", "\n\nIt rained."),
        ("The Door\n========\n\nIt rained.", "\n\nIt rained."),
        ("It *really* **rained** and ***poured***, _so_ it did.", "It really rained and poured, so it did."),
        ("A snake_case_name and 2 * 3 * 4.", "A snake_case_name and 2 * 3 * 4."),
        ("> “Run,” he said.\n> > She ran.", "“Run,” he said.\nShe ran."),
        ("See [the map](map.png) ![a map](map.png)here.", "See the map here."),
        ("One.\n\n* * *\n\nTwo.\n\n---\n\nThree.", "One.\n\n\n\nTwo.\n\n\n\nThree."),
        ("One.\n\n```py\nprint(1)\n```\n\nTwo.", "One.\n\n\n\nTwo."),
        ("One.<!-- a\nnote --> Two.", "One. Two."),
        (r"A \*star\* and a \#.", "A *star* and a #."),
    ],
)
def test_marks_go_and_words_stay(text: str, shown: str) -> None:
    assert without_markdown(text) == shown
