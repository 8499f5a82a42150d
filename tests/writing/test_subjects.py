"""What a story was to be about, and whether it says so."""

from __future__ import annotations

import pytest

from bot.writing.subjects import names_subject, subject_of


@pytest.mark.parametrize(
    ("prompt", "subject"),
    [
        ("write a story about pirates", {"pirate"}),
        ("a story about a dragon who loves tea", {"dragon"}),
        ("write a fairy tale about a princess who does not want to be saved", {"princess"}),
        ("tell me a story about a lonely robot", {"lonely", "robot"}),
        ("make up a funny story about two witches", {"witch"}),
        ("i want a story about a girl and her grandfather's boat", {"girl", "grandfather", "boat"}),
        ("why did the queen leave the castle", {"queen", "leave", "castle"}),
        ("dragon", {"dragon"}),
        ("写一个关于一只会说话的猫的故事", {"猫"}),
        ("讲个机器人的故事", {"机器人"}),
        ("write me a story", set()),
        ("The old woman sold clocks.", set()),
        ("continue: the ship sank slowly", set()),
    ],
)
def test_the_subject_is_what_was_asked_for(prompt: str, subject: set[str]) -> None:
    assert subject_of(prompt) == subject


@pytest.mark.parametrize(
    ("prompt", "text", "named"),
    [
        ("pirates", "A pirate’s ship came in.", True),
        ("pirates", "The ship came in.", False),
        ("write about two fairies", "A fairy sang.", True),
        ("a story about a robot", "It made a robotic sound.", True),
        ("a story about the sun", "He sunk into the chair.", False),
        ("讲个机器人的故事", "从前有一个机器人。", True),
        ("讲个机器人的故事", "从前有一个人。", False),
    ],
)
def test_a_subject_is_named_in_whatever_form(prompt: str, text: str, *, named: bool) -> None:
    assert names_subject(subject_of(prompt), text) is named
