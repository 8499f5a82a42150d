"""A server's presets are kept by name, and changed only by who saw them as they are."""

from __future__ import annotations

from bot.ids import GuildId, UserId
from bot.store import Database

GUILD, BY, OTHER = GuildId(2**62), UserId(7), UserId(8)


async def test_a_preset_is_changed_as_long_as_it_is_what_it_was(database: Database) -> None:
    await database.presets.put(GUILD, "Noon", "bright", {"temperature": 0.7, "do_sample": True}, BY)
    (before,) = await database.presets.of(GUILD)
    assert await database.presets.change(GUILD, before, "dark", {"temperature": 0.8}, OTHER)
    (now,) = await database.presets.of(GUILD)
    assert (now.meaning, now.sampling, now.changed_by) == ("dark", {"temperature": 0.8}, OTHER)

    assert not await database.presets.change(GUILD, before, "bright", {"temperature": 0.9}, BY)
    assert await database.presets.of(GUILD) == (now,)
    assert not await database.presets.change(GuildId(1), now, "bright", {}, BY)


async def test_a_preset_that_is_gone_is_not_changed(database: Database) -> None:
    await database.presets.put(GUILD, "Noon", "bright", {}, BY)
    (before,) = await database.presets.of(GUILD)
    assert await database.presets.remove(GUILD, "Noon")
    assert not await database.presets.change(GUILD, before, "dark", {}, BY)
    assert await database.presets.of(GUILD) == ()
