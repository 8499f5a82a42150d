"""What a story must not do: turn in circles, or leave the story for lists, statistics and chatter. Pure functions."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

GRAM_WORDS = 4
GRAM_LIMIT = 3
"""A run of four words that comes more often than this is a loop."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")

_JUNK = {
    "chat marker": re.compile(
        r"""
        <\|?/?(?:im_|end|sys|user|assist|s>) | \[/?INST\]
        | ^\s*(?:user|assistant|system|human|ai|prompt|response|answer|question|note|title|summary|continuation
            |instruction)s?\s*:
        | \bas\ an\ ai\b | \blanguage\ model\b
        | \b(?:here(?:'s|\ is|\ are)|this\ is)\ (?:how|some|what|one|two|three|a\ few|my|your)
            \ (?:(?:you|i)\ (?:can|could|might|would)|(?:\w+\ ){0,2}(?:answer|attempt|continuation|draft|example|idea
            |opening|paragraph|prompt|response|rewrite|sentence|stor(?:y|ie)|suggestion|take|tip|version|way)s?)\b
        | \b(?:here(?:'s|\ is)|this\ is)\ (?:a|an|the|my|your|one|another)\ (?:possible\ |short\ |brief\ |continuation
            |version|revised|rewritten|story|draft|example|sample)
        | \bthis\ is\ (?:just\ |only\ )?(?:one|an|another|a\ (?:good|great|classic|perfect))
            \ (?:example|story|narrative)\b
        | \b(?:i\ hope\ this|let\ me\ know\ if|feel\ free\ to)\b
        | \bwould\ you\ like\ me\ to\ (?:add|continue|create|expand|help|make|revise|rewrite|suggest|write)\b
        | \b(?:i'll|i\ will|i\ can|i\ am\ here\ to|i'm\ here\ to|let's)
            \ (?:craft|explore|(?:create|provide|weave|write)\ (?:a|an|another|some|the|this|you|your)
            \ (?:\w+\ ){0,2}(?:narrative|paragraph|poem|scene|story|tale)
            |help\ you\ (?:craft|create|develop|explore|improve|with|write))\b
        | \b(?:continue|for|in|of|share|to|with)\ (?:your|this)\ (?:story|tale)\b | \b(?:your|this)\ narrative\b
        | \b(?:create|craft|weave|write)\ (?:a|an|the|my|your)\ (?:\w+\ ){0,2}(?:narrative|story|tale)\b
        | \bimagine\ (?:a|this|the)\ (?:story|tale|scene|scenario)\b | ^\s*a\ (?:story|tale)\ (?:about|of|set)\b
        | \bthemes?\ of\b | \bexplor(?:e|es|ing)\ (?:the\ )?themes?\b | \b(?:different|literary|other)\ genres?\b
        | \bopening\ line\b | \bfirst\ line\ (?:is|should|could|sets|of\ (?:the|this|your)\ (?:novel|story|tale))\b
        | \b(?:creative\ writing|storytelling|write\ down|reimagined|copyright|transcript)\b
        | \b(?:the|this|your|my|our|a)\ (?:prompt|user|assistant|narrative\ arc|passage\ above|given\ text|storyteller
            |readers?)\b
        | \b(?:the|this|your|my|our)\ (?:story|narrative|tale|scene|paragraph|sentence|plot|opening|novel)
            \ (?:begins|opens|starts|unfolds|explores|is\ (?!(?:done|ended|told|over)\b)|centers|follows|could|might
            |would|has|should|revolves|takes\ place|contains)\b
        | \brephras(?:e|es|ed|ing)\b | \binteresting\ to\ see\ how\b
        | \b(?:writing\ style|plot\ twist|short\ stor(?:y|ies)|your\ writing|main\ character|protagonists?
            |(?:first|second|next|last|opening|following)\ (?:sentence|paragraph|scene|chapter)
            |your\ audience|the\ audience(?!\ ?-?\s?(?:chamber|hall|room))
            |how\ (?:would|could|might|can)\ you\ (?:change|continue|describe|develop|end|expand|improve|make|rewrite
            |use)
            |you\ (?:could|might)\ (?:say|use|add|try))\b
        """,
        re.IGNORECASE | re.MULTILINE | re.VERBOSE,
    ),
    "list": re.compile(
        r"^\s*(?:[-*•+]\s+\S|\(?\d{1,2}[.):](?:\s|$)|[a-h]\)\s|\#{1,6}\s|\|)|\*\*|^\s*={3,}|^\s*-{3,}", re.MULTILINE
    ),
    "statistics": re.compile(
        r"""
        \d\s*% | \bper\ ?cent\b | \bpercentage | \$\s?\d | \b\d+\.\d+\b | \b\d{1,3}(?:,\d{3})+\b | \(\d{4}\)
        | \bet\ al\b | \b(?:figure|table)\ \d | \b(?:survey|statistics?|dataset|respondents)\b
        """,
        re.IGNORECASE | re.VERBOSE,
    ),
    "gibberish": re.compile(r"[^\W\d_\u3400-\u9fff]{22,}"),
    "address": re.compile(
        r"https?://|www\.|\b\S+@\S+\.\w|\b[\w-]+\.(?:com|org|net|edu|gov|io)\b|```|\{\{|\}\}|</?\w+>", re.IGNORECASE
    ),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a sentence is not taken into a story."""

    kind: str
    """`loop`, `chat marker`, `list`, `statistics`, `gibberish` or `address`."""


def words(text: str) -> list[str]:
    """Give a text's words in lower case; each ideograph is one."""
    found: list[str] = []
    for match in _WORD.finditer(text.casefold()):
        word = match.group()
        found.extend(word if _IDEOGRAPH.search(word) else [word])
    return found


def grams(text: str) -> Counter[tuple[str, ...]]:
    """Count the runs of four words; of Chinese, where a word is a character or two, runs of eight characters."""
    found = words(text)
    size = 2 * GRAM_WORDS if sum(map(bool, map(_IDEOGRAPH.match, found))) * 2 > len(found) else GRAM_WORDS
    return Counter(tuple(found[at : at + size]) for at in range(len(found) - size + 1))


def loops(text: str) -> bool:
    """Say whether a run of four words comes more than three times."""
    return any(count > GRAM_LIMIT for count in grams(text).values())


def find_junk(text: str) -> Fault | None:
    """Find what has no place in a story."""
    return next((Fault(kind) for kind, pattern in _JUNK.items() if pattern.search(text)), None)


def repeats(accepted: str, sentence: str) -> bool:
    """Say whether a sentence turns the text in circles: it makes a loop, or was there before word for word."""
    new = words(sentence)
    if len(new) >= GRAM_WORDS and _holds(words(accepted), new):
        return True
    return loops(f"{accepted} {sentence}")


def _holds(text: list[str], run: list[str]) -> bool:
    return any(text[at : at + len(run)] == run for at in range(len(text) - len(run) + 1))


def letters(text: str) -> int:
    """Count what is a letter in any script; an ideograph says as much as three."""
    return sum(3 if _IDEOGRAPH.match(character) else character.isalpha() for character in text)
