"""Genres and tones: what stands before a story for the model, and what a file of them may hold."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.sentences import last_sentence_end
from bot.stories.openings import is_chinese, read_prompt
from bot.stories.voices import lead, load_voices, put_before, request_beside

VOICES = load_voices()
ONE = """
[genres.noir]
meaning = "Rain"
en = { title = "Rain", sentence = "It rained." }
zh = { title = "雨", sentence = "下雨了。" }
[tones.calm]
meaning = "Calm"
en = { sentence = "All was still." }
zh = { sentence = "一切都静。" }
"""


def test_there_is_enough_to_choose_from() -> None:
    assert 12 <= len(VOICES.genres) <= 25
    assert 8 <= len(VOICES.tones) <= 25
    assert not VOICES.genres.keys() & VOICES.tones.keys()


@pytest.mark.parametrize("chinese", [False, True])
def test_every_text_is_the_beginning_of_a_story_and_never_an_instruction(chinese: bool) -> None:
    genres = [voice.text(chinese=chinese).sentence for voice in VOICES.genres.values()]
    tones = [voice.text(chinese=chinese).sentence for voice in VOICES.tones.values()]
    for sentence in [*genres, *tones]:
        assert is_chinese(sentence) is chinese
        assert not re.search(r"\b(?:write|story|tell me|imagine)\b|写|故事|请", sentence, re.IGNORECASE)
        assert not read_prompt(sentence).instruction
        assert last_sentence_end(sentence) == len(sentence)


def test_titles_are_in_their_language() -> None:
    for genre in VOICES.genres.values():
        assert not is_chinese(genre.en.title)
        assert is_chinese(genre.zh.title)


@pytest.mark.parametrize("chinese", [False, True])
def test_a_genre_and_a_tone_go_together_and_alone(chinese: bool) -> None:
    for genre, tone in itertools.product([None, *VOICES.genres], [None, *VOICES.tones]):
        text = lead(VOICES, genre, tone, chinese=chinese)
        assert bool(text) is bool(genre or tone)
        assert text == text.strip()
        assert text.count("\n\n") == (1 if genre else 0)
        for name, voices in ((genre, VOICES.genres), (tone, VOICES.tones)):
            assert name is None or voices[name].text(chinese=chinese).sentence in text


def test_a_voice_that_is_not_there_any_more_is_as_good_as_none() -> None:
    assert lead(VOICES, "opera", "loud", chinese=False) == ""


def test_a_story_follows_after_a_space_in_english_and_directly_in_chinese() -> None:
    assert put_before("It rained.", "She came.", chinese=False) == "It rained. She came."
    assert put_before("下雨了。", "她来了。", chinese=True) == "下雨了。她来了。"
    assert put_before("It rained.", "", chinese=False) == "It rained."
    assert put_before("", "She came.", chinese=False) == "She came."


def test_what_is_asked_for_beside_a_lead_says_nothing_of_it() -> None:
    assert request_beside(chinese=False) == "Write a short story."
    assert is_chinese(request_beside(chinese=True))


def test_a_file_of_an_operators_own_is_read_in_its_order(tmp_path: Path) -> None:
    (tmp_path / "voices.toml").write_text(ONE, encoding="utf-8")
    own = load_voices(tmp_path / "voices.toml")
    assert lead(own, "noir", "calm", chinese=False) == "Rain\n\nIt rained. All was still."
    assert lead(own, "noir", "calm", chinese=True) == "雨\n\n下雨了。一切都静。"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("It rained.", "It rained"), "genres.noir.en.sentence"),
        (('title = "Rain", ', ""), "genres.noir.en.title"),
        (('meaning = "Calm"', f'meaning = "{"x" * 90}"'), "tones.calm.meaning"),
        (("[tones.calm]", "[tones.Calm]"), "tones.Calm"),
        (("All was still.", "All\\nwas still."), "tones.calm.en.sentence"),
        (('zh = { sentence = "一切都静。" }', ""), "tones.calm.zh"),
        (('meaning = "Rain"', 'meaning = "Rain"\ncolour = "grey"'), "genres.noir.colour"),
        (("[genres.noir]", "[genres.noir"), "voices.toml"),
    ],
)
def test_a_wrong_file_is_refused_by_the_name_of_what_is_wrong(
    tmp_path: Path, change: tuple[str, str], named: str
) -> None:
    (tmp_path / "voices.toml").write_text(ONE.replace(*change), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_voices(tmp_path / "voices.toml")
    assert named in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="voices"):
        load_voices(tmp_path / "voices.toml")
