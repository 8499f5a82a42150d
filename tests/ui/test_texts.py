"""Everything people read, in the nearest language there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Location

from bot.errors import N_, TaleloomError
from bot.ui.texts import Texts
from bot.ui.translator import CatalogueTranslator
from bot.writing.errors import NotYoursError, PromptRefusedError, RateLimitedError

PO = r"""
msgid ""
msgstr ""
"Language: {language}\n"
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: {plural}\n"

msgid "Stop"
msgstr "{stop}"

msgid "You can wait for {{name}}."
msgstr "{wait}"

msgid "slurs"
msgstr "{slurs}"

msgctxt "command"
msgid "write"
msgstr "{write}"

msgid "{{count}} fox"
msgid_plural "{{count}} foxes"
{foxes}
"""
CHINESE = {
    "language": "zh_CN",
    "plural": "nplurals=1; plural=0;",
    "stop": "停止",
    "wait": "你可以等{name}。",
    "slurs": "侮辱",
    "write": "写",
    "foxes": 'msgstr[0] "{count} 只狐狸"',
}
GERMAN = {
    "language": "de",
    "plural": "nplurals=2; plural=(n != 1);",
    "stop": "Halt",
    "wait": "Warte auf {name}.",
    "slurs": "",
    "write": "schreibe",
    "foxes": 'msgstr[0] "{count} Fuchs"\nmsgstr[1] "{count} Füchse"',
}


class WaitsError(TaleloomError):
    template = N_("You can wait for {name}.")


@pytest.fixture
def texts(tmp_path: Path) -> Texts:
    for values in (CHINESE, GERMAN):
        folder = tmp_path / values["language"]
        folder.mkdir()
        (folder / "taleloom.po").write_text(PO.format(**values), encoding="utf-8")
    return Texts(tmp_path)


@pytest.mark.parametrize(
    ("locale", "stop"),
    [
        ("zh-CN", "停止"),
        ("zh-TW", "停止"),
        ("zh", "停止"),
        (discord.Locale.chinese, "停止"),
        (discord.Locale.taiwan_chinese, "停止"),
        ("de", "Halt"),
        ("de-AT", "Halt"),
        ("en-US", "Stop"),
        ("fr", "Stop"),
        ("d", "Stop"),
        ("", "Stop"),
    ],
)
def test_each_locale_gets_the_nearest_language(texts: Texts, locale: object, stop: str) -> None:
    assert texts.speak(locale)("Stop") == stop


def test_what_is_not_translated_is_said_in_english(texts: Texts) -> None:
    speak = texts.speak("zh-CN")
    assert speak("A tale of {count} {thing}.", count=2, thing="{cities}") == "A tale of 2 {cities}."
    assert texts.speak("de")("slurs") == "slurs"
    assert speak("") == ""


def test_a_number_takes_its_form(texts: Texts) -> None:
    for locale, one, two in (
        ("en", "1 fox", "2 foxes"),
        ("de", "1 Fuchs", "2 Füchse"),
        ("zh-CN", "1 只狐狸", "2 只狐狸"),
    ):
        assert texts.speak(locale).plural("{count} fox", "{count} foxes", 1) == one
        assert texts.speak(locale).plural("{count} fox", "{count} foxes", 2) == two


def test_an_error_is_said_in_the_persons_language_and_so_are_the_messages_within_it(texts: Texts) -> None:
    speak = texts.speak("zh-CN")
    assert speak.error(WaitsError(name="Stop")) == "你可以等停止。"
    assert speak.error(WaitsError(name="{Rob}")) == "你可以等{Rob}。"
    assert speak.error(WaitsError(name="")) == "你可以等。"
    assert speak.error(WaitsError(name=7)) == "你可以等7。"
    assert "“侮辱”" in speak.error(PromptRefusedError(category="slurs", rule="a word"))
    assert speak.error(NotYoursError()) == NotYoursError.template
    assert "<t:99:R>" in speak.error(RateLimitedError(retry_at=99))


def test_the_languages_are_named(texts: Texts, tmp_path: Path) -> None:
    assert texts.languages() == ["de", "zh_CN"]
    assert Texts(tmp_path / "nothing").languages() == []


async def test_command_names_are_translated_when_commands_are_synced(texts: Texts) -> None:
    translator = CatalogueTranslator(texts)

    async def translate(
        message: str, location: Location, locale: discord.Locale = discord.Locale.chinese
    ) -> str | None:
        where: Any = location
        context: Any = app_commands.TranslationContext(where, None)
        return await translator.translate(app_commands.locale_str(message), locale, context)

    assert await translate("write", Location.command_name) == "写"
    assert await translate("write", Location.parameter_name) is None
    assert await translate("Stop", Location.command_description) == "停止"
    assert await translate("write", Location.command_name, discord.Locale.french) is None


@pytest.mark.parametrize("locale", ["zh-CN", "zh-TW"])
def test_who_speaks_chinese_in_any_script_is_answered_from_the_shipped_catalogue(locale: str) -> None:
    assert Texts().speak(locale)("Continue") == "继续"
