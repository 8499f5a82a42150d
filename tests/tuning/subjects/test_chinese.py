"""What a Chinese passage is about is told from its characters alone."""

from __future__ import annotations

import pytest

from bot.tuning.subjects.chinese import ChineseWords

OTHERS = (
    "老渔夫走进森林，森林很静。老渔夫听见鸟叫，狐狸跑过河边。",
    "灯塔很高，海风吹过灯塔，守塔人点亮灯火，海鸟飞过灯塔。",
    "孙悟空拿着金箍棒，孙悟空跳上云头，孙悟空笑了。",
    "狐狸看着月亮，月亮照着河边，狐狸跑进森林。",
    "风吹雨打，花落水流，山高路远，春去秋来，日出东方，人来人往，鱼跃鸢飞，草长莺飞，云淡风轻。",
)


@pytest.fixture
def words() -> ChineseWords:
    found = ChineseWords(frozenset("的了着很走看听说笑"))
    found.add(OTHERS * 3)
    return found


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        ("狐狸来了。狐狸坐下。狐狸不说话。", "狐狸"),
        ("孙悟空来了。孙悟空坐下。孙悟空不说话。", "孙悟空"),
        ("那是灯塔。灯塔倒了。没有灯塔了。", "灯塔"),
    ],
)
def test_the_first_subject_is_a_whole_word_that_stands_out(words: ChineseWords, passage: str, expected: str) -> None:
    first, *_ = words.subjects([passage])
    assert (first.word, first.phrase, first.title, first.begins) == (expected, expected, expected, False)


@pytest.mark.parametrize("passage", ["狐狸来了。", "他走了，他走了，他走了。", "好，好，好。", "Fox, fox, fox."])
def test_where_nothing_stands_out_there_is_no_subject(words: ChineseWords, passage: str) -> None:
    assert words.subjects([passage]) == []


def test_what_comes_late_in_a_passage_is_no_subject_of_it(words: ChineseWords) -> None:
    assert words.subjects(["天黑了。", "狐狸来了。狐狸坐下。狐狸不说话。"]) == []
    assert words.subjects([]) == []
