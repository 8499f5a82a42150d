"""`/prompts`: a server's own openings, as its managers keep them and its members are offered them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.ids import GuildId, UserId
from bot.store.channels import PROMPTS_LIMIT
from bot.ui.prompts import prompt_choices, resolve_prompt
from bot.writing.channel_errors import PromptGoneError
from tests.cogs.test_write import said
from tests.world import World, open_world, quick_settings

LONG = "The lighthouse keeper had not spoken in seven years, and when he did, it was to the sea and to nobody else."


async def prompts(world: World, verb: str, who: Any = None, **options: Any) -> str:
    result = await (who or world.admin).slash(world.channel, f"prompts {verb}", **options)
    assert result.response.ephemeral
    return said(result)


def typing(world: World, guild_id: int | None = None) -> discord.Interaction:
    """Somebody who types in the server, as far as openings are concerned."""
    return cast(discord.Interaction, SimpleNamespace(client=world.bot, guild_id=guild_id or world.guild.id))


async def offered(world: World, current: str) -> list[tuple[str, str]]:
    return [(choice.name, choice.value) for choice in await prompt_choices(typing(world), current)]


async def test_an_opening_is_added_listed_and_taken_away(world: World) -> None:
    assert await prompts(world, "list") == "This server has no openings of its own yet. /prompts add adds one."
    added = await prompts(world, "add", text="  The door stood open.  ")
    assert added == "Added. /write offers it from now on: The door stood open."
    await prompts(world, "add", text="很久以前，山里有一座茶馆。")
    assert await prompts(world, "list", world.guest) == (
        "2 openings of this server:\n1. The door stood open.\n2. 很久以前，山里有一座茶馆。"
    )

    (choice,) = await world.admin.autocomplete(world.channel, "prompts remove", "prompt", "door OPEN")
    assert choice["name"] == "The door stood open."
    assert await prompts(world, "remove", prompt=choice["value"]) == "Taken away: The door stood open."
    assert await prompts(world, "list") == "1 opening of this server:\n1. 很久以前，山里有一座茶馆。"
    assert await prompts(world, "remove", prompt=choice["value"]) == (
        "This server has no such opening. /prompts list shows those that it has."
    )


async def test_an_opening_can_be_taken_away_by_its_words(world: World) -> None:
    await prompts(world, "add", text="The door stood open.")
    assert "Taken away" in await prompts(world, "remove", prompt="The door stood open.")
    assert "no such opening" in await prompts(world, "remove", prompt="The door")


@pytest.mark.parametrize(("verb", "options"), [("add", {"text": "It began."}), ("remove", {"prompt": "It began."})])
async def test_only_those_who_manage_the_server_change_them(world: World, verb: str, options: Any) -> None:
    await world.bot.services.store.channels.add_prompt(world.guild.id, "It began.", UserId(1))
    assert await prompts(world, verb, world.guest, **options) == "You need the permission Manage Server for that."
    assert await prompts(world, "list", world.guest) == "1 opening of this server:\n1. It began."


async def test_the_same_opening_is_kept_once(world: World) -> None:
    await prompts(world, "add", text="It began.")
    assert await prompts(world, "add", text="It began.") == "This server has that opening already."
    assert await prompts(world, "list") == "1 opening of this server:\n1. It began."


async def test_an_opening_is_read_before_it_is_offered(world: World) -> None:
    assert "This wording was not kept" in await prompts(world, "add", text="A tale of lolicon.")
    assert (await prompts(world, "add", text="What the fuck, said the captain.")).endswith(
        "What the ••••, said the captain."
    )
    assert await prompts(world, "list") == "1 opening of this server:\n1. What the ••••, said the captain."


async def test_an_opening_of_spaces_is_none(world: World) -> None:
    assert "Your prompt is empty." in await prompts(world, "add", text="   ")


async def test_a_server_that_has_enough_takes_no_more(world: World) -> None:
    for number in range(PROMPTS_LIMIT):
        await world.bot.services.store.channels.add_prompt(world.guild.id, f"Opening {number}.", UserId(1))
    assert await prompts(world, "add", text="One too many.") == (
        "This server has 100 openings, and more are not kept. Take one away with /prompts remove first."
    )


async def test_a_long_list_comes_as_a_file(world: World) -> None:
    for number in range(30):
        await world.bot.services.store.channels.add_prompt(world.guild.id, f"{number} {LONG}", UserId(1))
    result = await world.guest.slash(world.channel, "prompts list")
    assert said(result) == "30 openings of this server:"
    (attachment,) = result.response.message.attachments
    assert attachment.filename == "prompts.txt"
    assert (await attachment.read()).decode().split("\n")[29] == f"30. 29 {LONG}"


async def test_markdown_and_mentions_are_shown_as_they_are(world: World) -> None:
    text = await prompts(world, "add", text="@everyone **look** here")
    assert text.endswith("@\u200beveryone \\*\\*look\\*\\* here")


async def test_another_server_has_its_own(world: World) -> None:
    await world.bot.services.store.channels.add_prompt(GuildId(4), "Somebody else's.", UserId(1))
    assert "no openings" in await prompts(world, "list")
    (other,) = await world.bot.services.store.channels.prompts(GuildId(4))
    assert "no such opening" in await prompts(world, "remove", prompt=f"#prompt:{other.id}")
    with pytest.raises(PromptGoneError):
        await resolve_prompt(typing(world), f"#prompt:{other.id}")


async def test_openings_live_through_a_restart(tmp_path: Any) -> None:
    async with open_world(quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/t.db")) as world:
        await prompts(world, "add", text="It began.")
        await world.restart()
        assert "1. It began." in await prompts(world, "list")


async def test_what_is_typed_is_offered_first_and_then_what_has_its_words(world: World) -> None:
    for text in ("The door stood open.", "很久以前，山里有一座茶馆。", LONG):
        await prompts(world, "add", text=text)
    assert await offered(world, "the open") == [
        ("the open", "the open"), ("The door stood open.", "The door stood open."),
    ]  # fmt: skip
    assert await offered(world, "茶馆") == [("茶馆", "茶馆"), ("很久以前，山里有一座茶馆。",) * 2]
    assert await offered(world, "The door stood open.") == [("The door stood open.",) * 2]
    assert await offered(world, "badger") == [("badger", "badger")]
    assert len(await offered(world, "  ")) == 3


async def test_an_opening_too_long_for_a_choice_is_chosen_all_the_same(world: World) -> None:
    await prompts(world, "add", text=LONG)
    ((_, typed), (name, value)) = await offered(world, "lighthouse")
    assert name == f"{LONG[:99]}…"
    assert len(value) <= 100
    assert await resolve_prompt(typing(world), value) == LONG
    assert await resolve_prompt(typing(world), typed) == "lighthouse"
    assert await offered(world, "x" * 101) == []


async def test_no_more_is_offered_than_discord_takes(world: World) -> None:
    for number in range(40):
        await world.bot.services.store.channels.add_prompt(world.guild.id, f"Opening {number}.", UserId(1))
    assert len(await offered(world, "")) == 25
    assert len(await offered(world, "opening")) == 25
    assert len(await world.admin.autocomplete(world.channel, "prompts remove", "prompt", "")) == 25


async def test_in_direct_messages_nothing_is_offered_but_what_is_typed(world: World) -> None:
    alone = cast(discord.Interaction, SimpleNamespace(client=world.bot, guild_id=None))
    assert [choice.value for choice in await prompt_choices(alone, "It began.")] == ["It began."]
    with pytest.raises(PromptGoneError):
        await resolve_prompt(alone, "#prompt:1")
