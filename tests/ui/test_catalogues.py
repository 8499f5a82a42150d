"""The message catalogues: nothing that people read is left in English where there is a translation to be had."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from discord import Locale

from bot.app import EXTENSIONS, create_bot
from bot.engine.errors import UnknownModelError
from bot.ui.texts import LOCALES_DIR, Texts
from bot.ui.translator import CatalogueTranslator
from bot.writing.errors import InvalidSettingError, QueueFullError
from config.settings import Settings
from tools import update_catalogues

LANGUAGES = sorted(folder.name for folder in LOCALES_DIR.iterdir() if folder.is_dir())
NAME = re.compile(r"^[-_'\w]{1,32}$")  # Discord's rule for names of commands and options


def catalogue(language: str) -> Catalog:
    with (LOCALES_DIR / language / "taleloom.po").open("rb") as file:
        return read_po(file, locale=language)


def messages(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


def versions(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


async def test_catalogues_hold_exactly_the_messages_of_the_code() -> None:
    template = update_catalogues.template(await update_catalogues.in_commands())
    assert (LOCALES_DIR / "taleloom.pot").read_text(encoding="utf-8") == update_catalogues.as_text(template), (
        "make texts"
    )
    wanted = {(message.context, message.id) for message in template if message.id}
    for language in LANGUAGES:
        assert {(message.context, message.id) for message in messages(language)} == wanted, "make texts"


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_translated(language: str) -> None:
    assert update_catalogues.untranslated(catalogue(language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_the_placeholders_of_their_messages(language: str) -> None:
    for message in messages(language):
        wanted = placeholders(versions(message.id)[-1])
        for translation in versions(message.string):
            assert placeholders(translation) == wanted, message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_translated_names_keep_to_discords_rule(language: str) -> None:
    for message in messages(language):
        if message.context in {"command", "option"}:
            assert NAME.match(str(message.string)), message.id
            assert str(message.string) == str(message.string).lower()


async def translated_tree() -> list[dict[str, Any]]:
    """The commands as they are sent to Discord, in the form of its API."""
    bot = create_bot(Settings())
    for extension in EXTENSIONS:
        await bot.load_extension(extension)
    translator = CatalogueTranslator(Texts())
    await bot.tree.set_translator(translator)
    return [await command.get_translated_payload(bot.tree, translator) for command in bot.tree.get_commands()]


def parts(payload: dict[str, Any], where: str = "") -> list[tuple[str, dict[str, Any]]]:
    """A command with all its subcommands, options and choices, each with its place."""
    here = f"{where}/{payload['name']}"
    below = [*payload.get("options", []), *payload.get("choices", [])]
    return [(here, payload)] + [part for entry in below for part in parts(entry, here)]


async def test_every_name_and_description_in_the_command_tree_is_there_in_chinese() -> None:
    for payload in await translated_tree():
        for place, part in parts(payload):
            assert "zh-CN" in part["name_localizations"], place
            if "description" in part:
                assert "zh-CN" in part["description_localizations"], place
                assert len(part["description_localizations"]["zh-CN"]) <= 100, place


async def test_translated_names_are_unique_beside_one_another() -> None:
    for payload in await translated_tree():
        for place, part in parts(payload):
            names = [entry["name_localizations"]["zh-CN"] for entry in part.get("options", [])]
            assert len(names) == len(set(names)), place


def test_an_unknown_language_is_answered_in_english() -> None:
    assert Texts().speak("fr")("Stopped.") == "Stopped."


@pytest.mark.parametrize("locale", [Locale.chinese, "zh-CN", "zh-TW", "zh"])
def test_all_kinds_of_chinese_are_answered_in_chinese(locale: Locale | str) -> None:
    assert Texts().speak(locale)("Stopped.") == "已停止。"


def test_errors_are_told_in_the_language_of_whoever_caused_them() -> None:
    speak = Texts().speak("zh-CN")
    assert speak.error(QueueFullError(waiting=64)) == "已经有 64 人在排队，队列满了。请过一两分钟再试。"
    assert speak.error(InvalidSettingError(name="length", allowed="16–800", value="9")).startswith("长度只能是 16–800")
    assert "gpt-9" in speak.error(UnknownModelError(model="gpt-9", known="gpt2"))


def test_numbers_choose_their_form() -> None:
    english, chinese = Texts().speak("en-US"), Texts().speak("zh-CN")
    forms = ("{count} value was taken back.", "{count} values were taken back.")
    assert english.plural(*forms, 1) == "1 value was taken back."
    assert english.plural(*forms, 2) == "2 values were taken back."
    assert chinese.plural(*forms, 2) == "已还原 2 项设置。"


def test_languages_are_the_folders_that_hold_a_catalogue(tmp_path: Path) -> None:
    assert Texts().languages() == LANGUAGES
    assert Texts(tmp_path).languages() == []
