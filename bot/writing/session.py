"""One text from its context to its last sentence: asks the engine, judges, asks again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import structlog

from bot.engine.errors import EngineDiedError, EngineError, PromptTooLongError
from bot.engine.protocol import Chunk, Engine, Finish, GenerationRequest
from bot.engine.sampling import SEEDS, SamplingParams
from bot.errors import TaleloomError
from bot.ids import RequestId
from bot.lore import NO_LORE, Lore
from bot.safety.layer import Guard
from bot.safety.verdict import REWRITTEN
from bot.stories.branch import join
from bot.stories.context import Context, LeftOut, Parts
from bot.stories.voices import request_beside
from bot.writing.composer import Composer
from bot.writing.contexts import ContextBuilder, Preview, room_in
from bot.writing.door import Passage
from bot.writing.judging import find_junk, letters, loops, words
from bot.writing.postprocess import trim
from bot.writing.ranking import Candidate
from bot.writing.requests import Shape, Writing
from bot.writing.subjects import names_subject, subject_of_title
from config.settings import WritingSettings

EXTRA_TOKENS = 64  # what a text without a finished sentence may take beyond its length, at each try
OPENING_WORDS = 30
"""In so many a story names what it was asked to be about, or does not: of 88, 50 did, and 7 more after them."""
SEED_STEP = 0x9E3779B1  # 2^32 divided by the golden ratio: seeds of neighbouring numbers never meet
ENGINE_DEATHS = 1  # after this many the text ends with what it has

log = structlog.get_logger(__name__)


class _Amount(NamedTuple):
    """How much was written, and how likely the model finds it."""

    tokens: int
    log_likelihood: float


NOTHING = _Amount(0, 0.0)


@dataclass(slots=True)
class Progress:
    """What happened while a text was written."""

    tokens: int = 0
    tries: int = 0
    deaths: int = 0
    left_out: LeftOut = field(default_factory=LeftOut)
    seconds: float = 0.0
    """That the engine wrote, without the opening of a model."""
    finish: str = ""
    faults: tuple[str, ...] = ()
    interrupted: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Assignment:
    """What a session is to write."""

    request_id: RequestId
    """What the engine's requests are named after."""
    model: str
    """A name from the registry."""
    story: str
    """All that stands before."""
    instruction: str = ""
    title: str = ""
    lead: str = ""
    """What stands before the story for the model alone."""
    lore: Lore = NO_LORE
    chinese: bool = False
    """The language of the story, and of what stands before it."""
    sampling: SamplingParams
    """With a seed."""
    scored: bool = False
    """The engine says how likely the model finds the text."""
    shape: Shape = Shape.PASSAGE


class Session:
    """Writes one text.

    A finished sentence is judged before it is taken; after a fault, or a too early end, the engine is asked to go on
    from the last good sentence with another seed, a set number of times. A story that was wished for is shown once it
    names what it is to be about; where its first words do not, it is begun again, a set number of times as well.

    Args:
        engine: Where tokens come from.
        passage: What reads every character first.
        settings: When a text counts as finished.
    """

    def __init__(self, engine: Engine, passage: Passage, settings: WritingSettings) -> None:
        self._engine = engine
        self._passage = passage
        self._settings = settings
        self._composer = Composer()
        self._contexts = ContextBuilder(engine)
        self._engine_request: RequestId | None = None
        self._sought: frozenset[str] = frozenset()
        """What the opening has to name before it is shown; empty when that is decided."""
        self._begun = 1
        """How often it was begun."""
        self._standing = self._taken = NOTHING
        """Of the composer's whole text, and of what of it was accepted."""
        self.progress = Progress()
        self.stopped = False

    async def stop(self) -> None:
        """End the text with what it has."""
        self.stopped = True
        if self._engine_request:
            await self._engine.cancel(self._engine_request)

    def text(self) -> str:
        """Give the finished text: whole sentences, or what there is with an ellipsis when there is not one.

        Empty when there is nothing, or nothing that a story could have.
        """
        if self._composer.accepted:
            return self._composer.accepted.rstrip()
        rest = trim(self._composer.pending)
        return f"{rest}…" if rest.strip() and not (find_junk(rest) or loops(rest)) else ""

    def candidate(self) -> Candidate:
        """Give the finished text as one of several; its likelihood is 0 unless the assignment was scored."""
        amount = self._taken if self._composer.accepted else self._standing
        return Candidate(self.text(), amount.tokens, amount.log_likelihood)

    async def run(self, assignment: Assignment) -> AsyncGenerator[Writing, None]:
        """Write on from a story.

        Raises:
            EngineError: nothing could be written.
        """
        sampling = assignment.sampling
        budget, done = sampling.max_new_tokens, False
        if assignment.instruction and not assignment.story.strip():
            self._sought = subject_of_title(assignment.title)
        while not done and not self.stopped:
            attempt = replace(
                sampling,
                seed=((sampling.seed or 0) + self.progress.tries * SEED_STEP) % SEEDS,
                max_new_tokens=max(budget - self._standing.tokens, min(EXTRA_TOKENS, budget)),
            )
            self._engine_request = RequestId(f"{assignment.request_id}.{self.progress.tries}")
            before = self.progress.tokens
            try:
                async with aclosing(self._attempt(replace(assignment, sampling=attempt))) as writings:
                    async for writing in writings:
                        self.progress.tokens = before + writing.tokens
                        yield replace(writing, tokens=self.progress.tokens)
                done = self._is_done()
            except EngineDiedError as error:
                done = self._survive_death(error)
            except EngineError as error:
                done = self._end_with_what_there_is(error)
            self.progress.tries += not done
            done = done or self.progress.tries >= self._begun + self._tries()

    def _tries(self) -> int:
        """Give the tries there are; twice as many while there is not one good sentence."""
        return self._settings.tries * (1 if self._composer.accepted else 2)

    async def _attempt(self, assignment: Assignment) -> AsyncGenerator[Writing, None]:
        """Ask the engine once; ends at a fault, or when the engine's stream does."""
        guard, fault = self._passage.guard(join(assignment.story, self._composer.accepted)), ""
        self.progress.finish = ""
        before = self._standing
        async with aclosing(self._stream(assignment)) as chunks:
            async for chunk in chunks:
                text, fault = await self._read(guard, chunk)
                accepted = self._composer.accepted
                found = self._composer.add(text, last=chunk.finish is not None)
                fault = fault or (found.kind if found else "")
                self.progress.finish = chunk.finish or ""
                self._standing = _Amount(before.tokens + chunk.tokens, before.log_likelihood + chunk.log_likelihood)
                if self._composer.accepted != accepted:
                    self._taken = self._standing
                begins_again = bool(self._sought) and not fault and self._begin_again(chunk)
                yield self._shown(chunk)
                if begins_again:
                    return
                if fault:
                    self.progress.faults += (fault,)
                    self.progress.finish = "fault"
                    self._forget()
                    yield self._shown(chunk)
                    return

    def _shown(self, chunk: Chunk) -> Writing:
        """Give what may be seen: nothing while it is open whether the story is about what was asked for."""
        if self._sought:
            return Writing("", "", chunk.tokens)
        return Writing(self._composer.accepted, self._composer.pending, chunk.tokens)

    def _begin_again(self, chunk: Chunk) -> bool:
        """Look whether the opening names what was asked for; drop it if it has come to its end and does not."""
        text = self._composer.text
        if (
            names_subject(self._sought, text)
            or chunk.finish is Finish.CANCELLED
            or self._begun >= self._settings.openings
        ):
            self._sought = frozenset()
        elif chunk.finish or len(words(text)) >= OPENING_WORDS:
            self._begun += 1
            self._composer = Composer()
            self._standing = self._taken = NOTHING
            self.progress.finish = "begun again"
            return True
        return False

    def _forget(self) -> None:
        """Take back what was not accepted; its tokens may be written again."""
        self._composer.restart()
        self._standing = self._taken

    async def _read(self, guard: Guard, chunk: Chunk) -> tuple[str, str]:
        """Let safety read a chunk; gives what may be shown, and the category of a block."""
        verdict = await guard.feed(chunk.text)
        text = verdict.text
        if chunk.finish and verdict.action not in REWRITTEN:
            verdict = await guard.finish()
            text += verdict.text
        blocked = verdict.action in REWRITTEN
        return text, str(verdict.decisive.category) if blocked and verdict.decisive else ""

    async def _stream(self, assignment: Assignment) -> AsyncGenerator[Chunk, None]:
        """Stream from the engine, with as much of the story as there is room for."""
        room = room_in(await self._engine.capacity(assignment.model), assignment.sampling.max_new_tokens)
        while True:
            context = await self._contexts.build(assignment.model, self._parts(assignment), room.tokens)
            self.progress.left_out = context.left_out
            if self.stopped:
                # While the model was opened or the story counted, when the engine knew of nothing to cancel.
                return
            request = GenerationRequest(
                request_id=self._engine_request or assignment.request_id,
                model=assignment.model,
                prompt=context.text,
                instruction=assignment.instruction or _request_beside(assignment, context),
                title=assignment.title,
                sampling=assignment.sampling,
                scored=assignment.scored,
            )
            started = time.perf_counter()
            try:
                async with aclosing(self._engine.generate(request)) as chunks:
                    async for chunk in chunks:
                        yield chunk
            except PromptTooLongError:
                # Joined, sentences may take more tokens than one by one, and an odd opening a larger frame.
                room = room.smaller()
                if not room.tokens:
                    raise
            else:
                return
            finally:
                self.progress.seconds += time.perf_counter() - started

    async def preview(self, assignment: Assignment) -> Preview:
        """Give what the model would see, without asking it to write.

        Raises:
            EngineError: the model cannot be opened.
        """
        room = room_in(await self._engine.capacity(assignment.model), assignment.sampling.max_new_tokens)
        context = await self._contexts.build(assignment.model, self._parts(assignment), room.tokens, exactly=True)
        return Preview(assignment.model, context, room)

    def _parts(self, assignment: Assignment) -> Parts:
        story = join(assignment.story, self._composer.text).rstrip(" ")
        return Parts(story=story, lead=assignment.lead, lore=assignment.lore, chinese=assignment.chinese)

    def _is_done(self) -> bool:
        """Say whether the text is complete; prepares for the next try where it is not."""
        match self.progress.finish:
            case Finish.CANCELLED:
                return True
            case Finish.EOS if self._composer.accepted or self.progress.tries + 1 < self._begun + self._tries():
                self._forget()
            case "fault" | "begun again":
                return False
        return bool(self._composer.accepted) and letters(self._composer.accepted) >= self._settings.shortest_letters

    def _survive_death(self, error: EngineDiedError) -> bool:
        self.progress.deaths += 1
        if self.progress.deaths > ENGINE_DEATHS:
            return self._end_with_what_there_is(error)
        self._forget()
        return False

    def _end_with_what_there_is(self, error: EngineError) -> bool:
        """End with the sentences that were taken, which people have read, though the model cannot go on.

        Raises:
            EngineError: there is none.
        """
        self._forget()
        if not self._composer.accepted:
            raise error
        self.progress.interrupted = True
        return True


def _request_beside(assignment: Assignment, context: Context) -> str:
    """Give what is asked for where more than the story's own words is put before the model."""
    shares = context.shares
    others = assignment.lead or shares.memory or shares.world or shares.note
    return request_beside(chinese=assignment.chinese) if others else ""


async def write_unseen(session: Session, assignment: Assignment, ended: asyncio.Queue[None]) -> None:
    """Write a variant that nobody watches; one that fails leaves the others."""
    try:
        async for _ in session.run(assignment):
            pass
    except TaleloomError as error:
        log.info("variant not written", request=assignment.request_id, error=type(error).__name__)
    finally:
        ended.put_nowait(None)
