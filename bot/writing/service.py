"""The one way from a prompt to a finished turn: commands, buttons, games and the command line go through `Writer`."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

import structlog

from bot.engine.protocol import Engine
from bot.engine.sampling import RANGES
from bot.ids import ChannelId, RequestId, TurnId, UserId
from bot.safety.layer import SafetyLayer
from bot.safety.verdict import CATEGORY_NAMES, STANDARD, Action, Policy
from bot.store import Database
from bot.stories.branch import text_of
from bot.stories.openings import Prompt, is_chinese, read_prompt
from bot.stories.voices import Voices, lead, request_beside
from bot.turns import Draft, Story, Turn, TurnKind
from bot.waiting import Wait, plain_wait
from bot.writing import errors
from bot.writing.admission import ADMITTED, Admission, Ticket
from bot.writing.channel_errors import ForgottenError
from bot.writing.details import STOPPED, TurnDetails
from bot.writing.gate import Gate
from bot.writing.requests import PROMPT_LIMIT, Begun, Event, Outcome, Waiting, WriteRequest, Writing
from bot.writing.session import Assignment, Session, opening_of, write_unseen
from bot.writing.settings import ResolvedSettings, SettingsResolver
from config.settings import Settings

log = structlog.get_logger(__name__)


def new_request_id() -> RequestId:
    """Name a request; short enough for a button, long enough never to meet another."""
    return RequestId(secrets.token_hex(6))


SEEDS = int(RANGES["seed"].high)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that was not refused, with its place."""

    request: WriteRequest
    opening: str
    """The prompt as it may be shown; empty when a story goes on."""
    settings: ResolvedSettings
    sessions: tuple[Session, ...]
    """One a variant; the first is the one that is shown while it grows."""
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a text grows from."""

    story: Story
    parent: Turn
    prompt: Prompt
    text: str
    """The whole branch, from its opening on."""
    shown: str
    """What was typed, shown before the text; empty when a story goes on."""


class Writer:
    """Takes requests, lets them wait, run and stop, and keeps what comes of them.

    Args:
        engine: Where tokens come from.
        safety: What reads prompts and output.
        store: Where stories live.
        resolver: Where settings come from.
        voices: The genres and tones there are.
        settings: The operator's limits.
        policy: What safety goes by.
        wait: How to await a place in line.
    """

    def __init__(
        self,
        *,
        engine: Engine,
        safety: SafetyLayer,
        store: Database,
        resolver: SettingsResolver,
        voices: Voices,
        settings: Settings,
        policy: Policy = STANDARD,
        wait: Wait = plain_wait,
    ) -> None:
        self._engine = engine
        self._safety = safety
        self._store = store
        self._resolver = resolver
        self._voices = voices
        self._settings = settings
        self._policy = policy
        self._wait = wait
        limits = settings.limits
        self._admission = Admission(
            running=settings.engine.max_streams, waiting=limits.queue, per_user=limits.running_per_user
        )
        self._gate = Gate(store, resolver, limits)
        self._running: dict[RequestId, Prepared] = {}
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
        ticket = self._admission.enter(request.user_id, request.server)
        try:
            if request.parent_id is not None:
                await self._story_of(await self._store.stories.turn(request.parent_id))
            opening = await self._read(request)
            resolved = await self._resolver.resolve(
                user_id=request.user_id, channel_id=request.channel_id, guild_id=request.guild_id, call=request.options
            )
            await self._gate.admit(request, resolved)
        except BaseException:
            self._admission.leave(ticket)
            raise
        sessions = tuple(
            Session(self._engine, self._safety, self._policy, self._settings.writing) for _ in range(request.variants)
        )
        prepared = Prepared(request, opening, resolved, sessions, ticket)
        self._running[request.request_id] = prepared
        return prepared

    def release(self, prepared: Prepared) -> None:
        """Give a place back; a second time does nothing."""
        self._running.pop(prepared.request.request_id, None)
        self._admission.leave(prepared.ticket)

    async def run(self, prepared: Prepared) -> AsyncGenerator[Event, None]:
        """Write a text: `Waiting` (if so), `Begun`, `Writing`…, and at the end `Outcome`.

        When it yields the outcome, the turn is in the store. Leaving the iteration early gives the text up.

        Raises:
            WritingError: nothing came of it.
            EngineError, StoreError
        """
        session, ticket = prepared.sessions[0], prepared.ticket
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

    async def _read(self, request: WriteRequest) -> str:
        """Let safety read a prompt, and give it as it may be shown; empty when a story goes on without one."""
        if request.parent_id is not None and not request.prompt:
            return ""
        if len(request.prompt) > PROMPT_LIMIT:
            raise errors.PromptTooLargeError(length=len(request.prompt), limit=PROMPT_LIMIT)
        verdict = await self._safety.read(opening_of(request.prompt), self._policy)
        if verdict.action is Action.BLOCK and verdict.decisive:
            raise errors.PromptRefusedError(category=CATEGORY_NAMES[verdict.decisive])
        if not verdict.text:
            raise errors.EmptyPromptError
        return verdict.text

    async def _compose(self, prepared: Prepared) -> AsyncGenerator[Event, None]:
        request, resolved = prepared.request, prepared.settings
        ground = await self._ground(request, prepared.opening)
        seed = request.seed if request.seed is not None else random.SystemRandom().randrange(SEEDS)
        logger = log.bind(request=request.request_id)
        logger.info("writing", model=resolved.model, preset=resolved.preset, seed=seed, **self._private(ground.text))
        await self._store.jobs.open(
            request.request_id,
            turn_id=ground.parent.id,
            user_id=request.user_id,
            guild_id=request.guild_id,
            channel_id=request.channel_id,
            locale=request.locale,
        )
        try:
            yield Begun(ground.shown, not ground.prompt.opening, ground.parent.id)
            async with aclosing(self._write_all(prepared, ground, seed)) as writings:
                async for writing in writings:
                    yield writing
            outcome = await self._keep_all(prepared, ground, seed)
            progress = prepared.sessions[0].progress
            logger.info(
                "written", tokens=outcome.turn.tokens, seconds=round(progress.seconds, 2),
                finish=outcome.turn.finish, faults=progress.faults, **self._private(outcome.text),
            )  # fmt: skip
            yield outcome
        finally:
            await self._store.jobs.close(request.request_id)

    async def _write_all(self, prepared: Prepared, ground: _Ground, seed: int) -> AsyncGenerator[Writing, None]:
        """Write all variants at once, and give what happens to the first."""
        request, resolved = prepared.request, prepared.settings
        chinese = is_chinese(ground.text or ground.prompt.instruction)
        voice = lead(self._voices, request.genre, request.tone, chinese=chinese)
        assignments = [
            Assignment(
                request_id=RequestId(f"{request.request_id}-{number}" if number else request.request_id),
                model=resolved.model,
                story=ground.text,
                instruction=ground.prompt.instruction or (request_beside(chinese=chinese) if voice else ""),
                title=ground.prompt.title,
                lead=voice,
                chinese=chinese,
                sampling=resolved.sampling(_seed(seed, number)),
            )
            for number in range(request.variants)
        ]
        ended: asyncio.Queue[None] = asyncio.Queue()
        others = [
            asyncio.create_task(write_unseen(session, assignment, ended))
            for session, assignment in zip(prepared.sessions[1:], assignments[1:], strict=True)
        ]
        try:
            async with aclosing(prepared.sessions[0].run(assignments[0])) as writings:
                async for writing in writings:
                    yield writing
            for _ in others:
                await self._wait(ended.get())
        finally:
            for task in others:
                task.cancel()

    async def _keep_all(self, prepared: Prepared, ground: _Ground, seed: int) -> Outcome:
        """Put the variants into the store; the story goes on from the first."""
        outcomes = [
            await self._keep(prepared, session, ground, _seed(seed, number))
            for number, session in enumerate(prepared.sessions)
            if session.text()
        ]
        if not outcomes:
            raise errors.StoppedEmptyError if prepared.sessions[0].stopped else errors.NothingWrittenError
        if len(outcomes) > 1:
            await self._store.stories.move_head(outcomes[0].story.id, outcomes[0].turn.id)
        return outcomes[0]

    def _private(self, text: str) -> dict[str, str]:
        return {"text": text} if self._settings.log.prompts else {}

    async def _ground(self, request: WriteRequest, opening: str) -> _Ground:
        """Find the turn to write on from, or begin a story with the prompt."""
        if request.parent_id is not None:
            return await self._branch(request.parent_id, opening, request.user_id)
        draft = Draft(kind=TurnKind.PROMPT, text=opening, author_id=request.user_id)
        story, turn = await self._store.stories.begin(
            draft,
            guild_id=request.guild_id,
            channel_id=request.channel_id,
            author_id=request.user_id,
            private=request.private,
        )
        prompt = read_prompt(turn.text)
        return _Ground(story, turn, prompt, prompt.opening, turn.text)

    async def _story_of(self, turn: Turn | None) -> Story:
        """Find the story of a turn that is to be gone on with.

        Raises:
            StoryGoneError: it is not there any more.
            ForgottenError: its channel was told to forget it.
        """
        story = await self._store.stories.story(turn.story_id) if turn else None
        if story is None or story.deleted_at is not None:
            raise errors.StoryGoneError
        # By when the story began: what was reworded, or was being written then, is younger than the words in it.
        forgotten = await self._store.channels.forgotten_at(story.channel_id)
        if forgotten and story.created_at <= forgotten:
            raise ForgottenError(at=int(forgotten.timestamp()))
        return story

    async def _branch(self, parent: TurnId, added: str, author: UserId) -> _Ground:
        path = await self._store.stories.path(parent)
        story = await self._story_of(path[-1] if path else None)
        if added:
            draft = Draft(kind=TurnKind.PROMPT, text=added, author_id=author)
            path = (*path, await self._store.stories.append(parent, draft))
        shown = path[0].text if len(path) == 1 else ""
        prompt, text = Prompt("") if path[0].hidden else read_prompt(path[0].text), text_of(path)
        if not (text.strip() or prompt.instruction):
            raise errors.AllHiddenError
        return _Ground(story, path[-1], prompt, text, shown)

    async def _keep(self, prepared: Prepared, session: Session, ground: _Ground, seed: int) -> Outcome:
        """Put a finished text into the store."""
        request, resolved = prepared.request, prepared.settings
        text, progress = session.text(), session.progress
        draft = Draft(
            kind=TurnKind.MODEL,
            text=text,
            model=resolved.model,
            preset=resolved.preset,
            seed=seed,
            tokens=progress.tokens,
            seconds=progress.seconds,
            finish=STOPPED if session.stopped else progress.finish,
            details=TurnDetails(
                options={name: value for name, value in request.options.items() if value is not None},
                changed=tuple((changed.key, changed.value, changed.source) for changed in resolved.changed()),
                genre=request.genre,
                tone=request.tone,
                left_out=progress.left_out,
                faults=progress.faults,
                interrupted=progress.interrupted,
                languages=self._foreign_to(resolved.model, ground.text or ground.prompt.instruction),
            ).model_dump(mode="json"),
        )
        turn = await self._store.stories.append(ground.parent.id, draft)
        await self._store.usage.add(request.guild_id, request.user_id, tokens=progress.tokens)
        return Outcome(ground.story, turn)

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
        for session in entry.sessions:
            await session.stop()
        entry.ticket.places.put_nowait(ADMITTED)  # one that waits wakes up and sees that it is to stop
        return True

    async def stop_in(self, channel_id: ChannelId) -> None:
        """Stop all that runs or waits for a channel."""
        for request_id in [name for name, entry in self._running.items() if entry.request.channel_id == channel_id]:
            await self.stop(request_id)

    def refuse_new(self) -> None:
        """Take nothing new from now on."""
        self._draining = True

    async def stop_all(self) -> None:
        """Stop all that runs or waits."""
        for request_id in list(self._running):
            await self.stop(request_id)


def _seed(first: int, number: int) -> int:
    return (first + number) % SEEDS
