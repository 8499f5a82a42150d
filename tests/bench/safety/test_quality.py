"""What is counted when the development set is judged."""

from __future__ import annotations

from bot.bench.safety.quality import Group, Sample, confusion, read_development, shares
from bot.safety.verdict import Action, Category, Verdict

GROUPS = {
    "hate": Group(counts=frozenset({Category.HATE}), wanted=True, aim=0.5),
    "novels": Group(wanted=False, aim=0.4),
}
SAMPLES = (Sample("a", "hate"), Sample("b", "hate"), Sample("c", "novels"), Sample("d", "novels"))


def verdict(*categories: Category) -> Verdict:
    return Verdict(Action.BLOCK if categories else Action.ALLOW, categories, 1.0, "")


VERDICTS = (verdict(Category.HATE, Category.SLUR), verdict(Category.PROFANITY), verdict(Category.PROFANITY), verdict())


def test_a_group_counts_its_own_categories_or_any() -> None:
    hate, novels = shares(GROUPS, SAMPLES, VERDICTS)
    assert (hate.found, hate.texts, hate.reached) == (1, 2, True)
    assert (novels.found, novels.texts, novels.reached) == (1, 2, False)
    assert novels.interval.holds(novels.share)


def test_the_confusion_says_which_category_was_named_first() -> None:
    assert confusion(SAMPLES, VERDICTS) == {
        "hate": {"hate": 1, "profanity": 1},
        "novels": {"profanity": 1, "none": 1},
    }


def test_every_text_of_the_development_set_has_a_group_and_every_group_has_texts() -> None:
    groups, samples = read_development()
    assert {sample.group for sample in samples} == groups.keys()
    assert all(sample.text.strip() for sample in samples)
    assert len({(sample.text, sample.group) for sample in samples}) == len(samples)
