"""English and Chinese are known, and what is neither is called so."""

from __future__ import annotations

import pytest

from bot.tuning.languages import Language, language_of, shares


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The miller had a daughter who could talk to rain.", Language.ENGLISH),
        ("“Ask it to stop,” said the miller.", Language.ENGLISH),
        ("磨坊主有一个会和雨说话的女儿。", Language.CHINESE),
        ("磨坊主 Tom 有一个会和雨说话的女儿 Rose。", Language.CHINESE),
        ("Der Müller hatte eine Tochter, die mit dem Regen sprechen konnte.", Language.OTHER),
        ("Le meunier avait une fille qui savait parler à la pluie.", Language.OTHER),
        ("El molinero tenía una hija que hablaba a la lluvia.", Language.OTHER),
        ("粉ひきには、雨と話せる娘がいました。", Language.OTHER),
        ("1 2 3 …", Language.OTHER),
        ("", Language.OTHER),
    ],
)
def test_a_text_is_in_a_language(text: str, language: Language) -> None:
    assert language_of(text) is language


def test_shares_are_of_characters_and_the_largest_is_first() -> None:
    found = shares(["雨停了。" * 10, "The rain had stopped and it was May. " * 10, ""])
    assert list(found) == [Language.ENGLISH, Language.CHINESE]
    assert sum(found.values()) == pytest.approx(1)
    assert shares([]) == {}
