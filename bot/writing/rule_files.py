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


class FileRule(BaseModel):
    """A rule in a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: RuleKind
    text: str = Field(min_length=1, max_length=200)
    action: Literal[Action.MASK, Action.BLOCK] = Action.BLOCK


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
        first = error.errors()[0]
        raise RuleFileError(reason=f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    except (ValueError, RecursionError):
        raise RuleFileError(reason="JSON, UTF-8") from None
    for rule in found.rules:
        (checked_expression if rule.kind is RuleKind.EXPRESSION else checked_word)(rule.text)
    return found.rules
