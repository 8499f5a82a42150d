"""The writing service on its own, without Discord: for the command line and for measurements."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.engine.sampling import RANGES
from bot.errors import TaleloomError
from bot.ids import ChannelId, UserId
from bot.parts import EngineFactory, Parts, open_parts, process_engine
from bot.writing.requests import Outcome, WriteRequest
from bot.writing.service import Writer, new_request_id
from config.settings import LimitSettings, Settings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence

NO_LIMITS = LimitSettings(
    user_burst=10_000, user_per_minute=10_000, server_burst=100_000, running_per_user=100, queue=10_000
)


@asynccontextmanager
async def open_alone(
    settings: Settings, model: str, *, engine_factory: EngineFactory = process_engine
) -> AsyncIterator[Parts]:
    """Open what writes on its own: an engine, and a store that is forgotten.

    Args:
        settings: Of the operator; whoever measures knows no limits.
        model: A name from the registry.
        engine_factory: Gives the engine, started.
    """
    alone = {"model": model, "database_url": "sqlite+aiosqlite://", "limits": NO_LIMITS}
    parts = await open_parts(
        settings.model_copy(update=alone), engine_factory=engine_factory, length=RANGES["max_new_tokens"]
    )
    try:
        yield parts
    finally:
        await parts.engine.aclose()
        await parts.store.close()


@asynccontextmanager
async def open_writer(settings: Settings, model: str) -> AsyncIterator[Writer]:
    """Open a writing service on its own; see `open_alone`."""
    async with open_alone(settings, model) as parts:
        yield parts.writer


async def finish_all(
    writer: Writer, requests: Sequence[WriteRequest]
) -> AsyncGenerator[tuple[WriteRequest, Outcome | TaleloomError], None]:
    """Write all requests in one batch, and give the ends in the order of the requests, each as soon as it is there.

    Args:
        writer: From `open_writer`.
        requests: At most `NO_LIMITS.running_per_user` of them are asked for at once, as one person may.
    """
    places = asyncio.Semaphore(NO_LIMITS.running_per_user)

    async def one(request: WriteRequest) -> Outcome | TaleloomError:
        async with places:
            try:
                return await writer.finish(request)
            except TaleloomError as error:
                return error

    tasks = [asyncio.create_task(one(request)) for request in requests]
    try:
        for request, task in zip(requests, tasks, strict=True):
            yield request, await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def request_for(prompt: str, options: Mapping[str, object], seed: int | None, *, best_of: int = 1) -> WriteRequest:
    """Give a request of the command line, where there is one person and no server."""
    return WriteRequest(
        request_id=new_request_id(),
        user_id=UserId(0),
        guild_id=None,
        channel_id=ChannelId(0),
        prompt=prompt,
        options=options,
        seed=seed,
        variants=best_of,
        ranked=best_of > 1,
    )
