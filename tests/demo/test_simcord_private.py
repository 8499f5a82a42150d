"""Each place that leaves simcord's public API, held by what a person would miss without it."""

from __future__ import annotations

import asyncio
import pickle
import socket
import time
import tomllib
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

import discord
import pytest
import simcord
from discord import app_commands
from discord.ext import commands

from bot.demo import SIMCORD, simcord_private
from bot.demo.errors import SimcordVersionError
from tests.demo.driver import ROOT

WORDS = {
    "tales": "故事",
    "tell": "讲述",
    "Tell a tale": "讲一个故事",
    "mood": "心情",
    "How it feels": "感觉如何",
    "glad": "高兴",
    "sad": "难过",
    "topic": "主题",
    "who": "谁",
}


class Mood(StrEnum):
    """A kind of text that simcord does not know."""

    GLAD = "glad"


class Chinese(app_commands.Translator):
    """A language for the small bot below."""

    async def translate(self, string: app_commands.locale_str, locale: discord.Locale, context: object) -> str | None:
        return WORDS.get(string.message) if locale is discord.Locale.chinese else None


class TalesBot(commands.Bot):
    """A bot with all that a picker shows: a group, options of three kinds, choices and autocompletion."""

    def __init__(self) -> None:
        super().__init__("!", intents=discord.Intents(guilds=True))
        self.told: list[tuple[str, str, str | None]] = []
        self.tree.add_command(self._tales())

    def _tales(self) -> app_commands.Group:
        group = app_commands.Group(name="tales", description="Tales")

        @group.command(name="tell", description="Tell a tale")
        @app_commands.describe(mood="How it feels")
        async def tell(
            interaction: discord.Interaction,
            mood: Literal["glad", "sad"],
            topic: str | None = None,
            who: discord.Member | None = None,
        ) -> None:
            self.told.append((str(interaction.locale), mood, topic))
            await interaction.response.send_message(f"A {mood} tale")

        @tell.autocomplete("topic")
        async def topics(interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
            return [app_commands.Choice(name=f"{interaction.locale}:{current}", value="x")]

        return group

    async def setup_hook(self) -> None:
        await self.tree.set_translator(Chinese())
        await self.tree.sync()


class Scene:
    """A small world with its page open."""

    def __init__(self, env: simcord.Env, bot: TalesBot) -> None:
        self.env = env
        self.bot = bot
        self.guild = env.create_guild("Club")
        self.channel = self.guild.create_text_channel("stories")
        self.mei = self.guild.add_member(env.create_user("mei"))
        self.bob = self.guild.add_member(env.create_user("bob"))

    def preview(self) -> simcord.Preview:
        return self.env.preview(self.channel, viewers=[self.mei, self.bob], layout="channel")

    @property
    def locales(self) -> dict[int, str]:
        return {self.mei.id: "zh-CN"}


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    bot = TalesBot()
    env = simcord.Env(bot)
    await env.start()
    yield Scene(env, bot)
    await env.shutdown()


def act(preview: simcord.Preview, kind: str, **body: object) -> Coroutine[Any, Any, dict[str, Any]]:
    """Send what a page sends."""
    page = next(iter(preview._pages.values()))
    return preview._action(
        page.id,
        {
            "protocol_version": 3,
            "sequence": page.last_sequence + 1,
            "request_id": f"r{page.last_sequence}",
            "generation": page.generation,
            "bot_generation": preview.env._generation,
            "published_revision": page.revision,
            "kind": kind,
            **body,
        },
    )


def entry_of(preview: simcord.Preview) -> dict[str, Any]:
    """Give what the picker shows for the one command there is."""
    entries: list[dict[str, Any]] = next(iter(preview._pages.values())).command_catalog["entries"]
    return entries[0]


def test_another_version_of_simcord_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    simcord_private.check_version()
    monkeypatch.setattr("importlib.metadata.version", lambda _: "3.3.0")
    with pytest.raises(SimcordVersionError, match=f"simcord {SIMCORD} and finds 3.3.0"):
        simcord_private.check_version()


def test_the_version_that_is_installed_is_the_one_that_is_checked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["optional-dependencies"]["demo"] == [f"simcord[preview]=={SIMCORD}"]


async def test_a_bot_that_needs_longer_than_simcord_waits_is_started_all_the_same() -> None:
    class SlowBot(TalesBot):
        async def on_ready(self) -> None:
            await asyncio.to_thread(time.sleep, 5.5)
            self.told.append(("", "ready", None))

    bot = SlowBot()
    env = simcord.Env(bot, settle_timeout=60)
    await simcord_private.start(env)
    assert bot.told
    await env.shutdown()


async def test_a_thawed_world_has_its_messages_with_their_ids(scene: Scene) -> None:
    message = await scene.mei.send(scene.channel, "Once upon a time")
    frozen = simcord_private.freeze(scene.env)
    await scene.env.shutdown()
    async with thawed(frozen) as env:
        guild = simcord_private.guild_of(env, scene.guild.id)
        mei = simcord_private.member_of(env, guild, scene.mei.id)
        (found,) = guild.channels["stories"].history()
        assert (found.id, found.content, found.author.id) == (message.id, "Once upon a time", mei.id)
        result = await mei.slash(guild.channels["stories"], "tales tell", mood="glad")
        assert result.response
        assert result.response.content == "A glad tale"


async def test_a_world_with_choices_of_the_bots_own_kinds_is_thawed_with_their_texts(scene: Scene) -> None:
    choice = discord.ui.Select[discord.ui.View](options=[discord.SelectOption(label="Glad", value=Mood.GLAD)])
    channel = scene.bot.get_channel(scene.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.send("How does it feel?", view=discord.ui.View().add_item(choice))
    frozen = simcord_private.freeze(scene.env)
    await scene.env.shutdown()
    async with thawed(frozen) as env:
        (found,) = simcord_private.guild_of(env, scene.guild.id).channels["stories"].history()
        assert found.content == "How does it feel?"
        (row,) = found.components
        assert isinstance(row, discord.ActionRow)
        (select,) = row.children
        assert isinstance(select, discord.SelectMenu)
        assert type(select.options[0].value) is str


class thawed:  # noqa: N801 - reads as a verb
    """A world given back, with a new bot."""

    def __init__(self, frozen: bytes) -> None:
        self.env = simcord.Env(TalesBot())
        simcord_private.thaw(self.env, frozen)

    async def __aenter__(self) -> simcord.Env:
        await self.env.start()
        return self.env

    async def __aexit__(self, *_: object) -> None:
        await self.env.shutdown()


@pytest.mark.parametrize(
    "frozen",
    [b"", b"not a pickle", pickle.dumps({"guilds": {}}), pickle.dumps([1]), pickle.dumps(print)],
    ids=["empty", "no pickle", "half a world", "no world", "a function"],
)
async def test_what_is_no_world_is_not_thawed(frozen: bytes) -> None:
    env = simcord.Env(TalesBot())
    before = dict(vars(env.backend))
    with pytest.raises(Exception):  # noqa: B017, PT011 - pickle raises almost anything
        simcord_private.thaw(env, frozen)
    assert vars(env.backend) == before


async def test_the_clock_is_moved_on_and_never_back() -> None:
    env = simcord.Env(TalesBot())
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    simcord_private.set_clock(env, now)
    assert env.now() == now
    simcord_private.set_clock(env, now - timedelta(days=1))
    assert env.now() == now


async def test_changes_are_told_once(scene: Scene) -> None:
    simcord_private.take_changes(scene.env)
    assert not simcord_private.take_changes(scene.env)
    await scene.mei.send(scene.channel, "Hello")
    assert simcord_private.take_changes(scene.env)
    assert not simcord_private.take_changes(scene.env)
    assert scene.env.http_requests == []


async def test_the_bot_hears_each_person_in_their_language(scene: Scene) -> None:
    with simcord_private.speaking(scene.locales):
        for member in (scene.mei, scene.bob):
            await member.slash(scene.channel, "tales tell", mood="glad")
    await scene.mei.slash(scene.channel, "tales tell", mood="sad")
    assert [locale for locale, _, _ in scene.bot.told] == ["zh-CN", "en-US", "en-US"]


async def test_the_picker_shows_names_of_commands_subcommands_options_and_choices_in_chinese(scene: Scene) -> None:
    with simcord_private.speaking(scene.locales):
        async with scene.preview() as preview:
            entry = entry_of(preview)
            assert (entry["invocation"], entry["description"]) == ("故事 讲述", "讲一个故事")
            mood, topic, who = entry["options"]
            assert (mood["name"], mood["description"]) == ("心情", "感觉如何")
            assert [(choice["name"], choice["value"]) for choice in mood["choices"]] == [
                ("高兴", "glad"),
                ("难过", "sad"),
            ]
            assert topic["name"] == "主题"
            assert who["name"] == "who", "the page looks members up by the base name"


async def test_the_picker_of_the_others_stays_english(scene: Scene) -> None:
    with simcord_private.speaking({scene.bob.id: "zh-CN"}):
        async with scene.preview() as preview:
            assert entry_of(preview)["invocation"] == "tales tell"


async def test_a_command_is_run_with_the_option_names_that_the_page_shows(scene: Scene) -> None:
    with simcord_private.speaking(scene.locales):
        async with scene.preview() as preview:
            simcord_private.accept_localised_options(scene.env, preview, scene.locales)
            entry = entry_of(preview)
            command = {
                "command_id": entry["commandId"],
                "path": entry["path"],
                "schema_fingerprint": entry["schemaFingerprint"],
            }
            typed = {"心情": "sad", "主题": "月"}
            answer = await act(preview, "autocomplete_command", **command, focused="主题", value="月", options=typed)
            assert answer["result"]["focused"] == "主题"
            assert answer["result"]["choices"][0]["name"] == "zh-CN:月"
            answer = await act(preview, "run_command", **command, options={"心情": "sad", "主题": "月亮"})
            assert answer["settlement"] == "settled", answer
    assert scene.bot.told == [("zh-CN", "sad", "月亮")]


async def test_what_is_no_command_or_no_page_goes_by_unchanged(scene: Scene) -> None:
    async with scene.preview() as preview:
        simcord_private.accept_localised_options(scene.env, preview, scene.locales)
        simcord_private.queue_actions(scene.env, preview)
        assert (await act(preview, "send_message", content="Hello"))["settlement"] == "settled"
        answer = await act(preview, "run_command", command_id="1", path=["no", "such"], options={"a": "b"})
        assert answer["rejected"]
        with pytest.raises(simcord.SetupError):
            await preview._action("no such page", {"kind": "send_message"})


async def test_the_address_stays_the_same(scene: Scene) -> None:
    preview = scene.preview()
    simcord_private.keep_address(preview, "the-same-as-ever")
    async with preview:
        assert preview.url.endswith("/#the-same-as-ever")


async def test_an_action_waits_for_what_runs_and_is_taken_though_the_page_is_behind(scene: Scene) -> None:
    async with scene.preview() as preview:
        simcord_private.queue_actions(scene.env, preview)
        with held(scene.env):
            sending = asyncio.create_task(act(preview, "send_message", content="Hello"))
            await asyncio.sleep(0)
            assert not sending.done()
        await preview.refresh()
        assert (await sending)["settlement"] == "settled"
    assert [message.content for message in scene.channel.history()] == ["Hello"]


@contextmanager
def held(env: simcord.Env) -> Iterator[None]:
    """Hold a world as an operation of another tab does."""
    env._begin_operation("something else")
    try:
        yield
    finally:
        env._end_operation()


async def test_without_the_queue_such_an_action_fails(scene: Scene) -> None:
    """The day this passes no more, `queue_actions` may go."""
    async with scene.preview() as preview:
        late = act(preview, "send_message", content="Hello")
        await preview.refresh()
        assert (await late)["rejected"]
        other = act(preview, "send_message", content="Hello")
        env = scene.env
        env._operation_task, mine = asyncio.create_task(asyncio.sleep(0)), env._operation_task
        with pytest.raises(simcord.SetupError, match="overlaps"):
            await other
        env._operation_task = mine


async def test_a_page_listens_where_somebody_listened_before_and_nobody_is_turned_away(scene: Scene) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
        preview = scene.preview()
        with simcord_private.listening_on(listener):
            await preview.__aenter__()
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        assert preview.url.startswith(f"http://127.0.0.1:{port}/#")
        writer.close()
        await preview.close()
