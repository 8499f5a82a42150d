"""How what people type becomes a value, and how it is written back."""

from __future__ import annotations

import pytest

from bot.store import Json, Scope
from bot.writing.errors import InvalidSettingError, WritingError
from bot.writing.keys import setting_keys

KEYS = setting_keys(["balanced", "wild"], ["gpt2"])


@pytest.mark.parametrize(
    ("key", "typed", "stored", "shown"),
    [
        ("press", "everyone", "everyone", "everyone"),
        ("press", "Author", "author", "author"),
        ("press", "<@&123> and <@&456>, <@&123>", [123, 456], "<@&123> <@&456>"),
        ("writers", "1234567890123456789", [1234567890123456789], "<@&1234567890123456789>"),
        ("quiet_hours", "22-7 Europe/Berlin", "22:00-07:00 Europe/Berlin", "22:00-07:00 Europe/Berlin"),
        ("quiet_hours", "off", "", "off"),
        ("locked", "temperature, length", ["temperature", "length"], "temperature, length"),
        ("locked", "关", [], "off"),
        ("enabled", "关", False, "off"),
        ("notices", "开", True, "on"),
        ("longest", "２００", 200, "200"),
        ("cooldown", "0", 0, "off"),
        ("cooldown", "关", 0, "off"),
        ("daily_tokens", "5000", 5000, "5000"),
        ("games", "Relay， vote", ["relay", "vote"], "relay, vote"),
        ("games", "off", [], "off"),
        ("starters", "<@&123>", [123], "<@&123>"),
        ("most_stories", "off", 0, "off"),
        ("turn_minutes", "20160", 20160, "20160"),
        ("archive", " <#123> ", 123, "<#123>"),
        ("archive", "1234567890123456789", 1234567890123456789, "<#1234567890123456789>"),
        ("archive", "关", 0, "off"),
    ],
)
def test_what_is_typed_is_stored_and_shown(key: str, typed: str, stored: Json, shown: str) -> None:
    assert KEYS[key].parse(typed) == stored
    assert KEYS[key].validate(stored) == stored
    assert KEYS[key].show(stored) == shown


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("press", "my friends"),
        ("press", " ".join(f"<@&{10**16 + number}>" for number in range(26))),
        ("writers", "author"),
        ("quiet_hours", "at night"),
        ("locked", "temperature, colour"),
        ("longest", "15"),
        ("daily_tokens", "-1"),
        ("enabled", "perhaps"),
        ("games", "chess"),
        ("turn_minutes", "20161"),
        ("archive", "general"),
        ("archive", "<@123456789012345678>"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(key: str, typed: str) -> None:
    with pytest.raises(WritingError) as caught:
        KEYS[key].parse(typed)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "stored"),
    [
        ("press", []),
        ("press", ["a"]),
        ("press", [True]),
        ("quiet_hours", "x"),
        ("locked", ["x"]),
        ("locked", "x"),
        ("quiet_hours", 7),
        ("archive", "123"),
        ("archive", True),
        ("archive", -1),
    ],
)
def test_a_stored_value_that_nothing_writes_is_refused(key: str, stored: Json) -> None:
    with pytest.raises(InvalidSettingError):
        KEYS[key].validate(stored)


def test_a_persons_own_settings_are_those_of_style() -> None:
    own = {key.name for key in KEYS.values() if Scope.USER in key.scopes}
    assert own == {
        "model", "preset", "max_new_tokens", "do_sample",
        "temperature", "top_k", "top_p", "min_p", "repetition_penalty",
    }  # fmt: skip


def test_every_default_is_a_value() -> None:
    for key in KEYS.values():
        if key.default is not None:
            assert key.validate(key.default) == key.default
