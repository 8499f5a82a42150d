"""One text: what is asked of the engine, taken back, written again and never shown."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from bot.engine.errors import EngineBusyError, EngineClosedError, EngineDiedError, EngineError, EngineMemoryError
from bot.engine.protocol import Capacity, GenerationRequest
from bot.store import Database
from bot.stories.context import Parts
from bot.writing import errors
from bot.writing.contexts import AT_ONCE, ContextBuilder
from bot.writing.requests import Writing
from bot.writing.session import EXTRA_TOKENS, SEED_STEP
from tests.fake_engine import FakeEngine
from tests.writing.desk import LONG, Desk, request, settings


async def test_the_same_seed_gives_the_same_text_and_tries_take_seeds_that_follow_from_it(desk: Desk) -> None:
    def script(_: object) -> list[str]:
        return [" Too short."] if len(desk.engine.requests) % 3 else [LONG]

    desk.engine.script = script
    first = await desk.write()
    second = await desk.write()
    assert first.text == second.text
    assert desk.seeds == [7, 7 + SEED_STEP, 7 + 2 * SEED_STEP] * 2


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
    assert desk.lengths == [200, 196]  # a sentence is taken once a few words behind it are there
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


async def test_a_very_long_story_is_neither_read_nor_counted_as_a_whole(store: Database) -> None:
    class Counting(FakeEngine):
        """Keeps how much it was asked to count at once."""

        counted: list[int]

        async def count_tokens(self, model: str, texts: Any) -> list[int]:
            self.counted.append(len(texts))
            return await super().count_tokens(model, texts)

    engine = Counting(context=2000, script=lambda _: [LONG])
    engine.counted = []
    story = "".join(f"The clock struck {number} again. " for number in range(20_000))
    context = await ContextBuilder(engine).build("fake", Parts(story=story), 1000)
    assert story.endswith(context.text)
    assert 750 <= len(context.text.split()) <= 1000
    assert context.left_out.story + len(context.text) == len(story)
    assert sum(engine.counted) < 400
    assert max(engine.counted) <= AT_ONCE


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


async def test_an_engine_that_dies_once_costs_no_words_and_twice_ends_the_text(desk: Desk) -> None:
    desk.engine.deaths_to_come = 1
    assert not (await desk.write()).details.interrupted
    desk.engine.deaths_to_come = 9
    with pytest.raises(EngineDiedError):
        await desk.write()
    assert desk.writer.busy == 0


@pytest.mark.parametrize("error", [EngineMemoryError, EngineBusyError, EngineClosedError])
async def test_what_people_have_read_is_kept_whatever_keeps_the_model_from_going_on(
    desk: Desk, error: type[EngineError]
) -> None:
    def script(_: object) -> Iterator[str]:
        if len(desk.engine.requests) > 1:
            raise error
        yield from (" It", " was", " cold.", " Then", " it", " rained", " and", " rained. ")

    desk.engine.script = script  # type: ignore[assignment]
    outcome = await desk.write()
    assert outcome.text.strip().startswith("It was cold.")
    assert outcome.details.interrupted


async def test_what_another_variant_wrote_is_kept_where_the_first_comes_to_nothing(desk: Desk) -> None:
    def script(request: GenerationRequest) -> list[str]:
        if "-" not in request.request_id:
            raise EngineMemoryError
        return [LONG]

    desk.engine.script = script
    outcome = await desk.write(variants=3)
    assert len(outcome.others) == 1
    desk.engine.script = lambda _: (_ for _ in ()).throw(EngineMemoryError)
    with pytest.raises(EngineMemoryError):
        await desk.write(variants=3)


async def test_the_time_that_a_model_takes_to_be_opened_is_not_that_of_its_text(store: Database) -> None:
    class Slow(FakeEngine):
        """Takes long to open a model."""

        async def capacity(self, model: str) -> Capacity:
            await asyncio.sleep(0.3)
            return await super().capacity(model)

    outcome = await Desk(store, Slow(), settings()).write()
    assert 0 < (outcome.turn.seconds or 0) < 0.3


async def test_the_largest_seed_is_one(desk: Desk) -> None:
    outcome = await desk.write(seed=2**53 - 1)
    assert outcome.turn.seed == 2**53 - 1
    assert desk.seeds[0] == 2**53 - 1


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


FOX = [" The clock struck ten and nobody came.", " Then a fox looked in at the window and sat down by the fire."]
NO_FOX = [
    " The baker went over the hills with a loaf under each of his arms.",
    " The miller opened his door, looked at the river for a long while, and asked him what he wanted there so late.",
]


async def shown_of(desk: Desk, prompt: str) -> list[str]:
    prepared = await desk.writer.prepare(request(prompt))
    events = [event async for event in desk.writer.run(prepared)]
    return [event.accepted + event.pending for event in events if isinstance(event, Writing)]


async def test_a_story_that_was_wished_for_is_begun_again_until_it_names_what_was_asked_for(desk: Desk) -> None:
    desk.engine.script = lambda _: NO_FOX if len(desk.engine.requests) < 3 else FOX
    outcome = await desk.write("write a story about a fox")
    assert outcome.text == "".join(FOX)
    assert outcome.details.faults == ()
    assert desk.seeds == [7, 7 + SEED_STEP, 7 + 2 * SEED_STEP]
    assert [asked.prompt for asked in desk.engine.requests] == [""] * 3


async def test_of_a_story_that_nobody_asked_for_nothing_is_shown(desk: Desk) -> None:
    desk.engine.script = lambda _: NO_FOX if len(desk.engine.requests) < 2 else FOX
    shown = await shown_of(desk, "write a story about a fox")
    assert not any("baker" in text for text in shown)
    assert shown[-1].strip() == "".join(FOX).strip()


async def test_the_last_opening_stays_whatever_it_names(desk: Desk) -> None:
    desk.engine.script = lambda _: NO_FOX
    assert (await desk.write("a story about a fox")).text == "".join(NO_FOX).rstrip()
    assert len(desk.engine.requests) == 3


async def test_an_opening_of_ones_own_and_what_goes_on_from_a_wish_may_be_about_anything(desk: Desk) -> None:
    desk.engine.script = lambda _: FOX
    story = await desk.write("a story about a fox")
    desk.engine.script = lambda _: NO_FOX
    await desk.write("The fox left the house.")
    await desk.write(parent_id=story.turn.id)
    assert len(desk.engine.requests) == 3


async def test_how_often_a_story_is_begun_can_be_set(store: Database) -> None:
    desk = Desk(store, FakeEngine(script=lambda _: NO_FOX), settings(openings=1))
    await desk.write("a story about a fox")
    assert len(desk.engine.requests) == 1
