"""`/forget`: nothing that was written before reaches the model again, whatever is pressed or typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.engine.process import wire
from bot.ids import ChannelId, UserId
from tests.cogs.test_menus import CONTINUE, START, choose
from tests.cogs.test_write import labels, paced, said, shown
from tests.ui.test_hands import edit
from tests.world import World, open_real_world, open_world, quick_settings

OLD, NEW = "Ulrich went to Zanzibar.", "The door stood open."
TOLD = "This channel was told to forget what was written before <t:"


async def forget(world: World, who: Any = None, channel: Any = None) -> str:
    """Type /forget, a moment after what was written and a moment before what will be."""
    await world.env.advance_time(1)
    result = await (who or world.admin).slash(channel or world.channel, "forget")
    assert result.response.ephemeral
    await world.env.advance_time(1)
    return said(result)


async def show_the_command_to(world: World, who: Any) -> None:
    command = next(command for command in await world.bot.tree.fetch_commands() if command.name == "forget")
    world.guild.set_command_permissions(command, {who: True})


def given(world: World, since: int = 0) -> str:
    """All that the engine was given."""
    return "\n".join(
        f"{request.prompt}\n{request.instruction}\n{request.title}" for request in world.engine.requests[since:]
    )


async def test_it_says_what_it_did_and_that_the_texts_stay(world: World) -> None:
    text = await forget(world)
    assert text.startswith("Forgotten. From now on the model is given nothing that was written in this channel before")
    assert "\n-# The texts stay where they are. To take one away, choose “Delete the story”" in text


async def test_a_member_is_refused_even_where_the_server_shows_the_command(world: World) -> None:
    await world.write(OLD)
    await show_the_command_to(world, world.guest)
    assert await forget(world, world.guest) == (
        "Only people with the permission Manage Messages can make this channel forget. Ask a moderator."
    )
    await world.click(world.last(), "Continue")
    assert OLD in world.engine.requests[-1].prompt


async def press(world: World, label: str) -> Any:
    return await world.click(world.channel.history()[0], label)


async def choose_on_the_story(world: World, menu: str) -> Any:
    return await choose(world, menu, world.channel.history()[0])


async def choose_on_what_was_said(world: World, menu: str) -> Any:
    return await choose(world, menu, world.channel.history()[1])


async def type_continue(world: World, _: str) -> Any:
    result = await world.writer.slash(world.channel, "continue")
    await world.written()
    return result


async def reply(world: World, words: str) -> None:
    assert world.bot.user
    words = f"<@{world.bot.user.id}> {words}"
    await world.writer.send(world.channel, words, reply_to=world.channel.history()[0])
    await world.written()


@pytest.mark.parametrize(
    ("act", "what"),
    [
        (press, "Continue"),
        (press, "Retry"),
        (choose_on_the_story, CONTINUE),
        (choose_on_the_story, START),
        (choose_on_what_was_said, CONTINUE),
        (choose_on_what_was_said, START),
        (type_continue, ""),
        (reply, ""),
        (reply, "Then the rain came."),
    ],
)
async def test_whatever_is_pressed_or_typed_gives_the_model_nothing_older(
    world: World, act: Callable[[World, str], Awaitable[Any]], what: str
) -> None:
    await world.write(OLD)
    await world.guest.send(world.channel, OLD)
    await forget(world)
    before = len(world.engine.requests)

    answer = await act(world, what)
    assert len(world.engine.requests) == before
    assert TOLD in "\n".join([said(answer), *world.texts()])

    await world.write(NEW)
    await world.click(world.last(), "Continue")
    assert len(world.engine.requests) == before + 2
    for word in ("Ulrich", "Zanzibar"):
        assert word not in given(world, before)


async def test_what_is_pressed_too_late_is_answered_and_the_text_stays(world: World) -> None:
    await world.write(OLD)
    await forget(world)
    before = world.last().content
    result = await world.click(world.last(), "Retry")
    assert TOLD in said(result)
    assert result.response.ephemeral
    assert world.last().content == before
    assert labels(world.last())[0] == "Continue"


async def test_a_wish_is_forgotten_as_well(world: World) -> None:
    await world.write("write a story about Ulrich of Zanzibar")
    assert "Zanzibar" in given(world)
    await forget(world)
    before = len(world.engine.requests)
    await world.click(world.last(), "Retry")
    await world.write("write a story about a fox")
    assert "Zanzibar" not in given(world, before)


async def test_other_words_in_an_old_story_do_not_bring_it_back(world: World) -> None:
    await world.write(OLD)
    await forget(world)
    before = len(world.engine.requests)
    await edit(world, world.last(), {"What was asked for": NEW})
    assert TOLD in said(await world.click(world.last(), "Continue"))
    assert len(world.engine.requests) == before


async def test_a_text_that_was_being_written_meanwhile_does_not_go_on(world: World) -> None:
    world.engine.script = paced(world, [" One went by.", " Two went home.", " Three went and is not back from the sea"])
    await world.begin(OLD)
    await shown(world, "Two went home.")
    await forget(world)
    await world.written()
    assert "Two went home." in world.last().content
    before = len(world.engine.requests)
    world.engine.script = None
    assert TOLD in said(await world.click(world.last(), "Continue"))
    assert len(world.engine.requests) == before


async def test_another_channel_remembers(world: World) -> None:
    other = world.guild.create_text_channel("other")
    await world.write(OLD, channel=other)
    await forget(world)
    await world.click(world.last(other), "Continue")
    assert world.engine.requests[-1].prompt.startswith(OLD)


async def test_in_direct_messages_one_tells_it_oneself(world: World) -> None:
    alone = world.env.create_user("alone")
    await alone.slash("write", prompt=OLD)
    await world.written()
    await world.env.advance_time(1)
    assert "Forgotten." in said(await alone.slash("forget"))
    before = len(world.engine.requests)
    assert TOLD in said(await alone.slash("continue"))
    await world.written()
    assert len(world.engine.requests) == before


async def test_it_holds_after_a_restart(tmp_path: Path) -> None:
    async with open_world(quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/taleloom.db")) as world:
        await world.write(OLD)
        await forget(world)
        await world.restart()
        assert TOLD in said(await world.click(world.last(), "Continue"))
        assert world.engine.requests == []


class Overheard:
    """Keeps the bytes of all that is said to the engine process."""

    def __init__(self, encoder: Any) -> None:
        self._encoder = encoder
        self.frames: list[bytes] = []

    def encode(self, message: Any) -> bytes:
        frame: bytes = self._encoder.encode(message)
        self.frames.append(frame)
        return frame


async def test_the_bytes_that_go_to_the_engine_process_hold_nothing_older(
    exported_tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    overheard = Overheard(wire._encoder)
    monkeypatch.setattr(wire, "_encoder", overheard)
    async with open_real_world(exported_tiny, tmp_path) as world:
        channel, writer = world.channel, world.writer
        await writer.slash(channel, "write", prompt=OLD, length=20, seed=3)
        await world.written()
        assert any(b"Zanzibar" in frame for frame in overheard.frames)
        await world.bot.services.store.channels.forget(ChannelId(channel.id), UserId(writer.id))
        overheard.frames.clear()

        for label in ("Continue", "Retry"):
            await writer.click(channel.history()[0], label=label)
            await world.written()
        await writer.slash(channel, "continue")
        await world.written()
        await writer.slash(channel, "write", prompt=NEW, length=20, seed=3)
        await world.written()

        assert any(NEW.encode() in frame for frame in overheard.frames)
        for word in (b"Ulrich", b"Zanzibar"):
            assert not any(word in frame for frame in overheard.frames)
