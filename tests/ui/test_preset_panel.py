"""The panel of a server's own presets: a list, forms, and a way back from Remove."""

from __future__ import annotations

import json
from typing import Any

import discord
import pytest

from bot.ids import GuildId
from tests.cogs.test_presets import TAVERN, presets
from tests.cogs.test_settings import sampling
from tests.cogs.test_write import labels, said
from tests.ui.test_hands import fields
from tests.ui.test_panel import chosen, pressed, selects
from tests.world import World, open_world, quick_settings, speaking

LIST = "**Presets of this server: {} of at most 20**"
NONE = "This server has no preset of its own yet. Press New… to make one."
MOONLIT = {"name": "Moonlit", "meaning": "slow and silver", "values": "temperature 1.45\ntop_k 12"}


async def panel(world: World) -> Any:
    """Open the panel."""
    result = await world.admin.slash(world.channel, "presets panel")
    assert result.response.ephemeral
    return result.response.message


async def send(world: World, message: Any, label: str, **values: str) -> Any:
    """Press a button that opens a form, and send the form with some fields changed."""
    form = await world.admin.click(message, label=label)
    there = {item["component"]["custom_id"]: item["component"].get("value", "") for item in form.modal["components"]}
    return await world.admin.submit_modal(form, there | values)


async def with_moonlit(world: World) -> Any:
    """The panel with a preset that was just made."""
    return (await send(world, await panel(world), "New…", **MOONLIT)).response.message


async def stored(world: World) -> dict[str, Any]:
    found = await world.bot.services.presets.of(GuildId(world.guild.id))
    return {each.name: dict(each.sampling) for each in found}


async def test_a_preset_is_made_in_a_form_and_written_with(world: World) -> None:
    opened = await panel(world)
    assert (opened.content, labels(opened)) == (NONE, ["New…"])

    shown = await with_moonlit(world)
    assert shown.content == (
        f"**Moonlit** is there now: /write offers it.\n{LIST.format(1)}\n"
        "- **Moonlit** – slow and silver\n-# temperature 1.45, top_k 12"
    )
    assert labels(shown) == ["New…", "Edit…", "Remove…"]
    await world.write("It began.", preset="Moonlit")
    assert (sampling(world).temperature, sampling(world).top_k) == (1.45, 12)


async def test_the_list_shows_all_and_a_choice_shows_one(world: World) -> None:
    await presets(world, "add", name="Moonlit", meaning="slow", temperature=1.45)
    await presets(world, "add", name="Noon", meaning="bright and *hot*")
    opened = await panel(world)
    assert opened.content == (
        f"{LIST.format(2)}\n- **Moonlit** – slow\n-# temperature 1.45\n- **Noon** – bright and \\*hot\\*\n-# …"
    )
    assert labels(opened) == ["New…"]
    assert {option.value: option.description for option in selects(opened)["tl:presets"].options} == {
        "Moonlit": "temperature 1.45", "Noon": "…",
    }  # fmt: skip
    shown = await chosen(world, opened, "tl:presets", "Noon")
    assert "Moonlit" not in shown.content
    assert [option.value for option in selects(shown)["tl:presets"].options if option.default] == ["Noon"]


async def test_what_was_made_last_is_chosen(world: World) -> None:
    shown = await with_moonlit(world)
    shown = (await send(world, shown, "New…", **MOONLIT | {"name": "Noon"})).response.message
    assert [option.value for option in selects(shown)["tl:presets"].options if option.default] == ["Noon"]


async def test_a_full_list_fits_a_message(world: World) -> None:
    for number in range(20):
        name = f"Preset number {number} and then some"[:32]
        await presets(world, "add", name=name, meaning="m" * 80, temperature=1.4, top_k=10, top_p=0.9)
    opened = await panel(world)
    assert len(opened.content) <= 2000
    assert "19 and then" in opened.content
    refused = await world.admin.click(opened, label="New…")
    assert said(refused) == "A server has at most 20 presets of its own. Remove one first."


async def test_the_form_for_other_values_holds_those_of_now_and_leaves_the_name(world: World) -> None:
    form = await world.admin.click(await with_moonlit(world), label="Edit…")
    assert form.modal["title"] == "Moonlit"
    assert fields(form) == {
        "What it is for, in one line": "slow and silver",
        "Values, one a line, or a file's JSON": "temperature 1.45\ntop_k 12",
    }
    changed = await world.admin.submit_modal(form, {"meaning": "slow", "values": "Temperature：１，２\n\ngreedy on"})
    assert "**Moonlit** is changed." in changed.response.message.content
    assert "- **Moonlit** – slow\n-# temperature 1.2, greedy on" in changed.response.message.content
    assert await stored(world) == {"Moonlit": {"temperature": 1.2, "do_sample": False}}


async def test_json_of_another_program_can_be_pasted(world: World) -> None:
    result = await send(world, await panel(world), "New…", **MOONLIT | {"values": json.dumps(TAVERN, indent=2)})
    text = result.response.message.content
    assert "Could not be taken: tfs 0.95" in text
    assert (await stored(world))["Moonlit"] == {"temperature": 0.9, "top_p": 0.85, "repetition_penalty": 1.1}


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"values": "heat 1"}, "A preset has no value called “heat”. It can have temperature, top_k, top_p, min_p, "),
        ({"values": "temperature 9"}, "temperature can be 0.05–2; 9 is not among these."),
        ({"values": "top_k"}, "top_k can be 0, 1, … 1000; … is not among these."),
        ({"values": '{"temp": 0.9'}, "What you pasted is not one whole preset."),
        ({"values": "{}"}, "Nothing in this preset can be used here."),
        ({"name": "balanced"}, "balanced is there already, in every server."),
        ({"name": "{x}"}, "A preset's name has letters and figures"),
        ({"name": "noon"}, "This server has Noon already."),
        ({"name": "lolicon"}, "This wording was not kept"),
        ({"meaning": "for lolicon"}, "This wording was not kept"),
    ],
)
async def test_what_cannot_be_is_named_and_nothing_is_kept(world: World, changes: dict[str, str], answer: str) -> None:
    await presets(world, "add", name="Noon", meaning="bright")
    result = await send(world, await panel(world), "New…", **MOONLIT | changes)
    assert said(result).startswith(answer)
    assert result.response.ephemeral
    assert await stored(world) == {"Noon": {}}


async def test_remove_asks_first_and_can_be_taken_back(world: World) -> None:
    shown = await with_moonlit(world)
    asked = await pressed(world, shown, "Remove…")
    assert asked.content == "Remove **Moonlit**? Settings that name it do not count any more then."
    assert labels(asked) == ["Remove for good", "Keep it"]
    back = await pressed(world, asked, "Keep it")
    assert labels(back) == labels(shown)
    assert await stored(world)

    gone = await pressed(world, await pressed(world, back, "Remove…"), "Remove for good")
    assert gone.content == f"It is gone.\n{NONE}"
    assert await stored(world) == {}


async def test_what_somebody_else_removed_meanwhile_is_said_to_be_gone(world: World) -> None:
    shown = await with_moonlit(world)
    form = await world.admin.click(shown, label="Edit…")
    await presets(world, "remove", name="Moonlit")
    gone = "This server has no preset called “Moonlit”. /presets list shows those there are."
    assert said(await world.admin.submit_modal(form, {"meaning": "m", "values": ""})) == gone
    for label in ("Edit…", "Remove…"):
        assert said(await world.admin.click(shown, label=label)) == gone
    assert await stored(world) == {}


async def test_of_two_who_change_a_preset_the_second_is_told(world: World) -> None:
    shown = await with_moonlit(world)
    first, second = [await world.admin.click(shown, label="Edit…") for _ in range(2)]
    await world.admin.submit_modal(first, {"meaning": "slow", "values": "top_k 13"})
    result = await world.admin.submit_modal(second, {"meaning": "slow", "values": "top_k 14"})
    changed = "Somebody else changed Moonlit meanwhile. Choose it again to see how it is now."
    assert result.response.content == changed
    assert result.followups[-1].message.embeds[0].description == "top_k 14"
    assert await stored(world) == {"Moonlit": {"top_k": 13}}


async def test_the_twentieth_may_be_made_by_somebody_else_while_one_types(world: World) -> None:
    form = await world.admin.click(await panel(world), label="New…")
    for number in range(20):
        await presets(world, "add", name=f"p{number}", meaning="m")
    assert "at most 20" in said(await world.admin.submit_modal(form, MOONLIT))


async def test_whoever_may_not_manage_the_server_any_more_changes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = await with_moonlit(world)
    asked = await pressed(world, shown, "Remove…")
    form = await world.admin.click(await panel(world), label="New…")
    monkeypatch.setattr(discord.Interaction, "permissions", discord.Permissions.none())
    for result in (
        await world.admin.click(asked, label="Remove for good"),
        await world.admin.submit_modal(form, MOONLIT | {"name": "Noon"}),
    ):
        assert said(result).strip() == "You need the permission Manage Server for that."
    assert list(await stored(world)) == ["Moonlit"]


async def test_the_panel_is_for_managers_alone(world: World) -> None:
    assert "Manage Server" in await presets(world, "panel", who=world.guest)


async def test_the_panel_works_after_a_restart_and_in_chinese(tmp_path: object) -> None:
    async with open_world(quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/taleloom.db")) as world:
        opened = await with_moonlit(world)
        await world.restart()
        async with speaking(world, world.admin, "zh-CN"):
            shown = await chosen(world, opened, "tl:presets", "Moonlit")
            assert shown.content.startswith("**本服务器的预设：1 个，最多 20 个**")
            assert labels(shown) == ["新建…", "修改…", "移除…"]
            changed = await send(world, shown, "修改…", values="greedy 开")
        assert "**Moonlit** 已修改。" in changed.response.message.content
        assert await stored(world) == {"Moonlit": {"do_sample": False}}
