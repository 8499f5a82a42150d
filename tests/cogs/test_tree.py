"""Every command and option is described, in English and Chinese, tried by a test, and named in the READMEs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from discord import app_commands

from bot.app import EXTENSIONS, create_bot
from bot.ui.texts import Texts
from config.settings import Settings

ROOT = Path(__file__).parents[2]
CHINESE = Texts().speak("zh-CN")
TESTS = "\n".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "tests").rglob("*.py")))
READMES = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md")]


@pytest.fixture
async def tree() -> app_commands.CommandTree:
    """All commands, as they are registered."""
    bot = create_bot(Settings(_env_file=None))
    for extension in EXTENSIONS:
        await bot.load_extension(extension)
    return bot.tree


def commands(tree: app_commands.CommandTree) -> list[app_commands.Command[Any, ..., Any]]:
    found = [command for command in tree.walk_commands() if isinstance(command, app_commands.Command)]
    assert len(found) > 25
    return found


def is_described(text: str) -> bool:
    """Say whether a description says something, and says it in Chinese too."""
    return len(text) > 5 and CHINESE(text) != text


async def test_every_command_and_option_is_described_in_both_languages(tree: app_commands.CommandTree) -> None:
    for command in commands(tree):
        assert is_described(str(command.description)), command.qualified_name
        for name in command.qualified_name.split():
            assert CHINESE.name("command", name) != name, command.qualified_name
        for option in command.parameters:
            assert is_described(str(option.description)) or str(option.description) == "Who", option.name
            assert CHINESE.name("option", option.name) != option.name, option.name
    for menu in tree.get_commands():
        if isinstance(menu, app_commands.ContextMenu):
            assert CHINESE.name("menu", menu.name) != menu.name


async def test_every_command_and_option_is_tried(tree: app_commands.CommandTree) -> None:
    for command in commands(tree):
        group, _, verb = command.qualified_name.partition(" ")
        called = rf'"{command.qualified_name}"' + (rf'|{group}\(world, "{verb}"' if verb else "")
        # Tests of a group have a helper of their own that is given the verb.
        assert re.search(called, TESTS) or f'"{verb}"' in TESTS, command.qualified_name
        for option in command.parameters:
            assert re.search(rf'\b{option.name}=|"{option.name}"', TESTS), f"{command.qualified_name} {option.name}"


async def test_every_command_and_menu_is_in_the_readmes_and_the_options_of_write_too(
    tree: app_commands.CommandTree,
) -> None:
    english, chinese = READMES
    for command in commands(tree):
        assert f"`/{command.qualified_name}`" in english
        assert f"`/{command.qualified_name}`" in chinese
        translated = " ".join(CHINESE.name("command", name) for name in command.qualified_name.split())
        assert f"`/{translated}`" in chinese
    write = next(command for command in commands(tree) if command.name == "write")
    for option in write.parameters:
        assert f"`{option.name}`" in english
        assert f"`{CHINESE.name('option', option.name)}`" in chinese
    for menu in tree.get_commands():
        if isinstance(menu, app_commands.ContextMenu):
            assert f"**{menu.name}**" in english
            assert f"**{CHINESE.name('menu', menu.name)}**" in chinese
