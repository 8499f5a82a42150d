"""The root of every error that Taleloom raises on purpose.

    TaleloomError
    ├── ConfigurationError     a setting that cannot be used            (config.settings)
    ├── EngineError            the model could not do what was asked    (bot.engine.errors)
    ├── OwnRuleError           a server cannot have a rule              (bot.safety.own.errors)
    ├── TuningError            a model cannot learn from this           (bot.tuning.errors)
    ├── StoreError             what is remembered could not be reached  (bot.store.errors)
    ├── OwnerError             what the bot's owner asks cannot be done (bot.ui.errors)
    └── WritingError           a request was refused or went wrong      (bot.writing.errors)

Each class carries a `template`, an English sentence that a person can act on, and each error the values that fill it.
The same template is the key under which the message catalogues hold its translation, so that an error raised far below
the user interface still reaches people in their language.
"""

from __future__ import annotations

from typing import ClassVar


def N_(message: str) -> str:  # noqa: N802 - gettext's name for "translated later"
    """Mark a message for the catalogues where it is written, and leave it as it is."""
    return message


class TaleloomError(Exception):
    """Something a person can be told in one sentence.

    Args:
        **values: What fills the template's `{placeholders}`.
    """

    template: ClassVar[str] = N_("Something went wrong. Try again; if it stays so, tell the person who runs this bot.")

    def __init__(self, **values: object) -> None:
        super().__init__(self.template.format(**values))
        self.values = values


class ConfigurationError(TaleloomError):
    """A setting of the operator's cannot be used."""

    template = N_("The configuration cannot be used: {problem}")
