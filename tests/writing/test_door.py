"""One door for every text, and whoever watches it is told of what is not simply allowed."""

from __future__ import annotations

import pytest

from bot.ids import ChannelId, GuildId, UserId
from bot.safety.layer import Safety
from bot.safety.policy import STANDARD, Policy
from bot.safety.verdict import Action, Category, Severity
from bot.safety.words.lexicon import Lexicon
from bot.store import Database
from bot.writing.door import Door, OnePolicy, Place, Seen
from bot.writing.errors import EmptyWordingError, WordingRefusedError
from bot.writing.recorder import Recorder
from bot.writing.slowing import Brake, SlowedError, Slowing

PLACE = Place(GuildId(5), ChannelId(9), UserId(1))
SAFETY = Safety([Lexicon({"badword": Category.PROFANITY, "slurword": Category.SLUR})])


class Watching:
    """Keeps what it saw."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []

    async def saw(self, seen: Seen) -> None:
        self.seen.append(seen)


class ByChannel:
    """Allows swearing in one channel."""

    async def policy_for(self, place: Place) -> Policy:
        free = {(Category.PROFANITY, Severity.STRONG): Action.ALLOW}
        return STANDARD.with_actions(free) if place.channel_id == ChannelId(7) else STANDARD


async def test_words_come_through_masked_and_the_watch_is_told_where_and_whose() -> None:
    watch = Watching()
    passage = await Door(SAFETY, watch=watch).at(PLACE)
    assert await passage.words("A badword.") == "A •••••••."
    assert await passage.words("A good one.") == "A good one."
    (seen,) = watch.seen
    assert (seen.place, seen.verdict.action, seen.by_model) == (PLACE, Action.MASK, False)


async def test_a_refusal_names_category_and_kind_of_rule_and_not_the_text() -> None:
    passage = await Door(SAFETY).at(PLACE)
    with pytest.raises(WordingRefusedError) as refused:
        await passage.words("A slurword.")
    assert "slurs" in str(refused.value)
    assert "the list of words" in str(refused.value)
    assert "slurword" not in str(refused.value)


async def test_nothing_is_no_wording() -> None:
    with pytest.raises(EmptyWordingError):
        await (await Door(SAFETY).at(PLACE)).words("  ")


async def test_what_the_model_writes_is_noted_as_its_own_with_the_text_that_was_judged() -> None:
    watch = Watching()
    guard = (await Door(SAFETY, watch=watch).at(PLACE)).guard()
    shown = ""
    for piece in ("It was fine. It was a slur", "word there. And more", " of it."):
        shown += (await guard.feed(piece)).text
    await guard.finish()
    assert shown == "It was fine. It was a "
    (seen,) = watch.seen
    assert seen.by_model
    assert seen.text.startswith("It was a slurword there. ")


async def test_each_place_goes_by_its_own_policy() -> None:
    door = Door(SAFETY, ByChannel())
    assert await (await door.at(Place(GuildId(5), ChannelId(7)))).words("A badword.") == "A badword."
    assert await (await door.at(PLACE)).words("A badword.") == "A •••••••."


async def test_what_stands_in_all_channels_goes_by_the_servers_policy_and_is_noted_where_it_was_typed() -> None:
    watch, place = Watching(), Place(GuildId(5), ChannelId(7), UserId(1))
    passage = await Door(SAFETY, ByChannel(), watch).of_server(place)
    assert await passage.words("A badword.") == "A •••••••."
    (seen,) = watch.seen
    assert seen.place == place


async def test_a_trial_is_told_to_nobody() -> None:
    watch = Watching()
    verdict = await (await Door(SAFETY, OnePolicy(), watch).unwatched(PLACE)).read("A slurword.")
    assert verdict.action is Action.BLOCK
    assert watch.seen == []


@pytest.mark.parametrize(
    ("before", "text", "kept"),
    [
        ("They said slur", "word", None),
        ("They said slur", "ely not.", "ely not."),
        ("They said a bad", "word aloud", "•••• aloud"),
        ("They said a badword", " aloud", " aloud"),
        ("They said ", "a badword", "a •••••••"),
        ("", "a badword", "a •••••••"),
    ],
)
async def test_words_are_read_together_with_what_they_stand_behind(before: str, text: str, kept: str | None) -> None:
    watch = Watching()
    passage = await Door(SAFETY, watch=watch).at(PLACE)
    if kept is None:
        with pytest.raises(WordingRefusedError):
            await passage.words(text, before)
    else:
        assert await passage.words(text, before) == kept
    assert len(watch.seen) == (0 if kept == text else 1)


async def test_whoever_was_refused_again_and_again_waits_whatever_their_words_are_for(store: Database) -> None:
    brake = Brake(store.safety_events, now=store.now)
    door = Door(SAFETY, watch=Recorder(store.safety_events), brake=brake)
    passage = await door.at(PLACE)
    for _ in range(Slowing().refusals):
        with pytest.raises(WordingRefusedError):
            await passage.words("A slurword.")
    assert await passage.words("A good one.") == "A good one.", "what was begun is read to its end"
    with pytest.raises(SlowedError):
        await (await door.at(PLACE)).words("A good one.")
    with pytest.raises(SlowedError):
        await (await door.at(PLACE)).words("A good one.", "It began.")
    other = Place(PLACE.guild_id, PLACE.channel_id, UserId(2))
    assert await (await door.at(other)).words("A good one.") == "A good one."
    assert await (await door.unwatched(PLACE)).read("A good one.")
