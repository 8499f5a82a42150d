"""Bring the message catalogues up to date with the code: `make texts`.

    python tools/update_catalogues.py [--check]

Messages are found in three places: in the code, where they stand in `N_(…)`, `speak(…)` and `speak.plural(…)`; in the
command tree, whose names and descriptions people see; and in data, such as presets. They are written to
`config/locales/taleloom.pot`; each language's catalogue keeps its translations, gets what is new (untranslated), and
loses what is gone. `--check` writes nothing, and fails if something would change or is not translated.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from discord import app_commands  # noqa: E402

from bot.app import EXTENSIONS, create_bot  # noqa: E402
from bot.engine.models.registry import load_registry  # noqa: E402
from bot.games import GameKind  # noqa: E402
from bot.stories.voices import load_voices  # noqa: E402
from bot.ui.texts import DOMAIN, LOCALES_DIR  # noqa: E402
from bot.writing.keys import setting_keys  # noqa: E402
from bot.writing.presets import load_presets  # noqa: E402
from config.settings import Settings  # noqa: E402

SOURCES = ("bot", "cogs", "config")
FOR_OPERATORS = ("bot/cli", "bot/demo", "bot/tuning")  # on the terminal everything is said in English
CHANGING = (
    "Project-Id-Version",
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Last-Translator",
    "Language-Team",
    "Report-Msgid",
    "Generated-By",
)
HEADER = "# Messages of Taleloom; see docs/development.md."
VALUES = ("on", "off", "author", "everyone", "the model is being loaded")


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """Something that is translated."""

    context: str
    """`command`, `option` or `choice` for the names that Discord shows, else empty."""
    text: str
    plural: str
    place: str
    """The file that it stands in."""


def in_code() -> Iterator[Message]:
    """Find what is marked in the code."""
    for folder in SOURCES:
        for file in sorted((ROOT / folder).rglob("*.py")):
            place = file.relative_to(ROOT).as_posix()
            if place.startswith(FOR_OPERATORS):
                continue
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield from _of_call(node, place)


def _of_call(call: ast.Call, place: str) -> Iterator[Message]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if not call.args:
        return
    texts = [_text(argument) for argument in call.args[:2]]
    if name == "plural" and len(texts) == 2 and texts[0] and texts[1]:
        yield Message("", texts[0], texts[1], place)
    elif name in {"N_", "speak", "_speak"} and texts[0]:
        yield Message("", texts[0], "", place)


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "N_" and node.args:
        node = node.args[0]
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


async def in_commands() -> list[Message]:
    """Find the names and descriptions of commands, options and choices."""
    bot = create_bot(Settings(_env_file=None))
    for extension in EXTENSIONS:
        await bot.load_extension(extension)
    found: list[Message] = []
    for command in bot.tree.walk_commands():
        place = _file_of(command.module)
        found += [Message("command", command.name, "", place), Message("", command.description, "", place)]
        for parameter in command.parameters if isinstance(command, app_commands.Command) else ():
            found += [Message("option", parameter.name, "", place), Message("", str(parameter.description), "", place)]
            found += [Message("choice", choice.name, "", place) for choice in parameter.choices]
    menus = (menu for menu in bot.tree.get_commands() if isinstance(menu, app_commands.ContextMenu))
    return found + [Message("menu", menu.name, "", _file_of(menu.module)) for menu in menus]


def _file_of(module: str | None) -> str:
    return f"{module.replace('.', '/')}.py" if module else "cogs"


def in_data() -> Iterator[Message]:
    """Find what people read of presets, voices, models and settings."""
    voices = load_voices()
    meanings = {name: genre.meaning for name, genre in voices.genres.items()}
    meanings |= {name: tone.meaning for name, tone in voices.tones.items()}
    for text in (*meanings, *meanings.values()):
        yield Message("", text, "", "config/voices.toml")
    presets = load_presets()
    for name, preset in presets.items():
        yield Message("", name, "", "config/presets.toml")
        yield Message("", preset.meaning, "", "config/presets.toml")
    for model in load_registry().values():
        if model.profile.meaning:
            yield Message("", model.profile.meaning, "", "config/models.toml")
    for key in setting_keys(presets, ()).values():
        for context in ("", "option"):
            yield Message(context, key.shown, "", "bot/writing/keys.py")
    for value in (*VALUES, *GameKind):
        yield Message("", str(value), "", "bot/writing/keys.py")


def _empty(locale: str | None = None) -> Catalog:
    return Catalog(locale, domain=DOMAIN, project="Taleloom", header_comment=HEADER, fuzzy=False)


def template(commands: list[Message]) -> Catalog:
    """Gather every message there is.

    Args:
        commands: What `in_commands` found.
    """
    messages = [*in_code(), *commands, *in_data()]
    plurals = {text for message in messages if message.plural for text in (message.text, message.plural)}
    catalog = _empty()
    for message in sorted(set(messages)):
        # The parts of a plural are marked as well; they are no messages of their own.
        if message.plural or message.context or message.text not in plurals:
            identity = (message.text, message.plural) if message.plural else message.text
            catalog.add(identity, locations=[(message.place, 0)], context=message.context or None)
    return catalog


def updated(locale: str, current: Path, messages: Catalog) -> Catalog:
    """Give a language's catalogue with exactly the messages that there are."""
    if current.exists():
        with current.open("rb") as source:
            catalog = read_po(source, locale=locale, domain=DOMAIN)
    else:
        catalog = _empty(locale)
    catalog.update(messages, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def as_text(catalog: Catalog) -> str:
    """Write a catalogue without what changes each time."""
    written = io.BytesIO()
    write_po(written, catalog, width=100, include_lineno=False, sort_output=True)
    lines = written.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(tuple(f'"{name}' for name in CHANGING)))


def untranslated(catalog: Catalog) -> list[str]:
    """List the messages without a translation."""
    return [
        str(message.id)
        for message in catalog
        if message.id and not (all(message.string) if isinstance(message.string, (tuple, list)) else message.string)
    ]


def main() -> None:
    """Write or check the catalogues."""
    parser = argparse.ArgumentParser(description="Bring the message catalogues up to date with the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if there is something to do")
    check = parser.parse_args().check
    messages = template(asyncio.run(in_commands()))
    files = {LOCALES_DIR / f"{DOMAIN}.pot": as_text(messages)}
    missing: list[str] = []
    for folder in sorted(path for path in LOCALES_DIR.iterdir() if path.is_dir()):
        file = folder / f"{DOMAIN}.po"
        catalog = updated(folder.name, file, messages)
        files[file] = as_text(catalog)
        missing += [f"{folder.name}: {text}" for text in untranslated(catalog)]
    for text in missing:
        print(f"not translated: {text}")
    stale = [file for file, text in files.items() if not file.exists() or file.read_text(encoding="utf-8") != text]
    if check and (stale or missing):
        sys.exit("The catalogues are not up to date: run `make texts`, and translate what it names.")
    for file in stale:
        file.write_text(files[file], encoding="utf-8")
        print(f"{file.relative_to(ROOT)} written")
    print(f"{len(messages)} messages, {len(missing)} to translate")


if __name__ == "__main__":
    main()
