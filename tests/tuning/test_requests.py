"""Requests are such as people type, and a wrong file is told what is wrong with it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.stories.openings import is_chinese, read_prompt
from bot.tuning.requests import Language, as_typed, load_requests
from bot.tuning.subjects.subject import Subject

WIDOW = Subject("widow", "a poor widow", "The Poor Widow")
DOROTHY = Subject("Dorothy", "Dorothy", "Dorothy")
FOX = Subject("狐狸", "狐狸", "狐狸")
SEA = Subject("海", "海", "海")
REQUESTS = load_requests()
FILE = """
[english.groups.wishes]
share = 1
templates = ["about {subject}"]

[chinese]
vague = ["的"]

[chinese.groups.topics]
share = 1
templates = ["{word}"]
"""


def asked(language: Language, *subjects: Subject, times: int = 300) -> set[str]:
    return {language.request(subjects, random.Random(seed)) for seed in range(times)}


def test_every_request_is_about_its_subject() -> None:
    english, chinese = asked(REQUESTS.english, WIDOW), asked(REQUESTS.chinese, FOX)
    assert all("widow" in each.lower() for each in english)
    assert all("狐狸" in each for each in chinese)
    assert len(english) > 40
    assert len(chinese) > 8
    assert all(is_chinese(each) for each in chinese)


def test_people_type_wishes_words_titles_and_beginnings_with_and_without_care() -> None:
    assert {
        "Write a story about a poor widow.",
        "Write a story about a poor widow",
        "write a story about a poor widow",
        "can you write a story about a poor widow?",
        "widow",
        "The Poor Widow",
        "The Tale of the Poor Widow",
        "once upon a time there was a poor widow",
    } <= asked(REQUESTS.english, WIDOW, times=3000)


def test_a_beginning_is_for_what_there_can_be_one_of() -> None:
    assert not any("there was" in each.lower() for each in asked(REQUESTS.english, DOROTHY))


def test_a_second_subject_is_asked_for_where_there_is_one() -> None:
    assert "Dorothy and the Poor Widow" in asked(REQUESTS.english, DOROTHY, WIDOW, times=3000)
    assert not any("widow" in each.lower() for each in asked(REQUESTS.english, DOROTHY))
    assert any("海" in each for each in asked(REQUESTS.chinese, FOX, SEA))


def test_the_product_takes_every_wish_for_a_wish() -> None:
    for language, subject, other in ((REQUESTS.english, WIDOW, DOROTHY), (REQUESTS.chinese, FOX, SEA)):
        for template in language.groups["wishes"].templates:
            request = template.format(subject=subject.phrase, other=other.phrase)
            assert read_prompt(request).instruction, request


def test_careless_typing_changes_nothing_but_capitals_and_the_full_stop() -> None:
    typed = {as_typed("a story about Dorothy.", random.Random(seed)) for seed in range(50)}
    assert typed == {"A story about Dorothy.", "A story about Dorothy", "a story about dorothy"}


def test_a_file_of_an_operators_own_is_read(tmp_path: Path) -> None:
    (tmp_path / "requests.toml").write_text(FILE, encoding="utf-8")
    own = load_requests(tmp_path / "requests.toml")
    assert asked(own.english, WIDOW) == {"About a poor widow", "about a poor widow"}
    assert own.chinese.vague == {"的"}


def test_where_no_template_fits_the_subject_is_all_that_is_asked(tmp_path: Path) -> None:
    (tmp_path / "requests.toml").write_text(FILE.replace("about {subject}", "one {beginning}"), encoding="utf-8")
    assert asked(load_requests(tmp_path / "requests.toml").english, DOROTHY) == {"Dorothy"}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("{subject}", "{subjects}"), r"english\.groups\.wishes\.templates\.0: .*\{subjects\} is not known"),
        (("{subject}", "dragons"), r"english\.groups\.wishes\.templates\.0: .*names no subject"),
        (("{subject}", "{other}"), r"english\.groups\.wishes\.templates\.0: .*names no subject"),
        (("{subject}", "{subject"), r"english\.groups\.wishes\.templates\.0"),
        (("share = 1", "share = 0"), r"english\.groups\.wishes\.share"),
        (('templates = ["{word}"]', "templates = []"), r"chinese\.groups\.topics\.templates"),
        (("[chinese]", "[german]"), "german"),
        (("[english", "[english"[:4]), "requests.toml"),
    ],
)
def test_a_wrong_file_is_refused_by_the_name_of_what_is_wrong(
    tmp_path: Path, change: tuple[str, str], named: str
) -> None:
    (tmp_path / "requests.toml").write_text(FILE.replace(*change, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=named):
        load_requests(tmp_path / "requests.toml")
