"""A server's own words and expressions as a file, to keep and to take elsewhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import N_
from bot.safety.own.rules import EXPRESSIONS, WORDS, checked_expression, checked_word
from bot.safety.verdict import Action
from bot.store.safety import RuleKind, StoredRule
from bot.writing.errors import WritingError

BYTES_LIMIT = 200_000
_MOST = 2 * WORDS + EXPRESSIONS


class RuleFileError(WritingError):
    """A file that does not hold rules."""

    template = N_("This is no file of words that can be read: {reason}")


class RuleFileTooLargeError(WritingError):
    """A file that nobody's rules fill."""

    template = N_("This file is too large for words: at most {limit} KB are read.")


class UnreadableRuleError(WritingError):
    """A rule in a file that says something else than rules do."""

    template = N_("Rule {number} of the file cannot be read, so none was taken over. Look at its “{part}”.")


class FileRule(BaseModel):
    """A rule in a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: RuleKind
    text: str = Field(min_length=1, max_length=200)
    action: Literal[Action.MASK, Action.BLOCK] = Action.BLOCK

    @property
    def stored_action(self) -> Action | None:
        """What is done about it; None for a word that is allowed."""
        return None if self.kind is RuleKind.ALLOWED_WORD else self.action

    def checked(self) -> str:
        """Give the text as it is looked for.

        Raises:
            OwnRuleError: it cannot be used.
        """
        return (checked_expression if self.kind is RuleKind.EXPRESSION else checked_word)(self.text)


class _RuleFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rules: list[FileRule] = Field(max_length=_MOST)


def rules_as_json(rules: Sequence[StoredRule]) -> dict[str, object]:
    """Give rules as they stand in a file."""
    return {
        "rules": [
            {"kind": rule.kind.value, "text": rule.text, **({"action": rule.action} if rule.action else {})}
            for rule in rules
        ]
    }


def read_rules(data: bytes) -> list[FileRule]:
    """Read a file, and check every rule in it.

    Raises:
        RuleFileError: it is none, or too large.
        OwnRuleError: one of its rules cannot be used.
    """
    try:
        found = _RuleFile.model_validate(json.loads(data.decode("utf-8-sig")))
    except ValidationError as error:
        _, *place = (*error.errors()[0]["loc"], "", "")
        if isinstance(place[0], int) and place[1]:
            raise UnreadableRuleError(number=place[0] + 1, part=place[1]) from None
        raise RuleFileError(reason='{"rules": [...]}') from None
    except (ValueError, RecursionError):
        raise RuleFileError(reason="JSON, UTF-8") from None
    for rule in found.rules:
        rule.checked()
    return found.rules
