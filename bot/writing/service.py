"""The one way from a prompt to a finished turn: commands, buttons, games and the command line go through `Writer`."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

import structlog

from bot.engine.errors import EngineError
from bot.engine.models.backend import keeps_seeds
from bot.engine.protocol import Engine
from bot.engine.sampling import SEEDS
from bot.ids import ChannelId, RequestId, StoryId
from bot.store import Database
from bot.stories.openings import is_chinese
from bot.stories.voices import Voices, lead
from bot.turns import Draft, Turn, TurnKind
from bot.waiting import Wait, plain_wait
from bot.writing import errors
from bot.writing.admission import ADMITTED, Admission
from bot.writing.brief import BriefSession
from bot.writing.contexts import Preview
from bot.writing.details import STOPPED, TurnDetails
from bot.writing.door import Door, Passage, Place
from bot.writing.gate import Gate
from bot.writing.grounds import Ground, Grounds
from bot.writing.prepared import Prepared, Variant
from bot.writing.prompts import read_prompt
from bot.writing.ranking import ranked
from bot.writing.requests import Begun, Event, Outcome, Shape, Waiting, WriteRequest, Writing
from bot.writing.session import Assignment, Session, write_unseen
from bot.writing.settings import ResolvedSettings, SettingsResolver
from config.settings import Settings

log = structlog.get_logger(__name__)


def new_request_id() -> RequestId:
    """Name a request; short enough for a button, long enough never to meet another."""
    return RequestId(secrets.token_hex(6))


class Writer:
    """Takes requests, lets them wait, run and stop, and keeps what comes of them.

    Args:
        engine: Where tokens come from.
        door: What reads prompts and output.
        store: Where stories live.
        resolver: Where settings come from.
        voices: The genres and tones there are.
        settings: The operator's limits.
        wait: How to await a place in line.
    """

    def __init__(
        self,
        *,
        engine: Engine,
        door: Door,
        store: Database,
        resolver: SettingsResolver,
        voices: Voices,
        settings: Settings,
        wait: Wait = plain_wait,
    ) -> None:
        self._engine = engine
        self._door = door
        self._store = store
        self._resolver = resolver
        self._voices = voices
        self._settings = settings
        self._wait = wait
        self._keeps_seeds = keeps_seeds(settings.engine)
        limits = settings.limits
        self._admission = Admission(
            running=settings.engine.max_streams, waiting=limits.queue, per_user=limits.running_per_user
        )
        self._gate = Gate(store, resolver, limits)
        self._grounds = Grounds(store)
        self._running: dict[RequestId, Prepared] = {}
        self._stories: dict[RequestId, StoryId] = {}
        self._draining = False

    def use(self, settings: Settings, voices: Voices) -> None:
        """Go by other limits, ways of writing and voices; what runs or waits keeps those that it began with."""
        self._settings = settings
        self._voices = voices
        self._admission.limit(waiting=settings.limits.queue, per_user=settings.limits.running_per_user)
        self._gate = Gate(self._store, self._resolver, settings.limits)

    async def prepare(self, request: WriteRequest) -> Prepared:
        """Refuse what can be refused before anybody waits, and take a place.

        Quick: it asks the store and reads the prompt, but never the engine. What it gives is for `run`, or, if that is
        not called, for `release`.

        Raises:
            WritingError: the request is refused.
            StoreError
        """
        if self._draining:
            raise errors.ShuttingDownError
        ticket = self._admission.enter(request.asker, request.server)
        try:
            if request.parent_id is not None:
                self._stories[request.request_id] = await self._grounds.check(request.parent_id, request.game)
            passage = await self._door.at(Place(request.guild_id, request.channel_id, request.user_id))
            opening = await read_prompt(passage, request, await self._grounds.told(request))
            variants = await self._variants(request, passage)
            await self._gate.admit(request, variants[0].settings)
        except BaseException:
            self._stories.pop(request.request_id, None)
            self._admission.leave(ticket)
            raise
        prepared = Prepared(request, opening, variants, ticket)
        self._running[request.request_id] = prepared
        return prepared

    async def _variants(self, request: WriteRequest, passage: Passage) -> tuple[Variant, ...]:
        """Give the texts that a request asks for; what they share is resolved once."""
        if request.rivals:
            ways = [(options, await self._resolve(request, options)) for options in request.rivals]
        else:
            ways = [(request.options, await self._resolve(request, request.options))] * request.variants
        kind = Session if request.shape is Shape.PASSAGE else BriefSession
        return tuple(
            Variant(number, options, resolved, kind(self._engine, passage, self._settings.writing))
            for number, (options, resolved) in enumerate(ways)
        )

    async def _resolve(self, request: WriteRequest, options: Mapping[str, object]) -> ResolvedSettings:
        trial = bool(request.rivals)
        return await self._resolver.resolve(
            user_id=None if trial else request.user_id,
            channel_id=request.channel_id,
            guild_id=request.guild_id,
            call=options,
            unlocked=trial,
            inherited=request.parent_id is not None and not trial,
        )

    async def check(self, request: WriteRequest) -> None:
        """See whether somebody may write in a place now, without writing.

        Raises:
            WritingError: they may not.
            StoreError
        """
        await self._gate.check(request, await self._resolve(request, request.options))

    def release(self, prepared: Prepared) -> None:
        """Give a place back; a second time does nothing."""
        self._running.pop(prepared.request.request_id, None)
        self._stories.pop(prepared.request.request_id, None)
        self._admission.leave(prepared.ticket)

    async def run(self, prepared: Prepared) -> AsyncGenerator[Event, None]:
        """Write a text: `Waiting` (if so), `Begun`, `Writing`…, and at the end `Outcome`.

        When it yields the outcome, the turn is in the store. Leaving the iteration early gives the text up.

        Raises:
            WritingError: nothing came of it.
            EngineError, StoreError
        """
        session, ticket = prepared.variants[0].session, prepared.ticket
        try:
            while not session.stopped and (place := await self._wait(ticket.places.get())) != ADMITTED:
                yield Waiting(place)
            if session.stopped:
                return
            async with aclosing(self._compose(prepared)) as events:
                async for event in events:
                    yield event
        finally:
            self.release(prepared)

    async def finish(self, request: WriteRequest) -> Outcome:
        """Write a text and give its end alone; see `prepare` and `run`.

        Raises:
            StoppedEmptyError: it was stopped while it waited.
            WritingError, EngineError, StoreError
        """
        async with aclosing(self.run(await self.prepare(request))) as events:
            async for event in events:
                if isinstance(event, Outcome):
                    return event
        raise errors.StoppedEmptyError

    async def preview(self, request: WriteRequest) -> Preview:
        """Give what the model would see for a request that goes on from a turn; nothing is written or kept.

        Raises:
            WritingError: the story cannot be gone on with.
            EngineError, StoreError
        """
        passage = await self._door.at(Place(request.guild_id, request.channel_id, request.user_id))
        (variant, *_), ground = await self._variants(request, passage), await self._grounds.prepare(request, "")
        return await variant.session.preview(self._assignment(request, ground, variant, 0))

    async def _compose(self, prepared: Prepared) -> AsyncGenerator[Event, None]:
        request, first = prepared.request, prepared.variants[0]
        ground = await self._grounds.prepare(request, prepared.opening)
        self._stories[request.request_id] = ground.story.id
        seed = request.seed if request.seed is not None else random.SystemRandom().randrange(SEEDS)
        logger = log.bind(request=request.request_id)
        logger.info(
            "writing", model=first.settings.model, preset=first.settings.preset, seed=seed, **self._private(ground.text)
        )
        await self._store.jobs.open(
            request.request_id,
            turn_id=ground.parent.id,
            user_id=request.user_id,
            guild_id=request.guild_id,
            channel_id=request.shown_in or request.channel_id,
            locale=request.locale,
        )
        try:
            yield Begun(ground.shown, not ground.prompt.opening, ground.parent.id)
            async with aclosing(self._write_all(prepared, ground, seed)) as writings:
                async for writing in writings:
                    yield writing
            outcome = await self._keep_all(prepared, ground, seed)
            progress = first.session.progress
            logger.info(
                "written", tokens=outcome.turn.tokens, seconds=round(progress.seconds, 2),
                finish=outcome.turn.finish, faults=progress.faults, **self._private(outcome.text),
            )  # fmt: skip
            yield outcome
        finally:
            await self._store.jobs.close(request.request_id)

    async def _write_all(self, prepared: Prepared, ground: Ground, seed: int) -> AsyncGenerator[Writing, None]:
        """Write all variants at once, and give what happens to the first."""
        assignments = [self._assignment(prepared.request, ground, variant, seed) for variant in prepared.variants]
        ended: asyncio.Queue[None] = asyncio.Queue()
        others = [
            asyncio.create_task(write_unseen(variant.session, assignment, ended))
            for variant, assignment in zip(prepared.variants[1:], assignments[1:], strict=True)
        ]
        try:
            failed = None
            try:
                async with aclosing(prepared.variants[0].session.run(assignments[0])) as writings:
                    async for writing in writings:
                        yield writing
            except EngineError as error:
                failed = error
            for _ in others:
                await self._wait(ended.get())
            if failed is not None and not any(variant.session.text() for variant in prepared.variants):
                raise failed
        finally:
            for task in others:
                task.cancel()

    def _assignment(self, request: WriteRequest, ground: Ground, variant: Variant, seed: int) -> Assignment:
        chinese = is_chinese(ground.words)
        name = f"{request.request_id}-{variant.number}" if variant.number else request.request_id
        return Assignment(
            request_id=RequestId(name),
            model=variant.settings.model,
            story=ground.text + (request.parted_by or ""),
            instruction=ground.prompt.instruction,
            title=ground.prompt.title,
            lead=lead(self._voices, request.genre, request.tone, chinese=chinese),
            lore=ground.lore,
            chinese=chinese,
            sampling=variant.settings.sampling(_seed(seed, variant.number)),
            scored=request.ranked,
            shape=request.shape,
        )

    async def _keep_all(self, prepared: Prepared, ground: Ground, seed: int) -> Outcome:
        """Put the variants into the store; the story goes on from the first, or from the best if they are ranked."""
        written = [variant for variant in prepared.variants if variant.session.text()]
        if prepared.request.ranked:
            written = [written[place] for place in ranked([variant.session.candidate() for variant in written])]
        turns = [
            await self._keep(prepared.request, variant, ground, _seed(seed, variant.number)) for variant in written
        ]
        if not turns:
            raise errors.StoppedEmptyError if prepared.variants[0].session.stopped else errors.NothingWrittenError
        if len(turns) > 1:
            await self._store.stories.move_head(ground.story.id, turns[0].id)
        return Outcome(ground.story, turns[0], tuple(turns[1:]))

    def _private(self, text: str) -> dict[str, str]:
        return {"text": text} if self._settings.log.prompts else {}

    async def _keep(self, request: WriteRequest, variant: Variant, ground: Ground, seed: int) -> Turn:
        """Put a finished text into the store."""
        resolved, session, progress = variant.settings, variant.session, variant.session.progress
        draft = Draft(
            kind=TurnKind.MODEL,
            text=session.text() if request.parted_by is None else session.text().lstrip(),
            model=resolved.model,
            preset=resolved.preset,
            seed=seed,
            tokens=progress.tokens,
            seconds=progress.seconds,
            finish=STOPPED if session.stopped else progress.finish,
            details=TurnDetails(
                options={name: value for name, value in variant.options.items() if value is not None},
                changed=tuple((changed.key, changed.value, changed.source) for changed in resolved.changed()),
                genre=request.genre,
                tone=request.tone,
                parted_by=request.parted_by,
                left_out=progress.left_out.story,
                memory_left_out=progress.left_out.memory,
                note_left_out=progress.left_out.note,
                world_left_out=len(progress.left_out.world),
                faults=progress.faults,
                interrupted=progress.interrupted,
                reproducible=self._keeps_seeds,
                languages=self._foreign_to(resolved.model, ground.words),
            ).model_dump(mode="json"),
        )
        turn = await self._store.stories.append(ground.parent.id, draft)
        await self._store.usage.add(request.guild_id, request.user_id, tokens=progress.tokens)
        return turn

    def _foreign_to(self, model: str, text: str) -> tuple[str, ...]:
        """Give a model's languages if a text is in Chinese and the model is not."""
        languages = self._resolver.profile_of(model).languages
        return languages if is_chinese(text) and "zh" not in languages else ()

    def running(self, request_id: RequestId) -> WriteRequest | None:
        """Give a request that runs or waits."""
        entry = self._running.get(request_id)
        return entry.request if entry else None

    @property
    def busy(self) -> int:
        """Requests that run or wait."""
        return len(self._running)

    @property
    def waiting(self) -> int:
        """Requests that wait."""
        return self._admission.waiting

    async def stop(self, request_id: RequestId) -> bool:
        """Stop a request, running or waiting; False if there is none of that name any more."""
        entry = self._running.get(request_id)
        if entry is None:
            return False
        for variant in entry.variants:
            await variant.session.stop()
        entry.ticket.places.put_nowait(ADMITTED)  # one that waits wakes up and sees that it is to stop
        return True

    async def stop_in(self, channel_id: ChannelId) -> None:
        """Stop all that runs or waits for a channel."""
        for request_id in [name for name, entry in self._running.items() if entry.request.channel_id == channel_id]:
            await self.stop(request_id)

    async def stop_story(self, story_id: StoryId) -> None:
        """Stop all that runs or waits for a story."""
        for request_id in [name for name, story in self._stories.items() if story == story_id]:
            await self.stop(request_id)

    def refuse_new(self) -> None:
        """Take nothing new from now on."""
        self._draining = True

    @property
    def draining(self) -> bool:
        """Whether nothing new is taken any more."""
        return self._draining

    async def stop_all(self) -> None:
        """Stop all that runs or waits."""
        for request_id in list(self._running):
            await self.stop(request_id)


def _seed(first: int, number: int) -> int:
    return (first + number) % SEEDS
