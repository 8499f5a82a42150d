"""`/usage`: one's own figures, and for admins the server's, as a picture."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from tests.cogs.test_write import said
from tests.world import World


async def usage(world: World, who: Any = None, **options: Any) -> tuple[str, bytes]:
    result = await (who or world.writer).slash(world.channel, "usage", **options)
    assert result.response.ephemeral
    attachments = result.response.attachments
    return said(result), await attachments[0].read() if attachments else b""


async def test_one_sees_ones_own_figures_as_a_picture(world: World) -> None:
    await world.write("It began.", length=20)
    await world.write("It began.", length=20)
    await world.write("It began.", who=world.guest, length=20)
    text, picture = await usage(world)
    assert text.startswith("You, in all servers:\n2 texts, 40 tokens\n")
    assert Image.open(io.BytesIO(picture)).size == (900, 360)


async def test_an_admin_sees_the_servers_figures_and_a_member_does_not(world: World) -> None:
    await world.write("It began.", length=20)
    await world.write("It began.", who=world.guest, length=20)
    assert (await usage(world, world.admin, everyone=True))[0].startswith(
        "Everybody in this server:\n2 texts, 40 tokens"
    )
    refused = await world.guest.slash(world.channel, "usage", everyone=True)
    assert said(refused) == "You need the permission Manage Server for that."


async def test_who_wrote_nothing_sees_an_empty_picture(world: World) -> None:
    text, picture = await usage(world, days=1)
    assert "0 texts, 0 tokens" in text
    assert picture.startswith(b"\x89PNG")


async def test_older_days_are_not_counted(world: World) -> None:
    await world.write("It began.", length=20)
    await world.env.advance_time(3 * 86_400)
    assert "0 texts" in (await usage(world, days=3))[0]
    assert "1 text, 20 tokens" in (await usage(world, days=4))[0]
