"""What is put before the model, within its room: what it is told, and as much of the story as there is room for.

The memory stands in front, then the entries of the world that the story speaks of, each a paragraph of its own; then
the story, with the author's note on a line of its own a few sentences before its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from bot.lore import NO_LORE, Entry, Lore
from bot.sentences import sentence_ends
from bot.stories.voices import put_before
from bot.stories.world import mentioned

STEPS = 4  # the window moves by a quarter of the room
MEMORY_PERCENT, WORLD_PERCENT, NOTE_PERCENT = 25, 20, 10
"""Of the room, at the most; what is not used is the story's."""
SCANNED = 12
"""Sentences at the story's end that the world is looked for in."""
LETTERS = 8
"""Of a story there is looked at so many for each token of room: tokens are shorter, but for rows of one sign."""
AROUND = 2  # line ends around a paragraph or the note: no token is shorter than a byte

Tokens = Callable[[str], int]
"""Says how many tokens a text takes, for each that `counted` gives."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """What there is to put before the model."""

    story: str
    lead: str = ""
    """What stands before the story itself; see `stories.voices.lead`."""
    lore: Lore = NO_LORE
    chinese: bool = False
    """The language of the story, and of what stands around it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shares:
    """The tokens that each part takes, with the line ends around it."""

    memory: int = 0
    world: int = 0
    note: int = 0
    story: int = 0
    """With its lead."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """What there was no room for."""

    story: int = 0
    """Characters at its beginning."""
    memory: int = 0
    """Characters at its end."""
    note: int = 0
    """Likewise."""
    world: tuple[Entry, ...] = ()
    """Entries that the story speaks of, and that are left out as a whole or in part."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the model sees."""

    text: str
    shares: Shares
    left_out: LeftOut = LeftOut()
    entries: tuple[Entry, ...] = ()
    """Those of the world that it is told of, in their order there."""

    @property
    def is_whole(self) -> bool:
        """Whether there was room for everything."""
        return self.left_out == LeftOut()


@dataclass(frozen=True, slots=True)
class Window:
    """The end of a story."""

    text: str
    left_out: int
    """Characters before it."""
    tokens: int


@dataclass(frozen=True, slots=True)
class _Beginning:
    """As much of a text as there is room for."""

    text: str = ""
    tokens: int = 0
    left_out: int = 0


def pieces(text: str) -> list[str]:
    """Cut a story into sentences, whose token counts `fit` needs; joined they are the story again.

    A sentence of a thousand characters or more (none has an end in sight) is cut as well.
    """
    found, start = [], 0
    for end in [*sentence_ends(text), len(text)]:
        while end - start > 1000:
            found.append(text[start : start + 500])
            start += 500
        if end > start:
            found.append(text[start:end])
            start = end
    return found


def end_of(story: str, room: int) -> str:
    """Give the part of a long story that a model with so many tokens of room may see something of.

    What is left out grows in steps, so that `fit`, whose own steps are counted from where this begins, seldom moves.
    """
    step = 2 * room
    beyond = max(0, len(story) - LETTERS * room)
    return story[beyond // step * step :]


def counted(parts: Parts) -> list[str]:
    """Give the texts whose tokens `assemble` asks for, each once."""
    lore, story = parts.lore, pieces(parts.story)
    texts = [lore.memory, *(entry.text for entry in _spoken_of(lore.entries, story))]
    note = [*_brackets(parts), *pieces(_note(lore))] if lore.note else []
    return list(dict.fromkeys([*story, *note, *(piece for text in texts for piece in pieces(text.strip()))]))


def assemble(parts: Parts, tokens: Tokens, room: int) -> Context:
    """Put together what the model sees.

    Args:
        parts: What there is.
        tokens: The tokens of each text that `counted` gives. Joined they are taken to be as many together.
        room: Tokens there are; at least 1.
    """
    lore, lead = parts.lore, len(parts.lead.encode())
    room = max(1, room - lead - 1)
    memory = _beginning(lore.memory.strip(), tokens, _share(room, MEMORY_PERCENT), cut=True)
    brackets = _brackets(parts)
    framed = AROUND + sum(map(tokens, brackets)) if lore.note else 0
    note = _beginning(_note(lore), tokens, _share(room, NOTE_PERCENT), around=framed, cut=True)
    rest = room - memory.tokens - note.tokens
    sentences = pieces(parts.story)
    counts = [tokens(sentence) for sentence in sentences]

    spoken_of = _spoken_of(lore.entries, sentences)
    if spoken_of:
        # Not of what the model cannot see.
        seen = fit(sentences, counts, max(1, rest - _share(room, WORLD_PERCENT)))
        spoken_of = _spoken_of(spoken_of, pieces(seen.text))
    told = _world(spoken_of, tokens, _share(room, WORLD_PERCENT))
    world = sum(each.tokens for each in told.values())
    window = fit(sentences, counts, max(1, rest - world))

    entries = tuple(entry for entry in lore.entries if told.get(entry, _Beginning()).text)
    paragraphs = [memory.text, *(told[entry].text for entry in entries)]
    told_of = "".join(f"{paragraph}\n\n" for paragraph in paragraphs if paragraph)
    before, after = _parted(window.text, lore.depth) if note.text else ("", window.text)
    line = f"{brackets[0]}{note.text}{brackets[1]}\n" if note.text else ""
    if before:
        text = told_of + put_before(parts.lead, f"{before}\n{line}{after}", chinese=parts.chinese)
    else:
        # The whole story is nearer to its end than the note stands.
        text = told_of + line + put_before(parts.lead, after, chinese=parts.chinese)
    return Context(
        text=text,
        shares=Shares(
            memory=memory.tokens, world=world, note=note.tokens, story=window.tokens + (lead + 1 if lead else 0)
        ),
        left_out=LeftOut(
            story=window.left_out,
            memory=memory.left_out,
            note=note.left_out,
            world=tuple(entry for entry in lore.entries if entry in told and told[entry].left_out),
        ),
        entries=entries,
    )


def fit(sentences: Sequence[str], tokens: Sequence[int], room: int) -> Window:
    """Leave out sentences from the far end until the rest fits.

    They are left out in steps of a quarter of the room: while a story grows, its context keeps the same beginning for
    many turns, and the engine's prefix cache knows it already.

    Args:
        sentences: The story in `pieces`.
        tokens: Tokens of each.
        room: Tokens there are; at least 1.
    """
    total = sum(tokens)
    if total <= room:
        return Window("".join(sentences), 0, total)
    step = max(1, room // STEPS)
    drop = -(-(total - room) // step) * step
    first = next(
        (index for index, before in enumerate(accumulate(tokens, initial=0)) if before >= drop), len(sentences)
    )
    newest = next((index for index in reversed(range(len(sentences))) if sentences[index].strip()), 0)
    if first > newest:
        return _last_resort(sentences, tokens, room, newest)
    left_out = sum(len(sentence) for sentence in sentences[:first])
    text = "".join(sentences[first:])
    return Window(text.lstrip(), left_out + len(text) - len(text.lstrip()), sum(tokens[first:]))


def _last_resort(sentences: Sequence[str], tokens: Sequence[int], room: int, newest: int) -> Window:
    """Keep the end of the newest sentence alone, by its share of the room."""
    last, count = "".join(sentences[newest:]), max(1, sum(tokens[newest:]))
    keep = len(last) if count <= room else _characters(last, count, room)
    return Window(last[-keep:], sum(map(len, sentences)) - keep, min(count, room))


def _characters(text: str, count: int, room: int) -> int:
    """Give how many characters of a text surely fit, by its share of the room."""
    return max(1, len(text) * room // count // 2)


def _share(room: int, percent: int) -> int:
    return room * percent // 100


def _beginning(text: str, tokens: Tokens, budget: int, *, around: int = AROUND, cut: bool = False) -> _Beginning:
    """Keep as many sentences from a text's beginning on as fit.

    Args:
        text: The text.
        tokens: Counts its sentences.
        budget: Tokens there are.
        around: Tokens that are needed around it.
        cut: Whether a first sentence that does not fit is cut anywhere.
    """
    if not text:
        return _Beginning()
    sentences, used, kept = pieces(text), around, ""
    for sentence in sentences:
        if used + tokens(sentence) > budget:
            break
        kept, used = kept + sentence, used + tokens(sentence)
    if not kept and cut and budget > around:
        kept, used = sentences[0][: _characters(sentences[0], tokens(sentences[0]), budget - around)].rstrip(), budget
    return _Beginning(kept, used if kept else 0, len(text) - len(kept))


def _spoken_of(entries: Sequence[Entry], sentences: Sequence[str]) -> list[Entry]:
    return mentioned(entries, "".join(sentences[-SCANNED:])) if entries else []


def _world(spoken_of: Iterable[Entry], tokens: Tokens, budget: int) -> dict[Entry, _Beginning]:
    """Share the world's room out: what was spoken of last comes first."""
    told = {}
    for entry in spoken_of:
        told[entry] = _beginning(entry.text.strip(), tokens, budget)
        budget -= told[entry].tokens
    return told


def _note(lore: Lore) -> str:
    return " ".join(lore.note.split())


def _brackets(parts: Parts) -> tuple[str, str]:
    return ("[作者注：", "]") if parts.chinese else ("[Author's note: ", "]")


def _parted(text: str, depth: int) -> tuple[str, str]:
    """Part a text a number of sentences before its end; what is blank is no sentence."""
    sentences = pieces(text)
    spoken = [index for index, sentence in enumerate(sentences) if sentence.strip()]
    if len(spoken) <= depth:
        return "", text
    first = spoken[-depth]
    return "".join(sentences[:first]).rstrip(), "".join(sentences[first:]).lstrip()
