"""The one way from a prompt to a finished turn, without Discord and without a model."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.engine.errors import EngineDiedError
from bot.engine.models.profiles import ModelProfile
from bot.ids import ChannelId, GuildId, TurnId, UserId
from bot.safety.layer import WordSafety
from bot.safety.lexicon import Lexicon
from bot.safety.verdict import Category
from bot.store import Database, Scope
from bot.turns import TurnKind
from bot.writing import errors
from bot.writing.presets import load_presets
from bot.writing.requests import PROMPT_LIMIT, Begun, Outcome, Waiting, WriteRequest, Writing
from bot.writing.service import Writer, new_request_id
from bot.writing.session import EXTRA_TOKENS, SEED_STEP
from bot.writing.settings import SettingsResolver
from config.settings import EngineSettings, LimitSettings, LogSettings, Settings, WritingSettings
from tests.fake_engine import FakeEngine

WORDS = {"badword": Category.PROFANITY, "slurword": Category.SLUR}
LONG = " The fox left the house and went over the hills into the night, and nobody saw it again. "
PROFILE = ModelProfile(name="fake", source="hub", location="x")


class Desk:
    """A writing service over a made-up engine and a store in memory."""

    def __init__(self, store: Database, engine: FakeEngine, settings: Settings) -> None:
        self.store = store
        self.engine = engine
        self.writer = Writer(
            engine=engine,
            safety=WordSafety(Lexicon(WORDS)),
            store=store,
            resolver=SettingsResolver(store.settings, load_presets(), lambda _: PROFILE, default_model="fake"),
            settings=settings,
        )

    async def write(self, prompt: str = "It began.", **changes: Any) -> Outcome:
        return await self.writer.finish(request(prompt, **changes))

    @property
    def seeds(self) -> list[int | None]:
        return [asked.sampling.seed for asked in self.engine.requests]

    @property
    def lengths(self) -> list[int]:
        return [asked.sampling.max_new_tokens for asked in self.engine.requests]


def request(prompt: str = "It began.", **changes: Any) -> WriteRequest:
    values: dict[str, Any] = {
        "request_id": new_request_id(),
        "user_id": UserId(1),
        "guild_id": GuildId(5),
        "channel_id": ChannelId(9),
        "seed": 7,
    }
    return WriteRequest(prompt=prompt, **values | changes)


def settings(*, tries: int = 4, streams: int = 8, **limits: Any) -> Settings:
    generous = {"user_burst": 1000, "user_per_minute": 1000, "server_burst": 1000, "running_per_user": 50}
    return Settings(
        limits=LimitSettings(**generous | limits),
        writing=WritingSettings(tries=tries),
        engine=EngineSettings(max_streams=streams),
    )


@pytest.fixture
async def store() -> AsyncIterator[Database]:
    opened = await Database.open("sqlite+aiosqlite://")
    yield opened
    await opened.close()


@pytest.fixture
def desk(store: Database) -> Desk:
    return Desk(store, FakeEngine(), settings())


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


async def test_the_same_seed_gives_the_same_text_and_tries_take_seeds_that_follow_from_it(desk: Desk) -> None:
    def script(_: object) -> list[str]:
        return [" Too short."] if len(desk.engine.requests) % 3 else [LONG]

    desk.engine.script = script
    first = await desk.write()
    second = await desk.write()
    assert first.text == second.text
    assert desk.seeds == [7, 7 + SEED_STEP, 7 + 2 * SEED_STEP] * 2


async def test_without_a_seed_each_text_gets_one_that_is_kept(desk: Desk) -> None:
    one, other = await desk.write(seed=None), await desk.write(seed=None)
    assert one.turn.seed != other.turn.seed
    assert desk.seeds == [one.turn.seed, other.turn.seed]


async def test_no_more_tokens_are_asked_for_than_the_length_and_a_little_at_each_further_try(desk: Desk) -> None:
    desk.engine.script = lambda _: [f" word{number}of{len(desk.engine.requests)}" for number in range(1000)]
    with_ellipsis = await desk.write(options={"max_new_tokens": 100})
    assert desk.lengths == [100, *[EXTRA_TOKENS] * 8]
    assert with_ellipsis.turn.tokens == 100 + 8 * EXTRA_TOKENS
    assert with_ellipsis.text.endswith("…")

    await desk.write(options={"max_new_tokens": 20})
    assert desk.lengths[9:] == [20] * 9


async def test_what_is_left_of_the_length_is_what_the_next_try_gets(desk: Desk) -> None:
    desk.engine.script = lambda _: [" Too", " short."] if len(desk.engine.requests) < 2 else [LONG]
    await desk.write(options={"max_new_tokens": 200})
    assert desk.lengths == [200, 198]


async def test_what_was_taken_back_does_not_count_towards_the_length(desk: Desk) -> None:
    started = [" It", " rained.", " Then", " as", " an", " AI", " I", " said", " so. "]
    desk.engine.script = lambda _: started if len(desk.engine.requests) < 2 else [LONG]
    outcome = await desk.write(options={"max_new_tokens": 200})
    assert outcome.details.faults == ("chat marker",)
    assert desk.lengths == [200, 195]  # a sentence is taken once a few words behind it are there
    assert outcome.turn.tokens == 10


async def test_a_story_that_surely_fits_is_not_counted_and_a_long_one_only_once(store: Database) -> None:
    class Counting(FakeEngine):
        """Keeps what it was asked to count."""

        counted: list[str]

        async def count_tokens(self, model: str, texts: Any) -> list[int]:
            self.counted += texts
            return await super().count_tokens(model, texts)

    engine = Counting(context=500, script=lambda _: [" Too short. "])
    engine.counted = []
    desk = Desk(store, engine, settings())
    await desk.write()
    assert engine.counted == []

    await desk.write("It began. " + "".join(f"The clock struck {number} again. " for number in range(30)))
    assert len(desk.engine.requests) > 6
    assert len(engine.counted) == len(set(engine.counted)) > 30


@pytest.mark.parametrize(
    "unfit", [" and as an AI I went to the sea", " and the sea was grey" * 5], ids=["chatter", "a loop"]
)
async def test_not_even_a_rest_is_shown_that_no_story_could_have(desk: Desk, unfit: str) -> None:
    desk.engine.script = lambda _: [unfit]
    with pytest.raises(errors.NothingWrittenError):
        await desk.write()


@pytest.mark.parametrize("tries", [0, 1, 4])
async def test_a_model_that_writes_nothing_is_asked_twice_as_often_as_was_set_and_no_more(
    store: Database, tries: int
) -> None:
    desk = Desk(store, FakeEngine(script=lambda _: []), settings(tries=tries))
    with pytest.raises(errors.NothingWrittenError):
        await desk.write()
    assert len(desk.engine.requests) == 2 * tries + 1
    assert desk.writer.busy == 0
    assert await store.jobs.leftovers() == ()


async def test_a_text_with_a_good_sentence_is_written_on_half_as_often(desk: Desk) -> None:
    desk.engine.script = lambda _: [" Too short."] if len(desk.engine.requests) < 2 else []
    assert (await desk.write()).text == " Too short."
    assert len(desk.engine.requests) == 5


async def test_an_ending_without_a_full_stop_is_shown_rather_than_nothing(desk: Desk) -> None:
    desk.engine.script = lambda _: [" and then he went to sea"]
    assert (await desk.write()).text == " and then he went to sea…"


async def test_a_loop_is_taken_back_and_written_again(desk: Desk) -> None:
    loop = [LONG, " She sang the same song.", " She sang the same song. "]
    desk.engine.script = lambda _: loop if len(desk.engine.requests) < 2 else [" Then it rained."]
    outcome = await desk.write()
    assert outcome.details.faults == ("loop",)
    assert outcome.text.endswith("She sang the same song. Then it rained.")
    assert desk.engine.requests[1].prompt.endswith("She sang the same song.")


async def test_a_slur_ends_the_try_and_what_stood_before_it_stays(desk: Desk) -> None:
    desk.engine.script = lambda _: (
        [LONG, " It rained. You slur", "word said"] if len(desk.engine.requests) < 2 else [" It snowed."]
    )
    outcome = await desk.write()
    assert outcome.details.faults == ("slur",)
    assert outcome.text == f"{LONG.rstrip()}  It rained. It snowed."


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
    assert other.prompt == first.text
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
    assert outcome.turn.finish == "stopped"
    assert outcome.text == LONG.rstrip()
    assert desk.writer.busy == 0


async def test_an_engine_that_dies_once_costs_no_words_and_twice_ends_the_text(desk: Desk) -> None:
    desk.engine.deaths_to_come = 1
    assert not (await desk.write()).details.interrupted
    desk.engine.deaths_to_come = 9
    with pytest.raises(EngineDiedError):
        await desk.write()
    assert desk.writer.busy == 0


async def test_a_story_beyond_the_context_is_seen_from_a_later_sentence_on(store: Database) -> None:
    desk = Desk(store, FakeEngine(context=120), settings())
    outcome = await desk.write("It began. " + "The clock struck twelve again. " * 60, options={"max_new_tokens": 16})
    prompt = desk.engine.requests[0].prompt
    assert outcome.details.left_out > 0
    assert len(prompt.split()) <= 120 - 16
    assert prompt.startswith("The clock struck")


async def test_where_sentences_take_more_tokens_together_the_context_is_cut_again(store: Database) -> None:
    class Sparing(FakeEngine):
        """Counts half of what a text takes when its sentences are joined."""

        async def count_tokens(self, model: str, texts: Any) -> list[int]:
            return [max(1, len(text.split()) // 2) for text in texts]

    desk = Desk(store, Sparing(context=100), settings())
    outcome = await desk.write("The clock struck twelve again. " * 60, options={"max_new_tokens": 16})
    assert outcome.text
    assert len(desk.engine.requests[0].prompt.split()) < 100


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
