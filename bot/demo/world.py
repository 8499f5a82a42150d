"""The demo's server: who is there, where they write, and how all of it is there again after a restart."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

import discord
import simcord

from bot.demo import SIMCORD, simcord_private
from bot.demo.errors import NoSuchChannelError, WorldUnreadableError
from bot.demo.games import GAMES
from bot.ui.texts import Texts

SERVER = "Story Club"
CHINESE = "zh-CN"
CHANNELS = {
    "stories": "Type /{write} and the beginning of a story",
    "中文故事": "输入 /{write} 和故事的开头",
    "quiet": "A channel to try settings in: what is set for this channel holds here alone",
    **{name: game.topic for name, game in GAMES.items()},
}
CHANNEL_LOCALES = {"中文故事": CHINESE}
GREETINGS = {
    "stories": (
        "ada",
        "Welcome! Type `/{write}` and how a story begins, such as: The lighthouse keeper had not spoken in seven years",
    ),
    "中文故事": ("mei", "欢迎！输入 `/{write}` 和故事的开头试试。"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody to act as."""

    name: str
    shown: str
    manager: bool = False
    locale: str | None = None


PEOPLE = (
    Person(name="ada", shown="Ada (admin)", manager=True),
    Person(name="bob", shown="Bob"),
    Person(name="cleo", shown="Cleo"),
    Person(name="mei", shown="小梅", locale=CHINESE),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """What stays the same about the demo's server for as long as it is kept."""

    guild_id: int
    people: dict[str, int]
    """User id by name."""
    capability: str
    """The secret part of the page's address."""

    def locales(self) -> dict[int, str]:
        """Give the languages of those who have not chosen English, by user id."""
        return {self.people[person.name]: person.locale for person in PEOPLE if person.locale}

    def channels(self, env: simcord.Env) -> dict[str, int]:
        """Give the numbers of the channels by name."""
        return {name: self.channel(env, name).id for name in CHANNELS}

    def members(self, env: simcord.Env) -> list[simcord.MemberActor]:
        """Give the people to act as, the admin first."""
        guild = simcord_private.guild_of(env, self.guild_id)
        return [simcord_private.member_of(env, guild, self.people[person.name]) for person in PEOPLE]

    def channel(self, env: simcord.Env, name: str) -> simcord.ChannelHandle:
        """Give a channel.

        Raises:
            NoSuchChannelError: there is none of that name.
        """
        channels = simcord_private.guild_of(env, self.guild_id).channels
        if name not in channels:
            raise NoSuchChannelError(channel=name, known=", ".join(CHANNELS))
        return channels[name]


class WorldFile:
    """Keeps a world on disk; a process that is killed leaves the last whole one.

    Args:
        path: The file. Its content is this program's own and holds the page's secret, so only its owner may read it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def save(self, env: simcord.Env, world: World) -> None:
        """Write everything down.

        Raises:
            OSError: the disk is full, or the folder is gone.
        """
        envelope = {
            "simcord": SIMCORD,
            "world": asdict(world),
            "frozen": base64.b64encode(simcord_private.freeze(env)).decode(),
        }
        temporary = self._path.with_suffix(".new")
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps(envelope), encoding="utf-8")
        temporary.replace(self._path)

    def load(self) -> tuple[World, bytes] | None:
        """Give the world that was saved last, and its content for `restore`; None if there is none.

        Raises:
            WorldUnreadableError: the file is damaged, or from another version.
        """
        try:
            envelope = json.loads(self._path.read_text(encoding="utf-8"))
            if envelope["simcord"] != SIMCORD:
                raise WorldUnreadableError(path=self._path, reason=f"simcord {envelope['simcord']} made it")
            world = World(**envelope["world"])
            if set(world.people) != {person.name for person in PEOPLE}:
                raise WorldUnreadableError(path=self._path, reason="other people live there")
            return world, base64.b64decode(envelope["frozen"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise WorldUnreadableError(path=self._path, reason=type(error).__name__) from None

    def restore(self, env: simcord.Env, frozen: bytes) -> None:
        """Put a saved world into an env that has not been started.

        Raises:
            WorldUnreadableError: it is damaged.
        """
        try:
            simcord_private.thaw(env, frozen)
        except Exception as error:  # noqa: BLE001 - pickle raises almost anything
            raise WorldUnreadableError(path=self._path, reason=type(error).__name__) from None


def check_channel(name: str) -> None:
    """Refuse the name of a channel that the demo's server does not have.

    Raises:
        NoSuchChannelError: there is none of that name.
    """
    if name not in CHANNELS:
        raise NoSuchChannelError(channel=name, known=", ".join(CHANNELS))


async def build(env: simcord.Env, capability: str) -> World:
    """Make the server, its channels and its people in a started env.

    Args:
        env: The running world.
        capability: The secret part of the page's address.
    """
    user = env.bot.user
    if user is not None:
        await user.edit(username="Taleloom")  # simcord calls every bot TestBot
    guild = env.create_guild(SERVER)
    managers = guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True, manage_messages=True))
    texts = Texts()

    def said(channel: str, text: str) -> str:
        return text.format(write=texts.speak(CHANNEL_LOCALES.get(channel, "en-US")).name("command", "write"))

    channels = {name: guild.create_text_channel(name, topic=said(name, topic)) for name, topic in CHANNELS.items()}
    members = {
        person.name: guild.add_member(
            env.create_user(person.name, global_name=person.shown), roles=[managers] if person.manager else []
        )
        for person in PEOPLE
    }
    for channel, (name, text) in GREETINGS.items():
        await members[name].send(channels[channel], said(channel, text))
    people = {name: member.id for name, member in members.items()}
    return World(guild_id=guild.id, people=people, capability=capability)


def new_capability() -> str:
    """Give a secret for an address."""
    return secrets.token_urlsafe(32)
