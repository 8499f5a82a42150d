"""Everything people read, in their language, from gettext catalogues in `config/locales`."""

from __future__ import annotations

import io
from collections.abc import Mapping
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.errors import TaleloomError
from config.settings import CONFIG_DIR

LOCALES_DIR = CONFIG_DIR / "locales"
DOMAIN = "taleloom"


class Translate:
    """Says things in one language.

    Args:
        locale: The language, as Discord names it.
        catalogue: Its translations; what is missing is said in English.
    """

    def __init__(self, locale: str, catalogue: NullTranslations) -> None:
        self.locale = locale
        self._catalogue = catalogue

    def __call__(self, message: str, **values: object) -> str:
        """Translate a message and fill its placeholders."""
        return self._catalogue.gettext(message).format(**values) if message else ""

    def known(self, word: str) -> str:
        """Translate a word if it is one of ours; anybody's own stays as it is, braces and all."""
        return self._catalogue.gettext(word) if word else ""

    def plural(self, singular: str, plural: str, count: int, **values: object) -> str:
        """Translate a message that depends on a number, which fills `{count}`."""
        return self._catalogue.ngettext(singular, plural, count).format(count=count, **values)

    def name(self, kind: str, name: str) -> str:
        """Translate the name of a `command`, an `option` or a `choice`."""
        return self._catalogue.pgettext(kind, name)

    def error(self, error: TaleloomError) -> str:
        """Say what went wrong; a value that is itself a message is translated as well."""
        values = {
            name: self._catalogue.gettext(value) if isinstance(value, str) and value else value
            for name, value in error.values.items()
        }
        return self(error.template, **values)


class Texts:
    """The catalogues of all languages."""

    def __init__(self, folder: Path = LOCALES_DIR) -> None:
        self._catalogues: Mapping[str, NullTranslations] = {
            file.parent.name: _load(file) for file in sorted(folder.glob(f"*/{DOMAIN}.po"))
        }

    def languages(self) -> list[str]:
        """Name the languages there are beside English, as gettext names them."""
        return list(self._catalogues)

    def speak(self, locale: object) -> Translate:
        """Give the language nearest to a Discord locale: `zh-TW` is answered in `zh_CN` where there is no better."""
        name = str(locale)
        exact = self._catalogues.get(name.replace("-", "_"))
        near = next(
            (found for key, found in self._catalogues.items() if key.split("_")[0] == name.split("-", maxsplit=1)[0]),
            None,
        )
        return Translate(name, exact or near or NullTranslations())


def _load(file: Path) -> GNUTranslations:
    with file.open("rb") as source:
        catalogue = read_po(source, locale=file.parent.name, domain=DOMAIN)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
