"""Command names and descriptions in the languages of the catalogues."""

from __future__ import annotations

from discord import Locale, app_commands
from discord.app_commands import TranslationContextLocation as Location

from bot.ui.texts import Texts

_NAMES = {
    Location.command_name: "command",
    Location.group_name: "command",
    Location.parameter_name: "option",
    Location.choice_name: "choice",
}


class CatalogueTranslator(app_commands.Translator):
    """Looks names and descriptions up in the message catalogues when commands are synced."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    async def translate(
        self, string: app_commands.locale_str, locale: Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        """Give the translation, or None where English stays."""
        speak = self._texts.speak(locale)
        kind = "menu" if isinstance(context.data, app_commands.ContextMenu) else _NAMES.get(context.location)
        translated = speak.name(kind, string.message) if kind else speak(string.message)
        return translated if translated != string.message else None
