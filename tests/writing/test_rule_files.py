"""A server's own words as a file."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.ids import UserId
from bot.safety.own.errors import OwnRuleError
from bot.safety.verdict import Action
from bot.store.safety import RuleKind, StoredRule
from bot.writing.rule_files import RuleFileError, UnreadableRuleError, read_rules, rules_as_json


def rule(number: int, kind: RuleKind, text: str, action: str | None) -> StoredRule:
    added = datetime(2026, 11, 26, tzinfo=UTC)
    return StoredRule(id=number, kind=kind, text=text, action=action, added_by=UserId(1), added_at=added)


RULES = (
    rule(1, RuleKind.BLOCKED_WORD, "frobnicate", "mask"),
    rule(2, RuleKind.ALLOWED_WORD, "harbour", None),
    rule(3, RuleKind.EXPRESSION, r"ship \d+", "block"),
)


def test_what_was_exported_is_read_again_without_who_added_it() -> None:
    data = json.dumps(rules_as_json(RULES)).encode()
    assert b"added" not in data
    found = read_rules(data)
    assert [(rule.kind, rule.text) for rule in found] == [(rule.kind, rule.text) for rule in RULES]
    assert found[0].action is Action.MASK


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b'{"rules": 7}', b'{"rules": ["frob"]}', b"[" * 100_000])
def test_what_is_no_such_file_is_one_sentence(data: bytes) -> None:
    with pytest.raises(RuleFileError, match="no file of words"):
        read_rules(data)


def test_a_rule_that_says_something_else_is_named() -> None:
    rules = [{"kind": "blocked word", "text": "fine"}, {"kind": "nonsense", "text": "a"}]
    with pytest.raises(UnreadableRuleError, match=r"Rule 2 of the file.* its “kind”"):
        read_rules(json.dumps({"rules": rules}).encode())


def test_one_rule_that_cannot_be_used_refuses_the_file() -> None:
    rules = [{"kind": "blocked word", "text": "fine"}, {"kind": "expression", "text": "("}]
    with pytest.raises(OwnRuleError):
        read_rules(json.dumps({"rules": rules}).encode())
