"""`/settings audit`, `export` and `import`: who changed what, and settings that travel."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.ids import ChannelId, GuildId, UserId
from bot.store.safety import WHOLE_SERVER, RuleKind, SafetyLog, StoredPolicy
from tests.cogs.test_history import file_of
from tests.cogs.test_settings import sampling, settings
from tests.cogs.test_write import said
from tests.world import World


async def exported(world: World) -> dict[str, Any]:
    name, text = await file_of(await world.admin.slash(world.channel, "settings export"))
    assert name == "taleloom-settings.json"
    content: dict[str, Any] = json.loads(text)
    return content


async def imported(world: World, content: object) -> str:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    result = await world.admin.slash(world.channel, "settings import", file=("settings.json", data))
    assert result.response.ephemeral
    return said(result)


async def test_the_audit_says_who_changed_what_from_what_to_what(world: World) -> None:
    assert await settings(world, "audit") == "Nothing was changed here."
    await settings(world, "set", key="temperature", value="1.25")
    await settings(world, "set", key="temperature", value="0.5", place="channel")
    await settings(world, "reset", key="temperature")
    newest, middle, oldest = (await settings(world, "audit")).split("\n")
    assert newest.endswith(f"<@{world.admin.id}> · server · **temperature** 1.25 → –")
    assert middle.endswith("channel · **temperature** – → 0.5")
    assert oldest.endswith("server · **temperature** – → 1.25")
    assert oldest.startswith("- <t:")


async def test_the_audit_names_policies_and_of_two_of_the_servers_own_what_differs(world: World) -> None:
    guild, by = GuildId(world.guild.id), UserId(world.admin.id)
    safety = world.bot.services.store.safety
    mild = StoredPolicy("custom", {"profanity": {"mild": "allow", "strong": "mask"}, "wary": {"strong": "block"}})
    hard = StoredPolicy("custom", {"profanity": {"mild": "mask", "strong": "mask"}, "drugs": {"severe": "block"}})
    for policy in (StoredPolicy("strict", {}), mild, hard):
        await safety.set_policy(guild, WHOLE_SERVER, policy, by)
    await safety.set_log(guild, SafetyLog(ChannelId(world.channel.id), shows_texts=False), by)
    await safety.put_rule(guild, RuleKind.BLOCKED_WORD, "wizard", "mask", by, limit=5)
    word, log, newest, middle, oldest = (
        line.partition("**")[2] for line in (await settings(world, "audit")).split("\n")
    )
    assert oldest == "safety policy** – → strict"
    assert middle == "safety policy** strict → custom"
    assert newest == "safety policy** swearing (mild): let pass → swearing (mild): masked; drugs (severe): blocked"
    assert log == f"safety log** – → <#{world.channel.id}> (without texts)"
    assert word == "blocked word** – → wizard (mask)"


async def test_older_changes_are_on_further_pages(world: World) -> None:
    for number in range(20):
        await settings(world, "set", key="top_k", value=str(number))
    assert len((await settings(world, "audit")).split("\n")) == 15
    older = (await settings(world, "audit", page=2)).split("\n")
    assert len(older) == 5
    assert older[-1].endswith("**top_k** – → 0")


async def test_no_change_is_lost_between_pages_however_long_the_values_are(world: World) -> None:
    for number in range(20):
        roles = " ".join(f"<@&{role}>" for role in range(10**17 + number, 10**17 + number + 6))
        await settings(world, "set", key="writers", value=roles)
    shown = []
    for page in (1, 2):
        result = await world.admin.slash(world.channel, "settings audit", page=page)
        messages = [result.response.content, *(each.message.content for each in result.followups)]
        assert all(len(message) <= 2000 for message in messages)
        shown += [line for message in messages for line in message.split("\n")]
    assert len(shown) == 20
    for number, line in enumerate(reversed(shown)):
        assert f"→ <@&{10**17 + number}>" in line


async def test_what_is_exported_can_be_imported_elsewhere(world: World) -> None:
    await settings(world, "set", key="temperature", value="1.25")
    await settings(world, "set", key="press", value="everyone", place="channel")
    content = await exported(world)
    assert content["server"] == {"temperature": 1.25}
    assert content["channel"] == {"press": "everyone"}

    await settings(world, "reset")
    await settings(world, "set", key="top_k", value="7")
    assert await imported(world, content) == "Done: 2 values are different now."
    await world.write("It began.")
    assert (sampling(world).temperature, sampling(world).top_k) != (0.65, 7)
    assert sampling(world).temperature == 1.25
    assert "top_k** 7 → –" in await settings(world, "audit")


async def test_the_same_file_again_changes_nothing(world: World) -> None:
    await settings(world, "set", key="temperature", value="1.25")
    assert await imported(world, await exported(world)) == "Done: 0 values are different now."


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"server": {"temperature": 9}}, "temperature can be 0.05–2; 9 is not among these."),
        ({"server": {"colour": 1}}, "Nothing was changed: server names “colour”, which cannot be set there."),
        ({"channel": {"locked": []}}, "Nothing was changed: channel names “locked”"),
        ({"server": []}, "This file does not hold settings."),
        ({"form": "other"}, "This file does not hold settings."),
        ({"version": 2}, "This file does not hold settings."),
    ],
)
async def test_one_wrong_value_and_nothing_is_changed(world: World, change: dict[str, Any], answer: str) -> None:
    await settings(world, "set", key="temperature", value="1.25")
    content = await exported(world)
    content["channel"] = {"top_k": 3}
    assert answer in await imported(world, content | change)
    assert (await exported(world))["server"] == {"temperature": 1.25}
    assert (await exported(world))["channel"] == {}


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"[" * 20_000, b"{} {}", b"null"])
async def test_any_other_file_is_refused_in_one_sentence(world: World, data: bytes) -> None:
    assert "This file does not hold settings." in await imported(world, data)


async def test_a_file_that_is_too_large_is_not_read(world: World) -> None:
    assert "larger than 64 KB" in await imported(world, b" " * 70_000)
