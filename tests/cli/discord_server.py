"""A small Discord on this machine: enough of its REST API and gateway for the real client to log in and to answer.

What tests of the commands need is simcord; this is for what simcord leaves out: the way from a token to a connection.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMsgType, web

APPLICATION = "111111111111111111"
TOKEN = "MTExMTExMTExMTExMTExMTEx.GabcDE.abcdefghijklmnopqrstuvwxyz0123456789AB"
PERSON = {"id": "222222222222222222", "username": "ada", "discriminator": "0", "avatar": None}
ITSELF = {"id": APPLICATION, "username": "Taleloom", "discriminator": "0", "avatar": None, "bot": True}
CHANNEL = "333333333333333333"
PROGRAM = "import discord.http, sys; discord.http.Route.BASE = sys.argv.pop(1); from bot.cli import main; main()"


def answer(data: object, status: int = 200) -> web.Response:
    """Answer as Discord does: the client compares the whole header."""
    return web.Response(body=json.dumps(data), status=status, headers={"Content-Type": "application/json"})


def shown(content: str) -> dict[str, Any]:
    """Give the message that answers an interaction."""
    message: dict[str, Any] = {
        "id": "666666666666666666",
        "channel_id": CHANNEL,
        "author": ITSELF,
        "content": content,
    }
    message |= {"timestamp": "2026-01-01T00:00:00+00:00", "edited_timestamp": None, "tts": False, "pinned": False}
    message |= {"mention_everyone": False, "mentions": [], "mention_roles": [], "attachments": [], "embeds": []}
    return message | {"type": 20, "components": [], "flags": 0, "webhook_id": APPLICATION}


class DiscordServer:
    """The server's state, as tests look at it.

    Attributes:
        shards: How many shards it recommends.
        identified: The shards that have connected.
        contents: What the answer to the interaction said, in the order of its states.
        answers: The first answers to interactions, as they were sent.
    """

    def __init__(self) -> None:
        self.url = ""
        self.shards = 2
        self.identified: list[list[int]] = []
        self.contents: list[str] = []
        self.answers: list[dict[str, Any]] = []
        self.changed = asyncio.Event()
        self._sockets: list[web.WebSocketResponse] = []

    @property
    def program(self) -> list[str]:
        """What runs a verb against this server."""
        return [sys.executable, "-c", PROGRAM, f"{self.url}/api/v10"]

    async def interact(self, name: str, **options: object) -> None:
        """Let a person use a command, or a group's by both names, in a direct message."""
        name, _, verb = name.partition(" ")
        given: list[dict[str, Any]] = [
            {"name": key, "type": 4 if isinstance(value, int) else 3, "value": value} for key, value in options.items()
        ]
        if verb:
            given = [{"name": verb, "type": 1, "options": given}]
        await self._send(2, {"id": "555555555555555555", "name": name, "type": 1, "options": given})

    async def press(self, label: str) -> None:
        """Let the person press a button of the last answer that had one."""
        rows = next(body["components"] for body in reversed(self.answers) if body.get("components"))
        button = next(button for row in rows for button in row["components"] if button["label"] == label)
        message = shown(self.contents[-1]) | {"components": rows}
        await self._send(3, {"custom_id": button["custom_id"], "component_type": 2}, message=message)

    async def _send(self, kind: int, data: dict[str, Any], **more: object) -> None:
        event = {
            "id": "444444444444444444",
            "application_id": APPLICATION,
            "type": kind,
            "token": "interaction-token",
            "version": 1,
            "channel_id": CHANNEL,
            "channel": {"id": CHANNEL, "type": 1, "recipients": [PERSON]},
            "user": PERSON,
            "locale": "en-US",
            "context": 1,
            "authorizing_integration_owners": {"1": PERSON["id"]},
            "entitlements": [],
            "attachment_size_limit": 10_000_000,
            "data": data,
            **more,
        }
        await self._sockets[0].send_json({"op": 0, "s": 2, "t": "INTERACTION_CREATE", "d": event})

    async def close(self, code: int) -> None:
        """Close the connections of all shards, and say why."""
        for socket in self._sockets:
            await socket.close(code=code)

    async def until(self, said: str) -> None:
        """Wait until the answer says something."""
        async with asyncio.timeout(60):
            while not any(said in content for content in self.contents):
                self.changed.clear()
                await self.changed.wait()

    def routes(self) -> list[web.RouteDef]:
        """The part of Discord's API that is used."""
        api = "/api/v10"
        return [
            web.get(f"{api}/users/@me", self._me),
            web.get(f"{api}/oauth2/applications/@me", self._application),
            web.put(f"{api}/applications/{{id}}/commands", self._commands),
            web.get(f"{api}/gateway/bot", self._gateway_bot),
            web.post(f"{api}/interactions/{{id}}/{{token}}/callback", self._callback),
            web.patch(f"{api}/webhooks/{{id}}/{{token}}/messages/{{message}}", self._message),
            web.post(f"{api}/webhooks/{{id}}/{{token}}", self._message),
            web.get("/gateway/", self._gateway),
        ]

    async def _me(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bot {TOKEN}":
            return answer({"message": "401: Unauthorized", "code": 0}, status=401)
        return answer(ITSELF)

    async def _application(self, _: web.Request) -> web.Response:
        entry: dict[str, Any] = {
            "id": APPLICATION,
            "name": "Taleloom",
            "description": "",
            "icon": None,
            "rpc_origins": None,
        }
        entry |= {"bot_public": True, "bot_require_code_grant": False, "owner": PERSON, "verify_key": "", "flags": 0}
        return answer(entry | {"approximate_guild_count": 3})

    async def _commands(self, _: web.Request) -> web.Response:
        return answer([])

    async def _gateway_bot(self, _: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 2}
        url = self.url.replace("http", "ws") + "/gateway/"
        return answer({"url": url, "shards": self.shards, "session_start_limit": limit})

    async def _callback(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = (await request.json()).get("data") or {}
        self.answers.append(body)
        if body.get("content"):
            self.contents.append(body["content"])
            self.changed.set()
        return answer({"interaction": {"id": "444444444444444444", "type": 2}})

    async def _message(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        self.contents.append(body.get("content") or "")
        self.changed.set()
        return answer(shown(self.contents[-1]))

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41_250}})
        async for frame in socket:
            message = json.loads(frame.data) if frame.type is WSMsgType.TEXT else {}
            if message.get("op") == 1:
                await socket.send_json({"op": 11})
            elif message.get("op") == 2:
                self._sockets.append(socket)
                self.identified.append(message["d"]["shard"])
                ready: dict[str, Any] = {
                    "v": 10,
                    "user": ITSELF,
                    "guilds": [],
                    "session_id": "s",
                    "application": {"id": APPLICATION},
                }
                ready |= {"resume_gateway_url": str(request.url.with_scheme("ws")), "shard": message["d"]["shard"]}
                await socket.send_json({"op": 0, "s": 1, "t": "READY", "d": ready | {"_trace": []}})
        return socket


@asynccontextmanager
async def discord_server() -> AsyncIterator[DiscordServer]:
    """Run the server on a free port."""
    server = DiscordServer()
    application = web.Application()
    application.add_routes(server.routes())
    runner = web.AppRunner(application, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        transports = [connection.transport for connection in runner.server.connections] if runner.server else []
        await runner.cleanup()
        for transport in transports:
            if transport is not None:
                transport.abort()  # one whose peer was killed would wait for ever to be emptied
        await asyncio.sleep(0)
