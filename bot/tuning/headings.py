"""Which paragraphs of a book are headings, contents and notes. Pure functions."""

from __future__ import annotations

import re

_ROMAN = r"(?=[IVXLC])(?:X[LC]|L?X{0,3}|C{1,3}(?:X[LC]|L?X{0,3}))(?:I[XV]|V?I{0,3})"
_NUMBER_WORDS = (
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    r"nineteen|twenty|thirty|forty|fifty|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last"
)  # fmt: skip
_NUMBER = rf"(?:{_ROMAN}|\d{{1,3}}|(?i:{_NUMBER_WORDS})(?:-(?i:{_NUMBER_WORDS}))?)"
_DIVISION = (
    r"(?i:chapter|book|part|section|volume|vol\.|act|scene|stave|canto|letter|adventure|story|tale|night|fit|episode)"
)
_DIVIDED = re.compile(
    rf"^(?:(?i:the)\s+)?(?:{_DIVISION}\s+(?:the\s+)?{_NUMBER}|{_NUMBER}\s+{_DIVISION})\b(?P<rest>.*)$", re.DOTALL
)
_ONLY_NUMBER = re.compile(rf"^[\[(*—-]?\s*(?:{_ROMAN}|\d{{1,3}})\s*[\])*—-]?\.?$")
_NUMBERED = re.compile(rf"^(?![LC]\.)(?:{_ROMAN}|\d{{1,3}})[.):]?\s+(?P<rest>\S.*)$")
_CHINESE = re.compile(
    r"^(?:第[〇零一二三四五六七八九十百千0-9０-９]{1,6}[回章节節卷部集幕篇][^，。！？；]{0,40}|"
    r"[卷上中下]?[〇零一二三四五六七八九十]{1,3}[、.．]?|楔子|引子|序[言章幕]?|自序|前言|后记|後記|跋|尾声|尾聲|附录|附錄|番外|正文)$"
)
_END = re.compile(
    r"^(?:the end|finis|fin|(?:the )?end of (?:the )?(?:book|part|volume|chapter|story|tale)(?: \w+)?|"
    r"[（(\[【]?(?:全书完|全書完|全文完|本书完|剧终|完|终|終|待续)[)）\]】]?)\W*$",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"^(?:introduction|introductory|preface|foreword|prologue|epilogue|afterword|postscript|conclusion|appendix|notes?|"
    r"footnotes?|bibliography|glossary|index|dedication|list of illustrations|illustrations|acknowledge?ments?|"
    r"about the author|to the reader)\W*$",
    re.IGNORECASE,
)
_CONTENTS = re.compile(
    r"^(?:(?:table of )?contents|list of (?:illustrations|chapters|tales|stories)|目\s*[录錄次])\W*$", re.IGNORECASE
)
_PREPARED = re.compile(
    r"^\W*(?:transcriber|preparer|producer|publisher|editor|translator)s?['’]?s?['’]?\s+(?:end)?notes?\b", re.IGNORECASE
)
_ENTRY = re.compile(rf"(?:^|(?<=\s))(?:(?i:chapter|book|part)\s+)?(?:{_ROMAN}|\d{{1,3}})[.:]?\s+[“\"‘']?(?=[A-Z])")
_BYLINE = re.compile(
    r"^(?:(?:told|written|edited|translated|illustrated|retold|selected|collected)\s+)?by\b", re.IGNORECASE
)
_EDITION = re.compile(r"\bedition\b|\bcopyright\b|\b1[6-9]\d\d\.?$", re.IGNORECASE)
_SENTENCE_ENDS = frozenset(".!?…。！？:：,，;；—")
_CLOSERS = "\"'”’»)]}』」）】》"
_QUOTES = frozenset("\"'”’»」』")
_OPENERS = ("“", "‘", '"', "'", "「", "『", "—", "–", "-", "`")
_SMALL = frozenset(
    {
        "a", "an", "and", "as", "at", "but", "by", "for", "from", "in", "into", "of", "on", "or", "the", "to", "upon",
        "who", "with",
    }
)  # fmt: skip
_HEADING_LETTERS = 120


def is_heading(paragraph: str) -> bool:
    """Say whether a paragraph is the heading of a chapter or a tale, or says that one ends."""
    text = " ".join(paragraph.split())
    if len(text) > _HEADING_LETTERS:
        return False
    if is_number(text):
        return True
    if text.startswith(_OPENERS):
        return False
    if _END.match(text) or _NAMED.match(text) or _CHINESE.match(text) or _is_shouted(text):
        return True
    if divided := _DIVIDED.match(text):
        return _is_title(divided["rest"])
    numbered = _NUMBERED.match(text)
    # “I found a key” begins like the first chapter does: what follows has to be a title.
    return (
        bool(numbered) and len(text) < 80 and _in_title_case(numbered["rest"] if numbered else "") and not _ends(text)
    )


def is_number(paragraph: str) -> bool:
    """Say whether a paragraph is a number and nothing else, behind which a title may follow."""
    text = paragraph.strip()
    divided = _DIVIDED.match(text)
    return bool(_ONLY_NUMBER.match(text)) or (divided is not None and not divided["rest"].strip(" .:—-"))


def reads_as_title(paragraph: str, limit: int) -> bool:
    """Say whether a paragraph is a line that is no sentence: a title, a name, an edition.

    Args:
        paragraph: The paragraph.
        limit: The most characters of one.
    """
    text = " ".join(paragraph.split())
    if len(text) > limit or text.startswith(_OPENERS):
        return False
    credited = _BYLINE.match(text) or _EDITION.search(text)
    return not _ends(text) or text.isupper() or (credited is not None and _in_title_case(text))


def opens_contents(paragraph: str) -> bool:
    """Say whether a paragraph is the heading of a list of chapters."""
    return bool(_CONTENTS.match(paragraph.strip()))


def is_contents(paragraph: str, *, named: bool) -> bool:
    """Say whether a paragraph is a list of chapters in one.

    Args:
        paragraph: The paragraph.
        named: It stands behind a heading that says so.
    """
    entries = len(_ENTRY.findall(paragraph))
    return (entries >= 4 or named) and _in_title_case(paragraph)


def opens_note(paragraph: str) -> bool:
    """Say whether a paragraph is, or is the heading of, a note by whoever prepared the text."""
    return bool(_PREPARED.match(paragraph))


def _is_title(rest: str) -> bool:
    """Say whether what follows the number of a chapter is its title, and not the rest of a sentence."""
    text = rest.strip(" .:—–-")
    parted = rest.strip()[:1] in {".", ":", "—", "–", "-"}
    return not text or text.isupper() or (_in_title_case(text) and (parted or not _ends(rest)))


def _is_shouted(text: str) -> bool:
    """Say whether a line has capitals alone, with at least one word of two."""
    letters = [letter for letter in text if letter.isalpha()]
    return len(letters) > 1 and all(letter.isupper() for letter in letters)


def _in_title_case(text: str) -> bool:
    """Say whether most words begin with capitals, small ones aside."""
    words = [word.strip("\"'“”‘’()[],.;:!?") for word in text.split()]
    telling = [word for word in words if word and word.lower() not in _SMALL]
    large = sum(not word[0].islower() for word in telling)
    return bool(telling) and large >= 0.8 * len(telling)


def _ends(text: str) -> bool:
    """Say whether a line ends as a sentence, or a part of one, does."""
    return text.rstrip().rstrip(_CLOSERS)[-1:] in _SENTENCE_ENDS or text.rstrip()[-1:] in _QUOTES
