"""`/privacy training` as people use it: asked once, answered by one button, and found in the files of stories."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.ids import UserId
from bot.store.errors import StoreError
from bot.stories.exports.json_files import read_json
from bot.tuning.documents import read_documents
from bot.tuning.errors import ConsentMissingError
from bot.ui.consent import explain, to_answer
from tests.cogs.test_privacy import exported, press, privacy, shown
from tests.cogs.test_settings import settings
from tests.cogs.test_story_files import bring, export
from tests.cogs.test_talk import me, say
from tests.cogs.test_write import labels, said
from tests.world import World, open_world, quick_settings, speaking

YES, NO = "Yes, a model may learn from my words", "Take my yes back"


async def agree(world: World, who: Any = None) -> Any:
    return await press(world, await privacy(world, "training", who), YES, who)


async def agreed(world: World, who: Any = None) -> bool:
    return await world.bot.services.store.consents.given(UserId((who or world.writer).id)) is not None


async def story_of_two(world: World) -> None:
    """A story of the writer's that the guest goes on with."""
    await settings(world, "set", key="press", value="everyone")
    await world.write("The door stood open.")
    await say(world, f"{me(world)} A dog came out of it.", who=world.guest, reply_to=world.last())


async def json_file(world: World, folder: Path) -> Path:
    """The story as a file, in a folder."""
    name, data = await export(world, world.guest, form="json")
    path = folder / name
    path.write_bytes(data)
    return path


async def people(world: World, channel: Any = None) -> dict[str, bool]:
    """Who agreed, as the story's file says it, by name."""
    result = await world.writer.slash(channel or world.channel, "story export", form="json")
    data = await result.response.message.attachments[0].read()
    return {person.name: person.training_consent for person in read_json(data.decode()).people}


async def test_it_says_what_training_is_and_that_nothing_was_agreed_to(world: World) -> None:
    result = await privacy(world, "training")
    text = said(result)
    assert "Your words may be used only if you say yes." in text
    assert "It is for your words alone." in text
    assert "You can take it back here at any time. It counts for every export after that." in text
    assert "a model cannot unlearn what it has learned" in text
    assert text.endswith("**Right now: no.**")
    assert len(text) < 1500
    assert labels(shown(result)) == [YES]
    assert not await agreed(world)


async def test_one_press_says_yes_and_one_takes_it_back(world: World) -> None:
    result = await agree(world)
    at = int(world.env.now().timestamp())
    assert shown(result).content.endswith(f"**Right now: yes**, since <t:{at}:f>.")
    assert labels(shown(result)) == [NO]
    assert await agreed(world)
    assert not await agreed(world, world.guest)

    await press(world, result, NO)
    assert shown(result).content.endswith("**Right now: no.**")
    assert labels(shown(result)) == [YES]
    assert not await agreed(world)


async def test_neither_answer_looks_like_the_right_one(world: World) -> None:
    result = await privacy(world, "training")
    styles = [result.response.components[0]["components"][0]["style"]]
    await press(world, result, YES)
    again = await privacy(world, "training")
    styles.append(again.response.components[0]["components"][0]["style"])
    assert styles == [discord.ButtonStyle.secondary.value] * 2


async def test_a_button_of_before_says_what_it_says(world: World) -> None:
    old = await privacy(world, "training")
    await agree(world)
    since = await world.bot.services.store.consents.given(UserId(world.writer.id))
    assert since
    await world.env.advance_time(3600)
    await press(world, old, YES)
    assert shown(old).content.endswith(f"since <t:{int(since.timestamp())}:f>.")
    assert await agreed(world)


async def test_it_holds_in_every_server_and_in_direct_messages(world: World) -> None:
    traveller = world.env.create_user("traveller")
    await agree(world, world.guild.add_member(traveller))
    elsewhere = world.env.create_guild("Another Club")
    result = await elsewhere.add_member(traveller).slash(elsewhere.create_text_channel("stories"), "privacy training")
    for answer in (result, await traveller.slash("privacy training")):
        assert "**Right now: yes**" in said(answer)


@pytest.mark.parametrize("label", [YES, NO])
async def test_a_stranger_answers_for_nobody(world: World, label: str) -> None:
    consents, writer = world.bot.services.store.consents, UserId(world.writer.id)
    since = await consents.give(writer) if label == NO else None
    channel = world.bot.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.send("x", view=to_answer(writer, since, world.bot.services.texts.speak("en-US")))

    result = await world.admin.click(world.last(), label=label)

    assert said(result) == "This button belongs to somebody else. /privacy training gives you your own."
    assert result.response.ephemeral
    assert await consents.given(writer) == since
    assert not await agreed(world, world.admin)


async def test_the_answer_and_its_button_outlive_a_restart(tmp_path: Path) -> None:
    async with open_world(quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/taleloom.db")) as world:
        result = await privacy(world, "training")
        await world.restart()
        await press(world, result, YES)
        assert await agreed(world)
        await world.restart()
        assert await agreed(world)
        await press(world, result, NO)
        assert not await agreed(world)


async def test_a_store_that_does_not_answer_is_told_and_nothing_looks_changed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> Any:
        raise StoreError

    result = await privacy(world, "training")
    monkeypatch.setattr(world.bot.services.store.consents, "give", fail)
    assert "The database did not answer" in said(await press(world, result, YES))
    assert labels(shown(result)) == [YES]


async def test_show_and_export_say_so_of_those_who_agreed_alone(world: World) -> None:
    assert "/privacy training" not in said(await privacy(world, "show"))
    await agree(world)
    at = int(world.env.now().timestamp())
    assert f"- That you said yes to a model learning from your words, <t:{at}:f>" in said(await privacy(world, "show"))
    (row,) = (await exported(await privacy(world, "export")))["training_consents"]
    assert row["user_id"] == "you"
    assert "model learning" not in said(await privacy(world, "show", world.guest))
    assert (await exported(await privacy(world, "export", world.guest)))["training_consents"] == []


async def test_whoever_asked_to_be_deleted_counts_as_a_no_from_then_on(world: World) -> None:
    await world.write("The door stood open.")
    await agree(world)
    assert await people(world) == {"writer": True}
    result = await privacy(world, "delete")
    await press(world, result, "Delete all of it")
    assert await people(world) == {"writer": False}
    await press(world, result, "Take it back")
    assert await people(world) == {"writer": True}
    await world.bot.services.store.people.erase(UserId(world.writer.id))
    assert not await agreed(world)


async def test_who_speaks_chinese_is_asked_in_chinese(world: World) -> None:
    speak, user = world.bot.services.texts.speak("zh-CN"), world.writer.id
    async with speaking(world, world.writer, "zh-CN"):
        result = await privacy(world, "training")
        assert said(result) == explain(None, speak)
        await world.writer.click(result.response.message, custom_id=f"tl:learn:yes:{user}")
        since = await world.bot.services.store.consents.given(UserId(user))
        assert since
        assert shown(result).content == explain(since, speak)
        assert labels(shown(result)) == [speak(NO)]
        assert f"<t:{int(since.timestamp())}:f>" in said(await privacy(world, "show"))
        await world.writer.click(result.response.message, custom_id=f"tl:learn:no:{user}")
        assert not await agreed(world)


async def test_a_story_of_two_is_learned_from_when_both_have_agreed(world: World, tmp_path: Path) -> None:
    await story_of_two(world)
    await agree(world)
    assert await people(world) == {"writer": True, "guest": False}
    with pytest.raises(ConsentMissingError, match="1 of its 2 authors did not agree"):
        read_documents([await json_file(world, tmp_path)])

    yes = await agree(world, world.guest)
    assert await people(world) == {"writer": True, "guest": True}
    (document,) = read_documents([await json_file(world, tmp_path)]).documents
    assert document.text.startswith("The door stood open.")
    assert "A dog came out of it." in document.text

    await press(world, yes, NO, world.guest)
    with pytest.raises(ConsentMissingError, match="1 of its 2 authors did not agree"):
        read_documents([await json_file(world, tmp_path)])


async def test_taking_a_file_in_gives_nobodys_consent(world: World) -> None:
    await story_of_two(world)
    await agree(world, world.guest)
    _, data = await export(world, form="json")
    everybody = json.loads(data)
    everybody["people"] = [person | {"training_consent": True} for person in everybody["people"]]
    other = world.guild.create_text_channel("other")
    await bring(world, "story.json", json.dumps(everybody).encode(), channel=other)
    assert not await agreed(world)

    await say(world, f"{me(world)} Then it rained.", channel=other, reply_to=world.last(other))
    _, again = await export(world, form="json")
    assert again == data
    result = await world.writer.slash(other, "story export", form="json")
    file = read_json((await result.response.message.attachments[0].read()).decode())
    assert [(person.name, person.training_consent) for person in file.people] == [
        ("writer", True), ("guest", True), ("writer", False),
    ]  # fmt: skip


async def test_nobody_agrees_in_the_place_of_whoever_wrote_the_message_that_a_story_began_with(world: World) -> None:
    await agree(world)
    for sender, consent in ((world.guest, False), (world.writer, True)):
        for menu in ("Start a story from here", "Continue this story"):
            message = await sender.send(world.channel, "The door stood open.")
            await world.writer.context_menu(world.channel, menu, message)
            await world.written()
            assert await people(world) == {"writer": consent}


async def test_what_the_model_wrote_is_nobodys_and_can_be_begun_with(world: World) -> None:
    await agree(world)
    await world.write("The door stood open.", who=world.guest)
    await world.writer.context_menu(world.channel, "Start a story from here", world.last())
    await world.written()
    assert await people(world) == {"writer": True}


async def test_a_story_that_began_with_a_servers_scenario_is_not_agreed_to_by_its_host(world: World) -> None:
    await agree(world)
    await world.writer.slash(
        world.channel, "story start", game="lines", opening="The door stood open.", place="channel"
    )
    await world.written()
    assert await people(world) == {"writer": True}
    await world.admin.slash(world.channel, "story save-scenario", name="Our Door")
    await world.writer.slash(world.channel, "story end")
    await world.written()
    for options, consent in (
        ({"scenario": "Our Door"}, False),
        ({"scenario": "Our Door", "opening": "Another door."}, True),
        ({"scenario": "bakery-at-midnight"}, True),
    ):
        begun = await world.writer.slash(world.channel, "story start", game="lines", place="channel", **options)
        await world.written()
        assert "📖" in said(begun), options
        assert await people(world) == {"writer": consent}, options
        await world.writer.slash(world.channel, "story end")
        await world.written()
