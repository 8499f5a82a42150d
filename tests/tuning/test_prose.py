"""The story stays, to the letter, and the edition around it goes."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tuning.prose import prose_of

STORY = (
    "The miller had a daughter who could talk to rain, and nobody in the valley saw what use it was to a mill.",
    "“Ask it to stop,” said the miller, who had washing on the line.",
    "“It does not stop for washing,” she said. “It stopped once for a wedding; the bride was well-known to it.”",
    "He said no more, and took the washing in himself.",
)
PLAIN = "\n\n".join(STORY)
HEADER = """The Project Gutenberg EBook of The Mill, by A Person

This eBook is for the use of anyone anywhere at no cost.

*** START OF THIS PROJECT GUTENBERG EBOOK THE MILL ***


Produced by Several People

"""
FOOTER = """

End of the Project Gutenberg EBook of The Mill

*** END OF THIS PROJECT GUTENBERG EBOOK THE MILL ***

Terms of use
"""


def test_the_licence_around_a_book_is_no_part_of_it() -> None:
    assert prose_of(HEADER + PLAIN + FOOTER) == PLAIN
    assert prose_of((HEADER + PLAIN + FOOTER).replace("\n", "\r\n")) == PLAIN


def test_of_several_books_in_a_file_each_is_kept() -> None:
    other = "The fox ran into the forest, and nobody saw it again until the first snow had fallen on the hills."
    book = HEADER + PLAIN + FOOTER
    assert prose_of(book + book.replace(PLAIN, other)) == f"{PLAIN}\n\n{other}"
    # Where the line that ends a book is missing, the next one ends it.
    assert PLAIN in prose_of(HEADER + PLAIN + "\n\n" + HEADER + other + FOOTER)
    assert prose_of(HEADER + PLAIN + "\n\n" + HEADER + other + FOOTER).endswith(other)


def test_a_licence_of_two_parts_stands_before_one_book() -> None:
    small = (
        "*** START OF THIS PROJECT GUTENBERG EBOOK ***\n\nWho reads this owes nobody.\n\n*END*THE SMALL PRINT! V4*\n\n"
    )
    assert prose_of(small + PLAIN + FOOTER) == PLAIN


@pytest.mark.parametrize("width", [40, 60, 72, 100])
def test_lines_that_were_broken_to_fit_are_whole_again(width: int) -> None:
    text = "\n\n".join(textwrap.fill(paragraph, width) for paragraph in STORY)
    assert prose_of(text) == PLAIN


def test_paragraphs_of_broken_lines_may_begin_with_an_indent() -> None:
    text = "\n".join(textwrap.fill(paragraph, 60, initial_indent="    ") for paragraph in STORY)
    assert prose_of(text) == PLAIN


def test_a_file_with_a_paragraph_a_line_stays_as_it_is() -> None:
    assert prose_of("\n".join(STORY)) == PLAIN
    assert (
        prose_of("“No.”\n“Yes.”\n“No!”\n“Why?” he said.\n“So.”")
        == "“No.”\n\n“Yes.”\n\n“No!”\n\n“Why?” he said.\n\n“So.”"
    )


def test_paragraphs_that_are_alike_in_length_are_no_broken_lines() -> None:
    lines = [
        f"On day {number} it rained upon the mill, and the miller took in his washing." for number in range(10, 20)
    ]
    assert prose_of("\n".join(lines)) == "\n\n".join(lines)


def test_chinese_lines_are_put_together_without_a_space() -> None:
    story = (
        "磨坊主有一个会和雨说话的女儿，可是山谷里没有一个人觉得这有什么用处，因为磨坊是靠风转动的，从来不靠雨水。",
        "“叫它停下来吧，”磨坊主说，他的衣服还晾在绳子上。“它不会为了衣服停下来的，”女儿说，“它只为婚礼停过一次……”",
    )
    text = "\n".join(f"　　{each}"[start : start + 20] for each in story for start in range(0, len(each) + 2, 20))
    assert prose_of(text) == "\n\n".join(story)


def test_a_word_that_was_divided_for_the_line_is_whole_where_the_text_has_it_whole() -> None:
    lines = "It was a remark-\nable day, and a well-\nknown one, so re-\nmarkable was it. All thought it remarkable.\n"
    assert prose_of(lines) == (
        "It was a remarkable day, and a well-known one, so remarkable was it. All thought it remarkable."
    )


def test_a_verse_among_broken_lines_keeps_its_lines() -> None:
    verse = "Rain, rain,\nGo to Spain."
    text = "\n\n".join([*(textwrap.fill(each, 60) for each in STORY), verse])
    assert prose_of(text) == f"{PLAIN}\n\n{verse}"


@pytest.mark.parametrize(
    "heading",
    [
        "CHAPTER I", "CHAPTER IV.", "Chapter 12", "Chapter 1 THE RAIN BREAKS", "CHAPTER II. The Pool of Tears",
        "BOOK ONE", "BOOK ONE.—THE COMING OF THE RAIN", "Part the Second", "Part Two: The Rain", "The First Book",
        "ACT II", "Stave Three", "ADVENTURE I. A SCANDAL IN THE VALLEY", "SECOND STORY. Which Treats of a Mirror",
        "I", "II.", "XII", "7", "[12]", "— 3 —", "III. The Watchman's Adventure", "24. Home Again",
        "THE EVE OF THE WAR.", "OH, WERE I RICH!", "THE END", "The End.", "Finis", "End of Book One",
        "Epilogue", "PREFACE", "Contents", "* * * * *", "—————", "~",
        "第一回　女魁星北斗垂景象　老王母西池赐芳筵", "第十二章 雨", "第3章", "楔子", "（完）", "全书完", "目录",
        "三、", "卷一", "The door\n========", "Who is there?\n---",
    ],
)  # fmt: skip
def test_a_heading_goes(heading: str) -> None:
    first, *rest = STORY
    assert prose_of("\n\n".join([first, heading, *rest])) == PLAIN


@pytest.mark.parametrize(
    "paragraph",
    [
        "Chapter 5 was the best of all, he said.",
        "I found a key in the snow.",
        "I Found a Key in the Snow, he read.",
        "“THE END,” said the sign.",
        "“STOP!”",
        "V. Hugo wrote of rain, and so did others.",
        "Part of the rain went into the well.",
        "The first story that it told was long.",
        "In 1895 it rained for 12 weeks.",
        "The end of the story was sad.",
        "One night—it was in May—the rain spoke first.",
        "Last night it rained.",
        "Danger!",
        "So he said",
        "第二天早上，雨停了。",
        "第一章写得最好，他说。",
        "终于，雨停了。",
        "[He opened the door and went out into the rain.]",
    ],
)
def test_a_paragraph_that_looks_like_a_heading_stays(paragraph: str) -> None:
    first, *rest = STORY
    assert prose_of("\n\n".join([first, paragraph, *rest])) == "\n\n".join([first, paragraph, *rest])


@pytest.mark.parametrize(
    "beginning", ["By the river there lived a miller.", "It was the winter of 1895.", "“Rain,” he said"]
)
def test_a_first_sentence_that_looks_like_a_title_page_stays(beginning: str) -> None:
    assert prose_of(f"The Mill\n\n{beginning}\n\n{PLAIN}") == f"{beginning}\n\n{PLAIN}"


@pytest.mark.parametrize(
    "front",
    [
        "THE MILL\n\nBy A. Person\n\nIllustrated by Another\n\nFIRST EDITION 1901",
        "The Mill\n\nby\n\nA. Person\n\nContents\n\nIntroduction 1. The Rain 2. The Wind 3. The Wedding 4. The Washing",
        "CONTENTS:\n\nTHE RAIN\n\nTHE WIND\n\nTHE WEDDING\n\nTHE RAIN",
        "Contents\n\nThe Rain\n\nThe Wind and the Mill\n\nThe Wedding",
        "I. The Rain II. The Wind III. The Wedding IV. The Washing V. The End of the Rain",
        "Transcriber's Note\n\nThe spelling was kept.",
        "[Transcriber's Note: The spelling\nwas kept.]",
        "PREPARER’S NOTE\n\nThe text is based on another.",
        "Copyright, 1901, by A. Person",
        "[Illustration: A mill\nin rain]\n\n[Illustration]",
    ],
)
def test_what_stands_before_a_story_goes(front: str) -> None:
    assert prose_of(f"{front}\n\n{PLAIN}") == PLAIN


def test_a_note_at_the_end_takes_what_follows_with_it() -> None:
    story = "\n\n".join([*STORY * 20])
    assert prose_of(f"{story}\n\nTranscriber's Notes\n\nPage 7: rian to rain.\n\nPage 9: the comma.") == story


def test_a_title_behind_a_number_goes_with_it() -> None:
    first, *rest = STORY
    assert prose_of("\n\n".join([first, "II", "The Time Traveller Returns", *rest])) == PLAIN
    assert prose_of("\n\n".join([first, "II", "“Rain,” he said", *rest])) == "\n\n".join(
        [first, "“Rain,” he said", *rest]
    )


def test_a_heading_that_runs_into_its_paragraph_is_taken_off() -> None:
    text = "第三回　四海千山皆拱伏　九幽十类尽除名　　却说美猴王荣归故里，逐日操演武艺。"
    assert prose_of(text) == "却说美猴王荣归故里，逐日操演武艺。"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It rained.[1] So they said.[*]", "It rained. So they said."),
        ("It rained.(1)", "It rained."),
        ("The Selenites* disputed, and the mayor†.", "The Selenites disputed, and the mayor."),
        ("一阵大雨〔５〕落了下来。", "一阵大雨落了下来。"),
        ("他念：“唵、〔口迷〕、吽”。", "他念：“唵、〔口迷〕、吽”。"),
        ("There were (3) of them, at 14 [their house].", "There were (3) of them, at 14 [their house]."),
        ("It was _very_ wet, =quite= so, in snake_case_land.", "It was very wet, quite so, in snake_case_land."),
        ("So [Illustration: a mill] it  was.", "So it was."),
        ("A\u00adb\u200bc\xa0d\te", "Abc d e"),
        ("a * b * c", "a * b * c"),
    ],
)  # fmt: skip
def test_marks_within_a_paragraph_go_and_its_words_stay(text: str, shown: str) -> None:
    assert (
        prose_of(f"It began in May.\n\n{text}\n\nIt ended in June.")
        == f"It began in May.\n\n{shown}\n\nIt ended in June."
    )


def test_the_texts_of_footnotes_go_where_there_are_marks_for_them() -> None:
    noted = "It rained.[1]\n\n[1] In May.\n\nIt stopped.*\n\n* In June."
    assert prose_of(noted) == "It rained.\n\nIt stopped."
    assert (
        prose_of("It rained.\n\n(1) Take an umbrella.\n\n(2) Run.") == "It rained.\n\n(1) Take an umbrella.\n\n(2) Run."
    )


@pytest.mark.parametrize("text", ["", " \n\n ", "* * *", "CHAPTER I\n\nTHE END"])
def test_where_there_is_no_story_nothing_is_left(text: str) -> None:
    assert prose_of(text) == ""


def test_a_poem_is_not_taken_for_a_title_page() -> None:
    poem = "Rain upon the water\n\nWind upon the hill\n\nThe miller has a daughter"
    assert prose_of(poem) == poem


@given(st.text(st.sampled_from("ab I.C—“”*_[]()1\n 　第一回章。，…\t\r"), max_size=300))
def test_prose_of_prose_is_as_it_was_or_less(text: str) -> None:
    found = prose_of(text)
    assert "\r" not in found
    assert "\n\n\n" not in found
    assert len(found) <= 3 * len(text)
    assert all(paragraph == paragraph.strip() for paragraph in found.split("\n\n"))
