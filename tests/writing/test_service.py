"""The one way from a prompt to a finished turn, without Discord and without a model."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import aclosing
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.engine.protocol import Capacity
from bot.ids import ChannelId, GuildId, TurnId, UserId
from bot.store import Database, Scope
from bot.turns import Draft, TurnKind
from bot.writing import errors
from bot.writing.requests import PROMPT_LIMIT, Begun, Outcome, Waiting, Writing
from config.settings import LogSettings
from tests.fake_engine import FakeEngine
from tests.writing.desk import LONG, Desk, request, settings


async def test_a_prompt_becomes_two_turns_and_the_events_tell_how(desk: Desk) -> None:
    asked = request("It began.", options={"max_new_tokens": 40})
    async with aclosing(desk.writer.run(await desk.writer.prepare(asked))) as events:
        seen = [event async for event in events]
    begun, *writings, outcome = seen
    assert begun == Begun("It began.", False, outcome.turn.parent_id)  # type: ignore[union-attr, arg-type]
    assert isinstance(outcome, Outcome)
    accepted = [event.accepted for event in writings if isinstance(event, Writing)]
    assert len(accepted) == len(writings)
    assert all(after.startswith(before) for before, after in itertools.pairwise(accepted))
    assert outcome.text.startswith(" The ")
    assert outcome.text.endswith(".")
    path = await desk.store.stories.path(outcome.turn.id)
    assert [turn.kind for turn in path] == [TurnKind.PROMPT, TurnKind.MODEL]
    assert [turn.text for turn in path] == ["It began.", outcome.text]
    assert (path[1].seed, path[1].preset, path[1].model) == (7, "balanced", "fake")
    assert path[1].details["options"] == {"max_new_tokens": 40}
    assert (await desk.store.jobs.leftovers(), desk.writer.busy) == ((), 0)


async def test_without_a_seed_each_text_gets_one_that_is_kept(desk: Desk) -> None:
    one, other = await desk.write(seed=None), await desk.write(seed=None)
    assert one.turn.seed != other.turn.seed
    assert desk.seeds == [one.turn.seed, other.turn.seed]


async def test_swearing_is_masked_in_prompt_and_text(desk: Desk) -> None:
    desk.engine.script = lambda _: [
        " What a bad",
        "word",
        " of a day that was, said the captain to the old sailor on the quay.",
    ]
    outcome = await desk.write("Badword, he said.")
    path = await desk.store.stories.path(outcome.turn.id)
    assert path[0].text == "•••••••, he said."
    assert outcome.text.startswith(" What a ••••••• of a day")


@pytest.mark.parametrize(
    ("prompt", "error"),
    [
        ("", errors.EmptyPromptError),
        (" \n\x00", errors.EmptyPromptError),
        ("x" * (PROMPT_LIMIT + 1), errors.PromptTooLargeError),
        ("You slurword", errors.PromptRefusedError),
    ],
)
async def test_a_refused_prompt_takes_no_place_no_turn_and_nothing_from_the_bucket(
    store: Database, prompt: str, error: type[Exception]
) -> None:
    desk = Desk(store, FakeEngine(), settings(user_burst=1, user_per_minute=0.001, running_per_user=1))
    with pytest.raises(error):
        await desk.write(prompt)
    assert desk.writer.busy == 0
    assert desk.engine.requests == []
    assert await store.stories.latest(ChannelId(9), viewer_id=UserId(1)) is None
    await desk.write()


async def test_an_option_out_of_range_is_refused_by_name(desk: Desk) -> None:
    with pytest.raises(errors.InvalidSettingError, match="temperature"):
        await desk.write(options={"temperature": 9.0})
    assert desk.writer.busy == 0


async def test_an_empty_bucket_says_when_there_is_more(store: Database) -> None:
    desk = Desk(store, FakeEngine(), settings(user_burst=1, user_per_minute=1))
    await desk.write()
    with pytest.raises(errors.RateLimitedError, match=r"<t:\d+:R>") as caught:
        await desk.write()
    now = store.stories._transactions.now().timestamp()
    assert 0 < caught.value.values["retry_at"] - now <= 61  # type: ignore[operator]
    await desk.write(user_id=UserId(2))


async def test_when_the_servers_bucket_is_empty_a_person_loses_nothing(store: Database) -> None:
    desk = Desk(
        store, FakeEngine(), settings(user_burst=2, user_per_minute=0.001, server_burst=1, server_per_minute=0.001)
    )
    await desk.write()
    for _ in range(3):
        with pytest.raises(errors.ServerRateLimitedError):
            await desk.write()
    await desk.write(guild_id=GuildId(6))
    with pytest.raises(errors.RateLimitedError) as caught:
        await desk.write(guild_id=None)
    assert not isinstance(caught.value, errors.ServerRateLimitedError)


async def test_who_waits_can_be_stopped_and_the_next_moves_up(store: Database) -> None:
    desk = Desk(store, FakeEngine(), settings(streams=1))
    desk.engine.hold()
    first, second, third = request(), request(), request()
    running = asyncio.create_task(desk.writer.finish(first))
    await until(lambda: bool(desk.engine.requests))
    waiting = await desk.writer.prepare(second)
    last = await desk.writer.prepare(third)
    events = desk.writer.run(waiting)
    assert await anext(events) == Waiting(1)
    following = desk.writer.run(last)
    assert await anext(following) == Waiting(2)

    assert await desk.writer.stop(second.request_id)
    assert [event async for event in events] == []
    assert await anext(following) == Waiting(1)
    desk.engine.go_on()
    assert (await running).text
    assert isinstance(await anext(following), Begun)
    await following.aclose()
    assert desk.writer.busy == 0
    assert not await desk.writer.stop(second.request_id)


async def test_a_text_stopped_before_a_word_leaves_its_prompt_and_nothing_else(desk: Desk) -> None:
    desk.engine.hold()
    asked = request()
    running = asyncio.create_task(desk.writer.finish(asked))
    await until(lambda: bool(desk.engine.requests))
    assert desk.writer.running(asked.request_id) == asked
    await desk.writer.stop(asked.request_id)
    with pytest.raises(errors.StoppedEmptyError):
        await running
    assert desk.writer.running(asked.request_id) is None
    assert await desk.store.jobs.leftovers() == ()


async def test_what_is_stopped_while_its_model_is_opened_is_not_written(store: Database) -> None:
    class Opening(FakeEngine):
        """Takes its time to open a model."""

        opened = asyncio.Event()

        async def capacity(self, model: str) -> Capacity:
            await self.opened.wait()
            return await super().capacity(model)

    engine = Opening()
    desk, asked = Desk(store, engine, settings()), request()
    running = asyncio.create_task(desk.writer.finish(asked))
    await until(lambda: desk.writer.running(asked.request_id) is not None)
    await asyncio.sleep(0.05)
    await desk.writer.stop(asked.request_id)
    engine.opened.set()
    with pytest.raises(errors.StoppedEmptyError):
        await running
    assert engine.requests == []


async def test_a_reader_that_goes_away_frees_its_place(desk: Desk) -> None:
    events = desk.writer.run(await desk.writer.prepare(request()))
    assert isinstance(await anext(events), Begun)
    assert isinstance(await anext(events), Writing)
    await events.aclose()
    assert desk.writer.busy == 0
    assert (await desk.engine.stats()).running == 0


async def test_the_next_turn_goes_on_from_the_whole_branch(desk: Desk) -> None:
    first = await desk.write(options={"max_new_tokens": 30})
    second = await desk.write("", parent_id=first.turn.id)
    assert second.turn.parent_id == first.turn.id
    assert second.story.id == first.story.id
    assert desk.engine.requests[-1].prompt == f"It began.{first.text}"


async def test_a_wish_is_put_to_the_model_again_when_its_story_goes_on(desk: Desk) -> None:
    first = await desk.write("a story about wolves")
    await desk.write("", parent_id=first.turn.id)
    one, other = desk.engine.requests[0], desk.engine.requests[-1]
    assert one.prompt == ""
    assert other.prompt == first.text.lstrip()
    assert (one.instruction, one.title) == (other.instruction, other.title) == ("Write a story about wolves.", "Wolves")


async def test_a_story_that_is_gone_is_not_gone_on_with(desk: Desk) -> None:
    first = await desk.write()
    await desk.store.stories.delete(first.story.id)
    for parent in (first.turn.id, TurnId(10**9)):
        with pytest.raises(errors.StoryGoneError):
            await desk.write("", parent_id=parent)
    assert desk.writer.busy == 0


async def test_settings_of_the_channel_reach_the_engine(desk: Desk) -> None:
    await desk.store.settings.set(Scope.SERVER, 5, "temperature", 0.5, by=UserId(1))
    await desk.store.settings.set(Scope.CHANNEL, 9, "temperature", 1.5, by=UserId(1))
    await desk.write()
    await desk.write(channel_id=ChannelId(8))
    await desk.write(options={"temperature": 0.7})
    assert [asked.sampling.temperature for asked in desk.engine.requests] == [1.5, 0.5, 0.7]


async def test_a_service_that_is_drained_takes_nothing_new_and_ends_what_runs(desk: Desk) -> None:
    def script(_: object) -> Any:
        yield LONG
        yield " And"
        desk.engine.hold()
        yield " never"

    desk.engine.script = script
    running = asyncio.create_task(desk.write())
    await until(lambda: bool(desk.engine.requests) and not desk.engine._going.is_set())
    desk.writer.refuse_new()
    with pytest.raises(errors.ShuttingDownError):
        await desk.writer.prepare(request())
    await desk.writer.stop_all()
    outcome = await running
    assert outcome.turn.finish == "stopped"
    assert outcome.text == LONG.rstrip()
    assert desk.writer.busy == 0


@pytest.mark.parametrize("wanted", [False, True])
async def test_prompts_are_logged_only_where_the_operator_wants_it(store: Database, wanted: bool) -> None:
    desk = Desk(store, FakeEngine(), settings().model_copy(update={"log": LogSettings(prompts=wanted)}))
    with capture_logs() as logs:
        await desk.write("A secret.")
    assert ("A secret." in str(logs)) is wanted


async def until(condition: Any) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it did not come to that")


async def test_of_ranked_variants_the_best_comes_first_and_the_story_goes_on_from_it(desk: Desk) -> None:
    desk.engine.likelihoods = {7: -3.0, 8: -1.5, 9: -2.0}
    outcome = await desk.write(variants=3, ranked=True)
    assert [turn.seed for turn in (outcome.turn, *outcome.others)] == [8, 9, 7]
    story = await desk.store.stories.story(outcome.story.id)
    assert story is not None
    assert story.head_id == outcome.turn.id
    assert all(request.scored for request in desk.engine.requests)


async def test_variants_that_are_not_ranked_stay_in_the_order_of_their_seeds(desk: Desk) -> None:
    desk.engine.likelihoods = {7: -3.0, 8: -1.5, 9: -2.0}
    outcome = await desk.write(variants=3)
    assert [turn.seed for turn in (outcome.turn, *outcome.others)] == [7, 8, 9]
    assert not any(request.scored for request in desk.engine.requests)


async def test_what_is_added_to_a_story_is_read_behind_it(desk: Desk) -> None:
    first = await desk.write()
    added = await desk.store.stories.append(
        first.turn.id, Draft(kind=TurnKind.PROMPT, text=" They called him a slur", author_id=UserId(1))
    )
    with pytest.raises(errors.PromptRefusedError):
        await desk.writer.finish(request("word loudly.", parent_id=added.id))
    assert await desk.writer.finish(request("ring drunk.", parent_id=added.id))
