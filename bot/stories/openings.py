"""What a prompt is: the beginning of a story, or a wish for one.

People type “The door stood open.” and “write a story about pirates”, “dragon”, “why did the queen leave?”. Only the
first belongs to the story itself; the others say what it is to be about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CONTINUE = re.compile(
    r"^(?:please\s+)?(?:continue|go on|carry on|finish)(?:\s+(?:this(?:\s+story)?|the story|with this))?\s*:\s*"
    r"|^请?(?:继续|接着|续)[写讲]?(?:下去)?(?:这个|下面的)?(?:故事)?\s*[:：]\s*",
    re.IGNORECASE,
)
_VERB = r"(?:write|tell|make up|create|compose|give|invent)"
_KIND = r"\b(?:story|tale)\b"
# People in a story ask too: “Give me a moment, I said.”, “Make up your mind.”
_SAID_TOO = re.compile(r"\b(?:tell|make up|give)\b(?:\s+(?:me|us))?\s+(?:an?|some|another|one|your)\b", re.IGNORECASE)
_TOLD = re.compile(
    r"\b(?:story|stories|tale|fable|legend|myth|poem|joke|adventure|mystery|romance|comedy|tragedy|thriller|plot|scene)\b",
    re.IGNORECASE,
)
# “The story of my life begins here.” belongs to a story; “a story about my life” is a wish.
_OF_THE_STORY = r"(?:the|this|that|my|your|his|her|its|our|their|every|each|no|it|whose)\b"
_WISH = re.compile(
    rf"^(?:please\s+)?(?:(?:can|could|would|will)\s+you\s+(?:please\s+)?)?{_VERB}\b(?:\s+(?:me|us))?\s+"
    rf"(?P<what>(?:(?:a|an|some|something|another|one|about|your|story)\b|the\b(?=.*{_KIND})).*)$"
    rf"|^i\s+(?:want|need|would like|'d like)\s+(?:to\s+(?:hear|read)\s+|(?:you\s+)?to\s+{_VERB}\s+(?:(?:me|us)\s+)?)?"
    rf"(?P<wanted>(?:(?:a|an|some|another|one)\b.*)?{_KIND}.*)$"
    rf"|^(?!{_OF_THE_STORY})"
    r"(?P<bare>(?:a\s+|an\s+)?(?:\w+\s+){0,2}(?:story|tale)\s+(?:about|of|with|where|in which)\b[^\n]{0,200})$",
    re.IGNORECASE | re.DOTALL,
)
_ABOUT = re.compile(r"\b(?:about|of|with)\s+(?P<topic>.+)$", re.IGNORECASE | re.DOTALL)
_QUESTION = re.compile(
    r"^(?:what\s+(?:happens|if|is|are|was|were|would|did|do|does)|why\s+(?:do|does|did|is|are|was|were|can|would)|"
    r"how\s+(?:do|does|did|can|would|is|are|was|were)|do\s+you|did\s+you|have\s+you|who\s+(?:is|was|are|were))\b[^.!\n]*$",
    re.IGNORECASE,
)
_CHINESE_WISH = re.compile(
    r"^(?:请|麻烦)?(?:你)?(?:帮我|给我|为我)?(?:写|讲|说|来|编|我?想听|我想要)(?:一?[个篇段则]|点|些)?(?:关于|有关)?(?P<topic>[^，。！？；：、]*?)的?"
    r"(?:故事|小说|童话|传说|东西)(?:吧|吗)?[。！!？?]?$"
)
_IDEOGRAPHS = re.compile(r"^[\u3400-\u9fff]+$")
_BEGINNING = re.compile(r"once\b|从前|很久以前|古时候|有一天", re.IGNORECASE)
TOPIC_WORDS = 2
TOPIC_IDEOGRAPHS = 4


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt, understood."""

    opening: str
    """How the story begins; empty when the prompt only says what it is to be about."""
    instruction: str = ""
    """The wish as a sentence, for a model that follows instructions; empty for an opening."""
    title: str = ""
    """The wish as a title, for a model that only continues text; empty for an opening."""


def is_chinese(text: str) -> bool:
    """Say whether a text is written in Chinese: a third of its letters are ideographs."""
    letters = [character for character in text if character.isalpha()]
    return 3 * sum("\u3400" <= letter <= "\u9fff" for letter in letters) > len(letters)


def read_prompt(text: str) -> Prompt:
    """Say what a prompt is."""
    text = text.strip()
    if continued := _CONTINUE.match(text):
        return Prompt(text[continued.end() :].strip() or text)
    if (wish := _WISH.match(text)) and not (_SAID_TOO.match(text) and not _TOLD.search(text)):
        what = (wish["what"] or wish["wanted"] or wish["bare"]).strip()
        sentence = f"Write {what}" if wish["bare"] or wish["wanted"] else text
        return Prompt("", _sentence(sentence), _title(what))
    if wish := _CHINESE_WISH.match(text):
        return Prompt("", text, wish["topic"].strip() or text)
    if _QUESTION.match(text):
        return Prompt("", f"Write a short story that answers this question: {text}", _capital(text))
    if _is_topic(text):
        return Prompt("", f"Write a short story about {text.lower() if text.isascii() else text}.", _capital(text))
    return Prompt(text)


def _is_topic(text: str) -> bool:
    if _BEGINNING.match(text):
        return False
    if _IDEOGRAPHS.match(text):
        return len(text) <= TOPIC_IDEOGRAPHS
    return len(text.split()) <= TOPIC_WORDS and text.replace(" ", "").isalpha() and text.isascii()


def _sentence(text: str) -> str:
    return _capital(text) if text[-1] in ".!?" else f"{_capital(text)}."


def _title(what: str) -> str:
    about = _ABOUT.search(what)
    return _capital(re.sub(r"\s*\bplease\b", "", about["topic"] if about else what).strip(" .!?")) or _capital(what)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
