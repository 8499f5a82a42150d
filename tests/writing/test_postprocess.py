"""From what the model wrote to what people read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.writing.postprocess import balance, clean, trim


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("One.\r\nTwo.\rThree.", "One.\nTwo.\nThree."),
        ("One.<|endoftext|> Two.</s>", "One. Two."),
        ("One.\x00\x1b[0m\u2028Two.", "One.[0mTwo."),
        ("One.\n\n\n \n\nTwo.", "One.\n\nTwo."),
        ("One.\n\nTwo.", "One.\n\nTwo."),
        ("狐 狸 走 了 。 他 来 了", "狐狸走了。他来了"),
        ("狐狸走了.他来了,很好!", "狐狸走了。他来了，很好！"),
        ("他有3.5个苹果 and a pear.", "他有3.5个苹果 and a pear."),
        ("a fox, a king.", "a fox, a king."),
    ],
)
def test_what_does_not_belong_in_a_text_is_taken_out(raw: str, text: str) -> None:
    assert clean(raw) == text


@given(st.text(st.sampled_from("ab .,\n\r\x00\t他来。，<|>"), max_size=60))
def test_a_clean_text_stays_as_it_is_and_has_no_heaps(text: str) -> None:
    once = clean(text)
    assert "\n\n\n" not in once
    assert "\r" not in once
    assert "\0" not in once


@pytest.mark.parametrize(
    ("text", "trimmed"),
    [("One. Two is", "One."), ("One two  ", "One two"), ("“One!” Tw", "“One!”"), ("走了。她还没", "走了。"), ("", "")],
)
def test_an_unfinished_sentence_is_cut(text: str, trimmed: str) -> None:
    assert trim(text) == trimmed


@pytest.mark.parametrize(
    ("text", "balanced"),
    [
        ("plain", "plain"),
        ("**bold** and **open", "**bold** and \\*\\*open"),
        ("a ||secret", "a \\|\\|secret"),
        ("`code", "`code`"),
        ("```\ncode", "```\ncode\n```"),
        ("```\na ` b\n```", "```\na ` b\n```"),
        ("`a` b", "`a` b"),
        ("__u__ ~~s", "__u__ \\~\\~s"),
    ],
)
def test_markdown_is_closed_so_that_nothing_behind_it_is_drawn_into_it(text: str, balanced: str) -> None:
    assert balance(text) == balanced


@given(st.text(st.sampled_from("a `*_~|\n"), max_size=40))
def test_a_balanced_text_has_no_open_pair_and_is_little_longer(text: str) -> None:
    balanced = balance(text)
    assert len(balanced) <= len(text) + 8
    assert balanced.count("```") % 2 == 0 or "`" in text.replace("```", "")
    assert balance(f"{balanced}\nbehind").endswith("\nbehind")
