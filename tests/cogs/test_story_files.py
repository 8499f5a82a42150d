"""Stories go into files and come out of them, as people see it."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any
from xml.etree import ElementTree

import pytest
import simcord.interactions

from bot.ids import StoryId
from bot.lore import EntryDraft
from bot.stories.exports.json_files import read_json, write_json
from bot.turns import TurnKind
from tests.cogs.test_talk import me, say
from tests.cogs.test_write import labels, said
from tests.stories.exports.trees import DOOR
from tests.world import World, open_world, quick_settings, speaking


async def file_of(result: Any) -> tuple[str, bytes]:
    """The file that a command sent: its name and what is in it."""
    assert result.response.ephemeral
    (attachment,) = result.response.message.attachments
    return attachment.filename, await attachment.read()


async def export(world: World, who: Any = None, **options: Any) -> tuple[str, bytes]:
    return await file_of(await (who or world.writer).slash(world.channel, "story export", **options))


async def bring(world: World, name: str, data: bytes, who: Any = None, channel: Any = None) -> Any:
    return await (who or world.writer).slash(channel or world.channel, "story import", file=(name, data))


async def branched(world: World) -> None:
    """A story with a branch."""
    await world.write("The door stood open.")
    await world.click(world.last(), "Continue")
    await world.click(world.last(), "Retry")


async def test_a_story_is_sent_as_a_page_with_the_names_of_its_people(world: World) -> None:
    await branched(world)
    name, data = await export(world)
    page = data.decode()
    assert name == "story-1.html"
    assert "<h1><bdi>The door stood open</bdi></h1>" in page
    assert 'By <bdi class="name w1">writer</bdi>, <bdi class="name w0">the model</bdi>' in page
    assert page.count("<details>") == 1


@pytest.mark.parametrize("form", ["html", "epub", "md", "txt", "json"])
async def test_each_form_is_sent_to_whoever_asks_alone(world: World, form: str) -> None:
    await branched(world)
    name, data = await export(world, world.guest, form=form)
    assert name == f"story-1.{form}"
    if form == "epub":
        assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    else:
        assert "The door stood open." in data.decode()


async def test_any_branch_can_be_sent(world: World) -> None:
    await branched(world)
    _, whole = await export(world, form="txt")
    _, part = await export(world, form="txt", passage=2)
    assert whole.startswith(part.rstrip())
    assert len(part) < len(whole)
    _, data = await export(world, form="json", passage=3)
    assert json.loads(data)["head"] == 3
    refusal = said(await world.writer.slash(world.channel, "story export", passage=9))
    assert refusal == "This story has no passage 9. /story map shows those it has: 1 to 4."


async def test_a_file_has_no_number_of_discords_in_it(world: World) -> None:
    await branched(world)
    _, data = await export(world, form="json")
    for number in (world.writer.id, world.channel.id, world.guild.id):
        assert str(number) not in data.decode()


async def test_a_name_that_may_not_stand_in_a_story_becomes_a_number(world: World) -> None:
    rude = world.guild.add_member(world.env.create_user("nazi scum kike"))
    await world.write("The door stood open.", who=rude)
    _, data = await export(world, form="json")
    assert json.loads(data)["people"][0]["name"] in {"Writer 1", "nazi scum ••••"}
    async with speaking(world, world.writer, "zh-CN"):
        _, data = await export(world, form="md")
    assert "kike" not in data.decode()


async def test_a_private_story_is_its_authors_alone(world: World) -> None:
    await world.write("A secret.", private=True)
    for command in ("story export", "story map"):
        refusal = said(await world.guest.slash(world.channel, command))
        assert refusal == "Nothing has been written in this channel yet. Begin with /write."
    assert (await export(world, form="txt"))[1].decode().count("A secret.") == 1


async def test_what_was_exported_is_imported_and_exported_again_byte_for_byte(world: World) -> None:
    await branched(world)
    _, data = await export(world, form="json")
    other = world.guild.create_text_channel("other")
    result = await bring(world, "story-1.json", data, world.guest, other)
    taken = "Taken in: a story of 4 passages, yours from now on. /continue goes on with it."
    assert said(result).startswith(taken)
    assert world.last(other).content.startswith("The story now ends like this:\n> ")
    _, again = await file_of(await world.guest.slash(other, "story export", form="json"))
    assert again == data


async def test_an_imported_story_is_gone_on_with(world: World) -> None:
    await bring(world, "door.json", write_json(DOOR))
    message = world.last()
    assert message.content.endswith("It barked twice.")
    assert labels(message)[:5] == ["◀", "1/2", "▶", "Continue", "Retry"]
    await world.click(message, "Continue")
    assert world.engine.requests[-1].prompt.endswith("Ben followed it. It barked twice.")
    _, data = await export(world, form="json")
    file = read_json(data.decode())
    assert [person.name for person in file.people] == ["Ada", "Ben"]
    assert file.turns[:7] == DOOR.turns
    assert (file.turns[7].parent, file.turns[7].kind) == (5, TurnKind.MODEL)


async def test_what_whoever_took_a_story_in_adds_is_theirs(world: World) -> None:
    await bring(world, "door.json", write_json(DOOR))
    message = world.last()
    await say(world, f"{me(world)} Then it rained.", reply_to=message)
    file = read_json((await export(world, form="json"))[1].decode())
    assert [person.name for person in file.people] == ["Ada", "Ben", "writer"]
    assert (file.turns[7].text, file.turns[7].seat) == ("Then it rained.", 3)


async def test_plain_text_becomes_a_story(world: World) -> None:
    text = "The Lamp\n\nIt burned all night.\n\nNobody knew why."
    await bring(world, "lamp.txt", text.encode())
    assert world.last().content.endswith("> It burned all night.\n> \n> Nobody knew why.")
    _, data = await export(world, form="txt")
    assert data.decode() == text.replace("The Lamp", "The Lamp\n========") + "\n"


async def test_a_story_of_koboldai_becomes_one(world: World) -> None:
    saved = {
        "gamestarted": True,
        "prompt": "The lamp burned.",
        "memory": "",
        "actions": ["\n> You look.\n", " It was out."],
    }
    await bring(world, "lamp.json", json.dumps(saved).encode())
    assert world.last().content.endswith("> The lamp burned.\n> > You look.\n>  It was out.")


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.json", b"[1, 2]", "No story could be read from this file."),
        ("a.txt", b"\xff\xfe\x00", "No story could be read from this file."),
        ("a.epub", b"PK\x03\x04\x00\x00", "No story could be read from this file."),
        ("a.txt", b" \n \n", "There is nothing in this file that could be told."),
        ("a.txt", b"x" * (4 * 1024 * 1024 + 1), "This file is larger than 4 MB."),
        ("a.txt", b"All was well.\n\nThe kike went home.", "Passage 2 of this file falls under “slurs”"),
    ],
)
async def test_what_cannot_be_taken_is_told_in_a_sentence(world: World, name: str, data: bytes, sentence: str) -> None:
    result = await bring(world, name, data)
    assert said(result).startswith(sentence)
    assert result.response.ephemeral
    assert await world.bot.services.store.stories.story(StoryId(1)) is None


async def test_who_may_not_write_here_takes_nothing_in(world: World) -> None:
    await world.admin.slash(world.channel, "settings set", key="enabled", value="off")
    assert said(await bring(world, "a.txt", b"All was well.")).startswith("Stories are not written in this channel.")
    await world.admin.slash(world.channel, "settings set", key="enabled", value="on")
    await world.admin.slash(world.channel, "settings block", person=world.writer)
    assert said(await bring(world, "a.txt", b"All was well.")).startswith("You cannot use this bot here")


async def test_a_file_that_discord_does_not_take_gets_a_sentence(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    payload = simcord.interactions.base_payload

    def limited(*args: Any, **kwargs: Any) -> Any:
        record, data = payload(*args, **kwargs)
        return record, data | {"attachment_size_limit": 1000}

    await branched(world)
    monkeypatch.setattr(simcord.interactions, "base_payload", limited)
    refusal = said(await world.writer.slash(world.channel, "story export", form="html"))
    assert refusal == "The file has 1 MB, and Discord takes 0 here. Choose txt, or an earlier passage."


async def test_a_map_shows_who_has_which_colour(world: World) -> None:
    await branched(world)
    result = await world.writer.slash(world.channel, "story map")
    name, data = await file_of(result)
    assert name == "story-1.png"
    assert data.startswith(b"\x89PNG")
    assert said(result).startswith("🔵 writer · ⚪ the model\n-# The bright line")


async def test_a_jump_goes_to_a_passage_and_the_story_goes_on_from_there(world: World) -> None:
    await branched(world)
    result = await world.writer.slash(world.channel, "story jump", passage=3)
    assert said(result).startswith("The story now ends like this:\n> ")
    assert not result.response.ephemeral
    assert json.loads((await export(world, form="json"))[1])["head"] == 3
    await world.click(world.last(), "Continue")
    file = read_json((await export(world, form="json"))[1].decode())
    assert file.turns[-1].parent == 3


async def test_a_jump_is_for_those_who_may_press(world: World) -> None:
    await branched(world)
    refusal = said(await world.guest.slash(world.channel, "story jump", passage=1))
    assert refusal.startswith("Only the person who asked for this story can do that.")
    assert said(await world.writer.slash(world.channel, "story jump", passage=40)).startswith(
        "This story has no passage 40."
    )
    await world.bot.services.store.stories.delete(StoryId(1))
    assert said(await world.writer.slash(world.channel, "story jump", passage=1)).startswith("Nothing has been written")


async def test_a_jump_in_a_private_story_is_seen_by_its_author_alone(world: World) -> None:
    await world.write("A secret.", private=True)
    assert (await world.writer.slash(world.channel, "story jump", passage=1)).response.ephemeral


async def test_all_of_it_speaks_chinese(world: World) -> None:
    await branched(world)
    async with speaking(world, world.writer, "zh-CN"):
        result = await world.writer.slash(world.channel, "story map")
        assert "🔵 writer · ⚪ 模型" in said(result)
        _, data = await export(world)
        assert '作者：<bdi class="name w1">writer</bdi>, <bdi class="name w0">模型</bdi>' in data.decode()
        assert said(await world.writer.slash(world.channel, "story export", passage=9)).startswith(
            "这篇故事没有第 9 段"
        )
        assert said(await bring(world, "a.txt", b"All was well.")).startswith("已收下：一篇 1 段的故事")


async def test_in_direct_messages_it_works_too(world: World) -> None:
    alone = world.env.create_user("alone")
    await alone.slash("write", prompt="It began.")
    await world.written()
    name, data = await file_of(await alone.slash("story export", form="epub"))
    assert name == "story-1.epub"
    page = zipfile.ZipFile(io.BytesIO(data)).read("OEBPS/part1.xhtml")
    assert "It began." in "".join(ElementTree.fromstring(page).itertext())


async def test_an_imported_story_goes_with_whoever_took_it_in(tmp_path: Any) -> None:
    async with open_world(quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/taleloom.db")) as world:
        await bring(world, "door.json", write_json(DOOR))
        people = world.bot.services.store.people
        kept = await people.kept(world.writer.id)
        assert (kept.stories, kept.turns) == (1, 0)
        found = json.dumps(await people.export(world.writer.id))
        assert "Ben followed it." in found
        assert await people.erase(world.writer.id)
        assert await world.bot.services.store.stories.story(StoryId(1)) is None


async def test_what_the_model_is_told_beside_a_story_goes_along(world: World) -> None:
    await world.write("The door stood open.")
    store = world.bot.services.store
    story = await store.stories.latest(world.channel.id, viewer_id=world.writer.id)
    assert story
    door = EntryDraft(keys=("door", "gate"), text="It leads to the sea.", group="places")
    await store.lore.fill(story.id, story.author_id, memory="It is 1903.", note="Sadder.", depth=2, entries=[door])
    _, data = await export(world, form="json")
    elsewhere = world.guild.create_text_channel("elsewhere")
    await bring(world, "door.json", data, channel=elsewhere)
    brought = await store.stories.latest(elsewhere.id, viewer_id=world.writer.id)
    assert brought
    lore = await store.lore.of(brought.id)
    assert (lore.memory, lore.note, lore.depth) == ("It is 1903.", "Sadder.", 2)
    assert [(entry.keys, entry.text, entry.group) for entry in lore.entries] == [(door.keys, door.text, door.group)]
    assert [entry.edited_by for entry in lore.entries] == [world.writer.id]
