"""`python -m bot safety check`: one verdict a line, in order."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli.safety import app
from tests.shell import piped


@pytest.fixture
async def waiting() -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that has judged a text, and waits for the next line."""
    process = await piped("safety", "check", "--no-classifier")
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(b'{"text": "Once upon a time"}\n')
        assert await process.stdout.readline()
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def ended(process: asyncio.subprocess.Process) -> tuple[int, str]:
    """The exit status, and what was said, of a process whose input stays open."""
    assert process.stderr
    async with asyncio.timeout(90):
        return await process.wait(), (await process.stderr.read()).decode()


def check(*lines: str | bytes, options: tuple[str, ...] = ()) -> Result:
    data = b"".join((line.encode() if isinstance(line, str) else line) + b"\n" for line in lines)
    return CliRunner().invoke(app, ["check", *options], input=data)


def verdicts(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.split("\n") if line]


def text(value: str) -> str:
    return json.dumps({"text": value}, ensure_ascii=False)


def test_each_text_gets_one_verdict_in_order() -> None:
    result = check(text("A quiet harbour."), text("what the fuck"), text("lolicon"), text("A quiet harbour."))
    assert result.exit_code == 0
    assert [verdict["action"] for verdict in verdicts(result)] == ["allow", "mask", "block", "allow"]
    assert [verdict["categories"] for verdict in verdicts(result)] == [[], ["profanity"], ["sexual-minors"], []]


def test_a_verdict_has_what_the_contract_names() -> None:
    (verdict,) = verdicts(check(text("what the fuck")))
    assert verdict == {"action": "mask", "categories": ["profanity"], "score": 1.0, "text": "what the ••••"}


def test_a_blocked_text_is_not_repeated() -> None:
    (verdict,) = verdicts(check(text("lolicon")))
    assert verdict["text"] == ""


@pytest.mark.parametrize("value", ["从前有一位渔夫。", "مرحبا", "🐉 e\u0301", "line\nbreak\u2028\u0085", "\0"])
def test_unicode_comes_back_as_it_went_in(value: str) -> None:
    result = check(text(value))
    assert verdicts(result)[0]["text"] == value
    if value.isprintable():
        assert value in result.stdout


def test_half_a_surrogate_pair_is_answered_too() -> None:
    (verdict,) = verdicts(check('{"text": "\\ud800 x"}'))
    assert verdict["text"] == "\ud800 x"


def test_empty_lines_and_more_keys_are_passed_over() -> None:
    result = check('{"text": "a", "id": 7}', "", '{"text": ""}')
    assert [verdict["text"] for verdict in verdicts(result)] == ["a", ""]


def test_no_input_is_no_output() -> None:
    result = check()
    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nonsense", "Line 2 is not JSON in UTF-8"),
        (b'{"text": "\xff"}', "Line 2 is not JSON in UTF-8"),
        ('["a"]', "Line 2 is not an object with a text"),
        ('{"text": 7}', "Line 2 is not an object with a text"),
    ],
)
def test_a_bad_line_is_one_sentence_after_what_was_judged(line: str | bytes, said: str) -> None:
    result = check(text("before"), line, text("after"))
    assert result.exit_code == 2
    assert [verdict["text"] for verdict in verdicts(result)] == ["before"]
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_words_alone_can_be_asked_for() -> None:
    assert check(text("a"), options=("--policy", "standard", "--no-classifier")).exit_code == 0


def test_an_unknown_policy_is_one_sentence_with_those_there_are() -> None:
    result = check(text("a"), options=("--policy", "none"))
    assert result.exit_code == 1
    assert result.stderr == "There is no policy called none. Known policies: strict, standard, relaxed.\n"


async def test_ctrl_c_ends_it_while_it_waits_for_a_line(waiting: asyncio.subprocess.Process) -> None:
    waiting.send_signal(signal.SIGINT)
    assert await ended(waiting) == (130, "")


async def test_a_bad_line_ends_it_though_more_may_come(waiting: asyncio.subprocess.Process) -> None:
    assert waiting.stdin
    waiting.stdin.write(b"nonsense\n")
    status, said = await ended(waiting)
    assert status == 2
    assert said.startswith("Line 2 is not JSON in UTF-8")
    assert said.count("\n") == 1
