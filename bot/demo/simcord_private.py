"""All that leaves simcord's public API, in one place: each function says what breaks without it.

Written against one version of simcord, which is checked before anything here is used.
`tests/demo/test_simcord_private.py` holds every function by what a person would see without it.
"""
# ruff: noqa: SLF001 - this is the module that may

from __future__ import annotations

import asyncio
import importlib.metadata
import io
import pickle
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime
from typing import Any, Final

import simcord
import simcord.interactions
import simcord.preview._commands
from aiohttp import web

from bot.demo import SIMCORD
from bot.demo.errors import SimcordVersionError

# Subscribers and faults belong to a running bot; the two logs would grow for ever and are of no use later.
_NOT_KEPT: Final = frozenset({"subscribers", "transcript", "http_requests", "faults"})
# Options of these types are looked up by their base name in the page's lists of members, roles and channels.
_ENTITIES: Final = frozenset({6, 7, 8, 9})
_BUILTINS: Final = frozenset({"str", "set", "frozenset", "bytearray", "complex", "range", "slice"})
_PACKAGES: Final = frozenset({"simcord", "datetime", "collections", "zoneinfo"})

Command = Mapping[str, Any]


def check_version() -> None:
    """Refuse another simcord than the one this module was written against.

    Raises:
        SimcordVersionError: another version is installed.
    """
    found = importlib.metadata.version("simcord")
    if found != SIMCORD:
        raise SimcordVersionError(wanted=SIMCORD, found=found)


async def start(env: simcord.Env) -> None:
    """Start the bot, and wait for it as long as this env waits for anything.

    Without it a world with stories and games in it must be up within five seconds, whatever `settle_timeout` is, and a
    demo on a busy machine ends at its start.

    Raises:
        TimeoutError: the bot still has something to do after `settle_timeout`.
    """
    settle = env._settle_internal

    async def patient(**kwargs: Any) -> None:  # noqa: ANN401 - as it is declared there
        await settle(**{**kwargs, "timeout": None})

    env._settle_internal = patient  # type: ignore[method-assign]
    try:
        await env.start()
    finally:
        env._settle_internal = settle  # type: ignore[method-assign]


# --- the world, kept and given back -----------------------------------------------------------------------------------


def freeze(env: simcord.Env) -> bytes:
    """Give everything a world holds, as bytes.

    Without it a new process has a new, empty world: messages are gone and their buttons with them. Nothing public saves
    messages.
    """
    into = io.BytesIO()
    _WorldPickler(into).dump({key: value for key, value in vars(env.backend).items() if key not in _NOT_KEPT})
    return into.getvalue()


def thaw(env: simcord.Env, frozen: bytes) -> None:
    """Put a kept world into an env that has not been started.

    Raises:
        Exception: the bytes are damaged, or hold something else than a world of this version. Pickle raises almost
            anything; the caller turns it into one sentence.
    """
    state = _WorldUnpickler(io.BytesIO(frozen)).load()
    if not isinstance(state, dict) or state.keys() != vars(env.backend).keys() - _NOT_KEPT:
        raise pickle.UnpicklingError("not a world of this version")
    vars(env.backend).update(state)


class _WorldPickler(pickle.Pickler):
    """Writes the bot's own kinds of text down as plain text, which is what Discord would get of them."""

    def reducer_override(self, value: object) -> Any:  # noqa: ANN401 - as pickle declares it
        if isinstance(value, str) and type(value).__module__.partition(".")[0] not in _PACKAGES:
            return str, (str(value),)
        return NotImplemented


class _WorldUnpickler(pickle.Unpickler):
    """Builds simcord's records and plain values, and nothing that a made-up file could name beside them."""

    def find_class(self, module: str, name: str, /) -> Any:  # noqa: ANN401 - as pickle declares it
        if module.partition(".")[0] in _PACKAGES or (module == "builtins" and name in _BUILTINS):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a world")


def set_clock(env: simcord.Env, now: datetime) -> None:
    """Move the clock of an env that has not been started on to the present.

    Without it the world begins on 1 January 2026, or where it was left; `env.advance_time` does it too, but fires each
    of the bot's timers on the way.
    """
    env.backend.advance_clock(max(0.0, (now - env.now()).total_seconds()))


def guild_of(env: simcord.Env, guild_id: int) -> simcord.GuildHandle:
    """Give the handle of a server that was there before this process.

    Without it there is no way to a server that this process has not created.
    """
    return simcord.GuildHandle(env, env.backend.guilds[guild_id])


def member_of(env: simcord.Env, guild: simcord.GuildHandle, user_id: int) -> simcord.MemberActor:
    """Give the handle of a person who was there before this process; see `guild_of`."""
    return simcord.MemberActor(env, guild, simcord.UserHandle(env, env.backend.users[user_id]))


def take_changes(env: simcord.Env) -> bool:
    """Say whether anything was sent, edited or said since the last call.

    Without it the page would have to be published all the time, and each publishing makes open pages stale for half a
    second. Both logs are emptied, or they would grow for as long as the demo runs.
    """
    changed = bool(env.http_requests) or any(event != "TYPING_START" for _, event, _ in env.backend.transcript)
    env.http_requests.clear()
    env.backend.transcript.clear()
    return changed


# --- languages --------------------------------------------------------------------------------------------------------


@contextmanager
def speaking(locales: Mapping[int, str]) -> Iterator[None]:
    """Give people a language for as long as the context lasts.

    Without it `interaction.locale` is en-US for everybody, so that the bot answers in English, and the picker shows the
    English names of commands, options and choices.

    Args:
        locales: Discord locale by user id; others speak en-US.
    """
    payload, catalog = simcord.interactions.base_payload, simcord.preview._commands.build_catalog

    def localised_payload(*args: Any, user_id: int, **kwargs: Any) -> tuple[Any, dict[str, Any]]:  # noqa: ANN401
        record, data = payload(*args, user_id=user_id, **kwargs)
        data["locale"] = locales.get(user_id, "en-US")
        return record, data

    def localised_catalog(preview: Any, page: Any) -> dict[str, Any]:  # noqa: ANN401
        shown = deepcopy(catalog(preview, page))
        locale = locales.get(page.viewer.id)
        if locale:
            for entry in shown["entries"]:
                _localise_entry(entry, _commands(preview.env)[entry["commandId"]], locale)
        return shown

    simcord.interactions.base_payload = localised_payload
    simcord.preview._commands.build_catalog = localised_catalog
    try:
        yield
    finally:
        simcord.interactions.base_payload = payload
        simcord.preview._commands.build_catalog = catalog


def accept_localised_options(env: simcord.Env, preview: simcord.Preview, locales: Mapping[int, str]) -> None:
    """Take what the page sends under the option names it shows, and pass it on under their base names.

    Without it a command whose options are shown in Chinese is refused, because the page sends each value under the name
    that it shows.
    """
    original = preview._action

    async def action(context_id: str | None, body: Any) -> dict[str, Any]:  # noqa: ANN401
        page = preview._pages.get(context_id or "")
        locale = locales.get(page.viewer.id) if page else None
        if not locale or not isinstance(body, dict) or body.get("kind") not in {"run_command", "autocomplete_command"}:
            return await original(context_id, body)
        command = _commands(env).get(str(body.get("command_id")))
        path = body.get("path")
        base = _base_names(command, path, locale) if command and isinstance(path, list) else {}
        shown = {name: local for local, name in base.items()}
        body = dict(body)
        if isinstance(body.get("options"), dict):
            body["options"] = {base.get(name, name): value for name, value in body["options"].items()}
        if "focused" in body:
            body["focused"] = base.get(body["focused"], body["focused"])
        answer = await original(context_id, body)
        result = answer.get("result")
        if isinstance(result, dict) and "focused" in result:
            answer = {**answer, "result": {**result, "focused": shown.get(result["focused"], result["focused"])}}
        return answer

    preview._action = action  # type: ignore[method-assign]


def _commands(env: simcord.Env) -> dict[str, Command]:
    return {command["id"]: command for scope in env.backend.commands.values() for command in scope.values()}


def _said(thing: Command, field: str, locale: str) -> str:
    return str((thing.get(f"{field}_localizations") or {}).get(locale) or thing.get(field, ""))


def _localise_entry(entry: dict[str, Any], command: Command, locale: str) -> None:
    """Put a command's names and descriptions in one language. Its fingerprint stays: the page sends it back."""
    leaf, invocation = command, [_said(command, "name", locale)]
    for name in entry["path"][1:]:
        leaf = next(option for option in leaf.get("options") or () if option["name"] == name)
        invocation.append(_said(leaf, "name", locale))
    entry["invocation"] = " ".join(invocation)
    entry["description"] = _said(leaf, "description", locale)
    for wire, option in zip(entry["options"], leaf.get("options") or (), strict=True):
        if option.get("type") not in _ENTITIES:
            wire["name"] = _said(option, "name", locale)
        wire["description"] = _said(option, "description", locale)
        for shown, choice in zip(wire["choices"], option.get("choices") or (), strict=True):
            shown["name"] = _said(choice, "name", locale)


def _base_names(command: Command, path: list[Any], locale: str) -> dict[str, str]:
    for leaf_path, leaf in simcord.interactions.command_leaves(dict(command)):
        if leaf_path == path:
            options = [option for option in leaf.get("options") or () if option.get("type") not in _ENTITIES]
            return {_said(option, "name", locale): option["name"] for option in options}
    return {}


# --- the page ---------------------------------------------------------------------------------------------------------


def keep_address(preview: simcord.Preview, capability: str) -> None:
    """Give a preview that was not entered the secret part of its address.

    Without it each start has another address, and the tab that is open since before answers nothing any more.
    """
    preview.capability = capability


def queue_actions(env: simcord.Env, preview: simcord.Preview) -> None:
    """Let a person's action wait for the ticker and the other tabs, and take it though the page is a moment behind.

    Without it an action that meets a running `advance_time`, `refresh` or another tab's action is answered with HTTP
    400, and the page says "Action outcome uncertain" until it is loaded anew; and one that comes after a publishing,
    before the page has asked for it (every half second), is rejected as stale and has to be done again.
    """
    original = preview._action

    async def action(context_id: str | None, body: Any) -> dict[str, Any]:  # noqa: ANN401
        while env._operation_task is not None:  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.01)
        page = preview._pages.get(context_id or "")
        if page is not None and isinstance(body, dict) and isinstance(body.get("published_revision"), int):
            body = {**body, "published_revision": page.revision}
        return await original(context_id, body)

    preview._action = action  # type: ignore[method-assign]


@contextmanager
def listening_on(listener: socket.socket) -> Iterator[None]:
    """Let a preview that is entered in this context listen on a socket that is open already.

    Without it the port is closed for a moment between the page that says "getting ready" and the demo's own, and
    whoever comes then is told that nobody is there.
    """
    original = web.TCPSite
    web.TCPSite = lambda runner, _host, _port: web.SockSite(runner, listener)  # type: ignore[assignment,misc]
    try:
        yield
    finally:
        web.TCPSite = original  # type: ignore[misc]
