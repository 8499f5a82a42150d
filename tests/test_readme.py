"""The READMEs name what there is: every setting, command, model and verb."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from discord import app_commands
from pydantic import BaseModel

from bot.app import EXTENSIONS, PERMISSIONS, create_bot
from bot.cli import VERBS
from bot.engine.models.registry import load_registry
from config.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")


def setting_names() -> Iterator[str]:
    for name, field in Settings.model_fields.items():
        section = field.annotation
        if name == "discord_token":
            yield "DISCORD_TOKEN"
        elif isinstance(section, type) and issubclass(section, BaseModel):
            yield from (f"{PREFIX}{name}__{key}".upper() for key in section.model_fields)
        else:
            yield f"{PREFIX}{name}".upper()


@pytest.mark.parametrize("readme", READMES)
def test_every_setting_is_in_the_table_and_nothing_else(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| `(\w*[A-Z]{3}\w*)` \|", text, re.MULTILINE)) == sorted(setting_names())


@pytest.mark.parametrize("readme", READMES)
async def test_every_command_is_named(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    bot = create_bot(Settings())
    for extension in EXTENSIONS:
        await bot.load_extension(extension)
    for command in bot.tree.walk_commands():
        if isinstance(command, app_commands.Command):
            assert f"`/{command.qualified_name}`" in text


@pytest.mark.parametrize("readme", READMES)
def test_models_verbs_and_the_smallest_permissions_are_named(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    for name in load_registry():
        assert f"| `{name}` |" in text
    for verb in VERBS:
        assert re.search(rf"(`|bot |make ){verb}\b", text), verb
    assert f"permissions={PERMISSIONS.value}" in text


@pytest.mark.parametrize("readme", [*READMES, "docs/architecture.md", "docs/development.md", "CHANGELOG.md"])
def test_links_and_pictures_lead_somewhere(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert "://" in target or (ROOT / readme).parent.joinpath(target).exists(), target
