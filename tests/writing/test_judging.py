"""What has no place in a story, and what has."""

from __future__ import annotations

import pytest

from bot.writing.judging import Fault, find_junk, grams, letters, loops, repeats, words

IN_A_STORY = (
    "The fox left the house at 5 p.m., and nobody saw her again.",
    "“I hope you will come,” said the king. “Let me in!”",
    "He had 3 ships, 20 sailors and one map.",
    "The story of the lighthouse is told to this day.",
    "“This is a good house,” said the fox, “and another one will do for you.”",
    "In 1843 the river froze.",
    "Here is the key, said the witch.",
    "She told him a story about the war, and he wrote the tale down.",
    "Imagine a house with no doors.",
    "“I'd suggest that we leave,” he said, and his voice had a clarity and a calm that frightened her.",
    "“How can you find me? I can help you, for this is my country,” said the fox.",
    "“Would you like me to speak to her?” he asked. “I will write it down in the shape of a bear.”",
    "‘Please come back and finish your story!’ Alice called after it.",
    "They lived together in perfect happiness, and the tale is done.",
    "In the audience-chamber stood a woman, and on the first line of the wall a bird.",
    "狐狸走进森林，再也没有回来。",
)
NOT_IN_A_STORY = (
    ("Assistant: Sure, I can.", "chat marker"),
    ("As an AI, I have no feelings.", "chat marker"),
    ("<|im_start|>user", "chat marker"),
    ("Here is a short version of it.", "chat marker"),
    ("Let me know if you want more.", "chat marker"),
    ("I'd love to create a vivid tale with you.", "chat marker"),
    ("A story about greed.", "chat marker"),
    ("This is just one example of a series.", "chat marker"),
    ("This is a classic example of a tale.", "chat marker"),
    ("Imagine a story set in the Sahara.", "chat marker"),
    ("Its themes of loss and hope stay.", "chat marker"),
    ("It can be used for different genres.", "chat marker"),
    ("The first line is perfect.", "chat marker"),
    ("This sentence contains two stories.", "chat marker"),
    ("It's interesting to see how a narrative unfolds.", "chat marker"),
    ("I'd suggest rephrasing it for better flow.", "chat marker"),
    ("Would you like me to continue?", "chat marker"),
    ("I will write a short story for you.", "chat marker"),
    ("I'm thrilled to share your story.", "chat marker"),
    ("How could you improve it?", "chat marker"),
    ("Here is how you can end it.", "chat marker"),
    ("Here are some suggestions.", "chat marker"),
    ("1. The fox leaves.", "list"),
    ("* The fox leaves.", "list"),
    ("## Chapter one", "list"),
    ("**Setting** a forest", "list"),
    ("About 40% of foxes leave.", "statistics"),
    ("It cost $500 in all.", "statistics"),
    ("A survey of foxes (2014) et al.", "statistics"),
    ("See https://example.com for more.", "address"),
    ("Write to fox@example.com now.", "address"),
    ("<div>The fox</div>", "address"),
)


@pytest.mark.parametrize("text", IN_A_STORY)
def test_what_stories_say_is_taken(text: str) -> None:
    assert find_junk(text) is None


@pytest.mark.parametrize(("text", "kind"), NOT_IN_A_STORY)
def test_lists_figures_chatter_and_addresses_are_not_taken(text: str, kind: str) -> None:
    assert find_junk(text) == Fault(kind)


def test_words_are_folded_and_an_ideograph_is_a_word() -> None:
    assert words("The Fox's DEN, 他来了!") == ["the", "fox's", "den", "他", "来", "了"]


def test_four_words_may_come_three_times_and_not_four() -> None:
    assert not loops("the fox ran away. " * 2 + "Then the fox ran away!")
    assert loops("the fox ran away. " * 4)


def test_chinese_is_counted_in_longer_runs() -> None:
    assert all(len(gram) == 8 for gram in grams("狐狸走进森林再也没有回来"))
    assert not loops("他走了。她来了。" * 1 + "他走了，她也走了。他走了？")
    assert loops("狐狸走进森林再也没有回来。" * 4)


def test_a_sentence_that_was_there_word_for_word_turns_in_circles() -> None:
    accepted = "The fox left the house. It rained."
    assert repeats(accepted, " The fox, left the house!")
    assert not repeats(accepted, " It rained.")
    assert not repeats(accepted, " The fox came back to the house.")


def test_an_ideograph_says_as_much_as_three_letters() -> None:
    assert letters("ab, 1") == 2
    assert letters("他来。") == 6
