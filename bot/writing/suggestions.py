"""What a hero could do next: short actions that the model itself thinks of."""

from __future__ import annotations

import asyncio
import random
import re
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.engine.protocol import Finish, GenerationRequest
from bot.engine.sampling import RANGES
from bot.errors import TaleloomError
from bot.ids import RequestId
from bot.safety.verdict import Action
from bot.stories.branch import join, text_of
from bot.stories.context import Parts
from bot.stories.games.inputs import count_words
from bot.stories.openings import is_chinese
from bot.writing.contexts import ContextBuilder, room_in
from bot.writing.door import Door, Place
from bot.writing.judging import find_junk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.engine.protocol import Engine
    from bot.engine.sampling import SamplingParams
    from bot.store import Database
    from bot.store.games import StoredGame
    from bot.writing.service import Writer
    from bot.writing.settings import SettingsResolver

TOKENS = 16
LETTERS = 70
"""A button has room for 80, with what it says before."""
TRIES = 2
"""Written for each that is wanted: of a storyteller's about half are actions, of an instruct model's nearly all."""
_ENDS = re.compile(r"[.!?;:,\n。！？；：，…\"“”>]")
_ENGLISH = re.compile(r"[a-z]+(?: [A-Za-z0-9'’-]+){1,7}")
_NO_VERBS = (
    "a all also although always am an and are as at be because been being but by can can't cannot could couldn't did "
    "didn't do don't does for from had has have he her his how i if in is it its just may me might must my never no "
    "nor not now of on only or our she should so still than that the their them then there they this to too was we "
    "were what when where which while who whose why will with won't would you your"
)


class Suggester:
    """Asks the model for actions, where nobody else waits for it.

    Args:
        engine: What writes.
        door: What reads each.
        store: Where the stories are.
        resolver: Says how it is written in a place.
        writer: Knows whether anybody waits.
    """

    def __init__(
        self,
        engine: Engine,
        door: Door,
        store: Database,
        resolver: SettingsResolver,
        writer: Writer,
    ) -> None:
        self._engine = engine
        self._door = door
        self._store = store
        self._resolver = resolver
        self._writer = writer

    async def suggest(self, stored: StoredGame) -> tuple[str, ...]:
        """Give as many actions as a game's rules ask for, or fewer; none where the model is busy.

        Raises:
            EngineError, StoreError
        """
        if self._writer.waiting:
            return ()
        story = stored.story
        text = text_of(await self._store.stories.path(story.head_id))
        chinese = is_chinese(text)
        resolved = await self._resolver.resolve(
            user_id=None, channel_id=story.channel_id, guild_id=story.guild_id, call={}
        )
        wanted = stored.game.rules.suggestions
        first = random.SystemRandom().randrange(int(RANGES["seed"].high) - TRIES * wanted)
        sampling = replace(resolved.sampling(first), max_new_tokens=TOKENS, do_sample=True, stop=("\n",))
        room = room_in(await self._engine.capacity(resolved.model), TOKENS)
        # Without a space at its end: a model's words begin with theirs.
        asked = join(text, "\n\n你" if chinese else "\n\nYou")
        parts = Parts(story=asked, lore=await self._store.lore.of(story.id), chinese=chinese)
        context = await ContextBuilder(self._engine).build(resolved.model, parts, room.smaller().tokens)
        found = await asyncio.gather(
            *(
                self._write(story.id, resolved.model, context.text, replace(sampling, seed=first + number))
                for number in range(TRIES * wanted)
            )
        )
        passage = await self._door.unwatched(Place(story.guild_id, story.channel_id))
        allowed = [each for each in found if (await passage.read(each)).action is Action.ALLOW]
        return chosen(allowed, chinese=chinese)[:wanted]

    async def _write(self, story: int, model: str, prompt: str, sampling: SamplingParams) -> str:
        """Write one; empty where nothing came of it, or it is not at its end."""
        name = RequestId(f"suggest-{story}-{sampling.seed}")
        request = GenerationRequest(request_id=name, model=model, prompt=prompt, sampling=sampling)
        text = ""
        try:
            async with aclosing(self._engine.generate(request)) as chunks:
                async for chunk in chunks:
                    text += chunk.text
                    if ended := _ENDS.search(text):
                        return text[: ended.start()]
                    if chunk.finish is not None:
                        return text if chunk.finish in {Finish.STOP, Finish.EOS} else ""
        except TaleloomError:
            return ""
        return ""


def chosen(texts: Sequence[str], *, chinese: bool) -> tuple[str, ...]:
    """Give those of some texts that a hero could do, each once: two to eight words, the first of them like a verb."""
    found: dict[str, str] = {}
    for text in texts:
        words = " ".join(text.split())
        if is_action(words, chinese=chinese):
            found.setdefault(words.casefold(), words)
    return tuple(found.values())


def is_action(text: str, *, chinese: bool) -> bool:
    """Say whether a text can stand behind “You”, as something that is done."""
    if len(text) > LETTERS or find_junk(text):
        return False
    if chinese:
        return is_chinese(text) and 2 <= count_words(text) <= 16
    return bool(_ENGLISH.fullmatch(text)) and text.split(maxsplit=1)[0] not in _NO_VERBS.split()
