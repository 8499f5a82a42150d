"""How a story looks in a channel: pure functions from what is known to what is sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from discord.utils import escape_markdown

from bot.errors import N_
from bot.sentences import sentence_ends, split
from bot.turns import Turn, TurnKind
from bot.ui.texts import Translate
from bot.writing.details import STOPPED, TurnDetails
from bot.writing.postprocess import balance
from bot.writing.presets import Preset
from bot.writing.settings import Source

MESSAGE_LIMIT = 2000
TEXT_LIMIT = 1700  # leaves room for the footer and for what closes Markdown
OPENING_LIMIT = 400
ENDING_LIMIT = 300

HIDDEN = N_("Hidden from the model: it goes on as if this passage were not there.")

SOURCES = {
    Source.CALL: N_("this request"),
    Source.USER: N_("your settings"),
    Source.CHANNEL: N_("this channel"),
    Source.SERVER: N_("this server"),
    Source.PRESET: N_("preset"),
    Source.MODEL: N_("model"),
    Source.DEFAULT: N_("default"),
}
_FAULTS = {
    "loop": N_("a loop"),
    "chat marker": N_("chatter"),
    "list": N_("a list"),
    "statistics": N_("figures"),
    "address": N_("an address"),
    "gibberish": N_("gibberish"),
}


def opening(text: str, *, asked: bool = False) -> str:
    """Show what was typed: how a story begins in bold, a wish for one as a quotation; of a long one only the end.

    What would break within bold is quoted too.
    """
    if len(text) > OPENING_LIMIT:
        start = next((end for end in sentence_ends(text) if end >= len(text) - OPENING_LIMIT), len(text))
        text = f"…{text[start if start < len(text) else -OPENING_LIMIT :].lstrip()}"
    if asked or any(mark in text for mark in "*_`~|<\\\n"):
        return "\n".join(f"> {line}" for line in balance(text).split("\n")) + "\n"
    return f"**{text}**" if text else ""


def parts(beginning: str, text: str) -> list[str]:
    """Give the messages that show a story, each within Discord's limit and with its Markdown closed."""
    return [balance(part) for part in split(beginning + text, TEXT_LIMIT)]


def in_one_message(text: str, limit: int = MESSAGE_LIMIT) -> str:
    """Give a text that fits a message: of a longer one the lines that there is room for, and an ellipsis.

    Args:
        text: Lines.
        limit: The most characters.
    """
    if len(text) <= limit:
        return text
    kept = text[: limit - len("\n…")]
    whole, _, _ = kept.rpartition("\n")
    # A line that is most of the text is cut within: better half of it than nothing.
    return f"{whole}\n…" if 2 * len(whole) > limit else f"{kept}…"


def without_footer(content: str) -> str:
    """Give a message without its small print."""
    return "\n".join(line for line in content.split("\n") if not line.startswith("-# "))


def with_footer(shown: Sequence[str], *lines: str) -> list[str]:
    """Put lines of small print beneath the last message; what there is no room for is cut from these lines."""
    # A fence would swallow what follows.
    quiet = (" ".join(line.replace("```", '"').split()) for line in lines)
    footer = "\n".join(f"-# {line}" for line in quiet if line)
    text = shown[-1] if shown else ""
    room = MESSAGE_LIMIT - len(text) - bool(text)
    footer = footer if len(footer) <= room else f"{footer[: room - 1]}…"
    return [*shown[:-1], "\n".join(filter(None, (text, footer)))]


def finished(beginning: str, turn: Turn, speak: Translate) -> list[str]:
    """Give the messages that show a finished turn, small print and all.

    Args:
        beginning: From `opening`, where the turn is the story's first; else empty.
        turn: Of the model.
        speak: The language of the small print.
    """
    return with_footer(parts(beginning, turn.text), *details(turn, speak))


def ending(text: str, speak: Translate, *, hidden: bool = False) -> str:
    """Show only where a story stands: its end, as a quotation.

    Args:
        text: The story so far.
        speak: The language.
        hidden: Whether its last turn is hidden from the model.
    """
    text = text.strip()
    if len(text) > ENDING_LIMIT:
        start = next((end for end in sentence_ends(text) if end >= len(text) - ENDING_LIMIT), len(text))
        text = f"… {text[start if start < len(text) else -ENDING_LIMIT :].lstrip()}"
    quoted = "\n".join(f"> {line}" for line in balance(text).split("\n"))
    lines = [speak(HIDDEN)] if hidden else []
    return with_footer([f"{speak(N_('The story now ends like this:'))}\n{quoted}"], *lines)[0]


def preset_line(name: str, preset: Preset, speak: Translate) -> str:
    """Give a preset's name and meaning; what a server wrote is in no language of ours."""
    return f"{name} – {preset.meaning}" if preset.own else f"{speak(name)} – {speak(preset.meaning)}"


def manner(turn: Turn, speak: Translate) -> str:
    """Name how a text was written: its preset, and what differs from that."""
    changed = (
        f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
        for name, value, _ in (TurnDetails.of(turn).changed)
    )
    preset = escape_markdown(speak.known(turn.preset or ""))
    return ", ".join([f"**{preset}**", *changed])


def details(turn: Turn, speak: Translate) -> list[str]:
    """Give the small print: how the text came about, and what a reader should know of it."""
    kept = TurnDetails.of(turn)
    if turn.kind is TurnKind.PROMPT:
        return [f"<@{turn.author_id}>" if turn.author_id else "", *_remarks(turn, kept, speak)]
    if kept.reworded:
        return [speak(N_("reworded by hand")), *_remarks(turn, kept, speak)]
    changed = [
        speak("{name} {value} ({source})", name=name, value=_figure(value), source=speak(SOURCES[source]))
        for name, value, source in kept.changed
    ]
    speed = (turn.tokens or 0) / turn.seconds if turn.seconds else 0
    first = [
        speak(N_("seed {seed}, reproducible") if kept.reproducible else "seed {seed}", seed=turn.seed),
        *(speak.known(voice) for voice in (kept.genre, kept.tone) if voice),
        speak.known(turn.preset or ""),
        *changed,
        turn.model or "",
        speak.plural("{count} token", "{count} tokens", turn.tokens or 0),
        speak("{speed}/s", speed=f"{speed:.0f}"),
    ]
    return [" · ".join(filter(None, first)), *_remarks(turn, kept, speak)]


def _remarks(turn: Turn, kept: TurnDetails, speak: Translate) -> list[str]:
    lines = [speak(HIDDEN)] if turn.hidden else []
    if turn.finish == STOPPED:
        lines.append(speak("Stopped."))
    if kept.interrupted:
        lines.append(speak("The model could not go on and the text ends here. Continue goes on from it."))
    if kept.faults:
        kinds = ", ".join(
            dict.fromkeys(speak(_FAULTS.get(fault, N_("what is not allowed here"))) for fault in kept.faults)
        )
        lines.append(
            speak.plural(
                "{count} passage was written again because of {kinds}.",
                "{count} passages were written again because of {kinds}.",
                len(kept.faults),
                kinds=kinds,
            )
        )
    if kept.languages:
        lines.append(
            speak(
                "{model} knows {languages} alone; a story in another language needs another model.",
                model=turn.model,
                languages=", ".join(kept.languages),
            )
        )
    lines += lost_lines(kept.memory_left_out, kept.note_left_out, kept.world_left_out, speak)
    if kept.left_out:
        lines.append(story_line(kept.left_out, speak))
    return lines


def lost_lines(memory: int, note: int, world: int, speak: Translate) -> Iterator[str]:
    """Say how much of memory, note and world there was no room for: characters, and entries."""
    if memory:
        yield speak.plural(
            "The last {count} character of the memory had no room.",
            "The last {count} characters of the memory had no room.",
            memory,
        )
    if note:
        yield speak.plural(
            "The last {count} character of the author's note had no room.",
            "The last {count} characters of the author's note had no room.",
            note,
        )
    if world:
        yield speak.plural(
            "{count} world entry had no room, or not enough.",
            "{count} world entries had no room, or not enough.",
            world,
        )


def story_line(count: int, speak: Translate) -> str:
    """Say how much of a story the model does not see."""
    return speak.plural(
        "The model no longer sees the first {count} character of this story.",
        "The model no longer sees the first {count} characters of this story.",
        count,
    )


def _figure(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)
