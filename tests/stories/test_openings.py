"""What people type, and what it is taken for."""

from __future__ import annotations

import pytest

from bot.stories.openings import read_prompt
from config.settings import CONFIG_DIR

OPENINGS = (
    "When the last train left the station, only one passenger remained.",
    "Once upon a time",
    "Once upon",
    "很久以前",
    "The door stood open.",
    "there was a boy who could talk to rain",
    "“Don't open it,” said the fox.",
    '"What is it?" asked the fox.',
    "What was left of the house stood on the hill.",
    "Why he left, nobody knew.",
    "How the lighthouse burned is told to this day.",
    "Two brothers, a stolen horse and a long road north.",
    "Tell me, said the fox, what you saw.",
    "Write the letter, she told herself.",
    "Give the king his crown, said the witch.",
    "Give me a moment, I said.",
    "Make up your mind, fox.",
    "Tell me your name and I will tell you mine.",
    "A tale of two brothers hung over the inn's fire.\n\nNobody had heard its end.",
    "The story of my life begins in a small town.",
    "Her tale of the sea made them weep.",
    "This is the story of a boy who never grew up.",
    "I want to tell you the story of my grandmother.",
    "I wanted a story and got a lecture.",
    "Continue reading, said the teacher.",
    "从前有一座山，山里有一座庙。",
    "渔夫每天都在海边等待。",
    "说来话长，这是一个很久以前的故事。",
    "她讲了一个很长的故事。",
)
WISHES = (
    ("write a story about pirates", "Write a story about pirates.", "Pirates"),
    ("tell me a story about a lonely robot", "Tell me a story about a lonely robot.", "A lonely robot"),
    ("Can you write a story about space travel?", "Can you write a story about space travel?", "Space travel"),
    ("please tell us a tale of two wolves", "Please tell us a tale of two wolves.", "Two wolves"),
    ("give me a ghost story", "Give me a ghost story.", "A ghost story"),
    ("write something scary", "Write something scary.", "Something scary"),
    ("write the story of a lost king", "Write the story of a lost king.", "A lost king"),
    ("story about a haunted house please", "Write story about a haunted house please.", "A haunted house"),
    ("a story about a dragon who loves tea", "Write a story about a dragon who loves tea.", "A dragon who loves tea"),
    ("i want a story about a girl", "Write a story about a girl.", "A girl"),
    ("I want you to write a story about a fox", "Write a story about a fox.", "A fox"),
    ("i would like to hear a tale about wolves", "Write a tale about wolves.", "Wolves"),
    ("why did it rain?", "Write a short story that answers this question: why did it rain?", "Why did it rain?"),
    ("what if it rains", "Write a short story that answers this question: what if it rains", "What if it rains"),
    ("dragon", "Write a short story about dragon.", "Dragon"),
    ("Lonely Robot", "Write a short story about lonely robot.", "Lonely Robot"),
    ("写一个关于龙的故事", "写一个关于龙的故事", "龙"),
    ("请给我讲一个小狐狸的故事吧。", "请给我讲一个小狐狸的故事吧。", "小狐狸"),
    ("我想听一个关于海盗的故事", "我想听一个关于海盗的故事", "海盗"),
    ("讲个故事", "讲个故事", "讲个故事"),
    ("孤独的龙", "Write a short story about 孤独的龙.", "孤独的龙"),
)  # fmt: skip


@pytest.mark.parametrize("text", OPENINGS)
def test_the_beginning_of_a_story_is_part_of_it(text: str) -> None:
    prompt = read_prompt(f"  {text}\n")
    assert (prompt.opening, prompt.instruction, prompt.title) == (text, "", "")


@pytest.mark.parametrize(("text", "instruction", "title"), WISHES)
def test_a_wish_for_a_story_is_none_of_it(text: str, instruction: str, title: str) -> None:
    prompt = read_prompt(text)
    assert prompt.opening == ""
    assert (prompt.instruction, prompt.title) == (instruction, title)


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("continue: the ship sank", "the ship sank"),
        ("Continue this:\nThe ship sank.", "The ship sank."),
        ("please continue the story: The ship sank.", "The ship sank."),
        ("Please continue this story: The ship sank.", "The ship sank."),
        ("finish: he opened the door and", "he opened the door and"),
        ("continue:", "continue:"),
        ("续写：船慢慢沉了", "船慢慢沉了"),
        ("请继续写这个故事：船慢慢沉了", "船慢慢沉了"),
    ],
)
def test_what_is_to_be_continued_is_the_opening_without_the_order(text: str, opening: str) -> None:
    assert read_prompt(text).opening == opening


@pytest.mark.parametrize("text", (CONFIG_DIR / "prompts" / "typed.txt").read_text("utf-8").splitlines())
def test_every_prompt_people_typed_leaves_the_model_something_to_go_by(text: str) -> None:
    prompt = read_prompt(text)
    assert bool(prompt.opening) is not bool(prompt.instruction)
    assert bool(prompt.instruction) is bool(prompt.title)
