"""Words in disguise, and honest text that is not taken for one."""

from __future__ import annotations

import pytest

from bot.safety.verdict import Category
from bot.safety.words.lexicon import Lexicon, load_words

LEXICON = Lexicon(load_words())


def drawn(text: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in LEXICON.find(text)]


@pytest.mark.parametrize(
    "word",
    [
        "FUCK", "ｆｕｃｋ", "𝖋𝖚𝖈𝖐", "ⓕⓤⓒⓚ", "🇫🇺🇨🇰", "🅵🆄🅲🅺", "🄵🅄🄲🄺", "ꜰᴜᴄᴋ", "ᶠᵘᶜᵏ", "ƒųćķ", "fúck",
        "f\u0336u\u0336c\u0336k", "f\u200bu\u200bc\u200bk",
        "f\u00aduck", "fuuuuck", "ffuucckk", "fuckkkk", "f u c k", "f.u.c.k", "f-u-c-k", "f_u_c_k", "f/u/c/k",
        "f\nu\nc\nk", "f💥u💥c💥k", "ff uu cc kk",
        "**fu**ck", "f||u||ck", "`fu`ck", "fu~~ck", "f\\u\\c\\k", "[fu](https://example.org)ck", "f*ck", "f#ck",
        "f@ck", "f**k", "f-ck", "fu.ck", "fu-ck", "fu'ck",
        "fu ck", "sh it", "bi tc h", "&#102;uck", "f&#x75;ck", "fuck&shy;er", "fu<:smile:123>ck", "asshle",
        "ꓓꓲꓡꓓꓳ", "ph()ck",
        "fu(k", "fu|<", "f|_|ck", "kcuf", "fcuk", "fvck", "phuck", "fuk", "uckfay", "ʞɔnɟ",
        "sh1t", "5h1t", "$h!t", "sh|t", "5h17", "ѕһіт", "s|-|it",
        "cунт", "a55hole", "@sshole", "a$$", "@$$", "b1tch", "nigg3r", "n1gger", "mother-fucker", "操 你 妈",
        "操💥你💥妈", "操.你.妈", "操·你·妈", "操你媽", "雞巴", "傻\u200b逼",
    ],
)  # fmt: skip
def test_a_disguised_word_is_found_as_a_whole_and_nothing_around_it(word: str) -> None:
    hits = LEXICON.find(f"Well, {word}, he said")
    assert min(hit.start for hit in hits) == len("Well, ") + len(word) - len(word.lstrip("*`["))
    assert max(hit.end for hit in hits) in {len(f"Well, {word}"), len(f"Well, {word}".rstrip("\u0336"))}


@pytest.mark.parametrize(
    "text",
    [
        "pass hit", "Is hit", "Tom's hit", "U.S. hit", "s.h. it", "bulls hit", "poor no", "A. S. Smith",
        "A, s. 5, art. 8", "a s s u m e d", "M A S S A C H U S E T T S",
        "F U N", "S.H.I.E.L.D.", "T I T L E", "B00K, mp3, 5t", "the A55 road, 455 kg", "if (a && s) { it++; }",
        "user@sse.example.net", "P!nk and Ke$ha", "Shhhh! It's late",
        "e.g. this, i.e. it", "Noooooo, sooooo good", "x = a[s] + s[a]", "rock 'n' roll", "and/or", "word—word",
        "so do my", "is it he or us", "an us or them", "Co-op sh op", "AT&T; hit", "&#8203", "<:a:1>", "1234 shot5",
        "约翰·史密斯", "妈，的确是我错了", "今日你来得早",
    ],
)  # fmt: skip
def test_honest_text_is_not_joined_or_bent_into_a_word(text: str) -> None:
    assert LEXICON.find(text) == []


def test_a_stretched_word_has_each_letter_at_least_as_often_as_the_word() -> None:
    lexicon = Lexicon({"booom": Category.CUSTOM})
    assert [bool(lexicon.find(text)) for text in ("boom", "booom", "boooooom", "bbooomm")] == [False, True, True, True]


def test_what_is_spread_may_have_little_around_it() -> None:
    assert drawn("I f u c k y o u") == ["f u c k"]
    assert drawn("a f u c k t h i n g") == []


def test_a_phrase_is_found_across_lines_and_with_signs_for_letters() -> None:
    assert drawn("just k1ll   y0ur$elf") == ["k1ll   y0ur$elf"]
    assert drawn("blow\n\njob") == ["blow\n\njob"]
    assert drawn("kill-yourself") == ["kill-yourself"]


def test_what_takes_more_of_a_text_than_a_stream_can_hold_is_no_hit() -> None:
    assert drawn("fu" + "\u200b" * 300 + "ck") == []
    assert drawn("f" * 100 + "uck") != []


def test_a_digit_hides_no_word_but_a_short_one_may_be_something_else() -> None:
    assert drawn("shit123, 7whore2") == ["shit", "whore"]
    assert drawn("ass4, 5tit") == []
