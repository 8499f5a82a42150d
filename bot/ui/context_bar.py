"""How the parts of what the model sees share its room, as a bar of coloured squares. Pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import N_
from bot.ui.history import in_one_line
from bot.ui.render import in_one_message, lost_lines, story_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.lore import Entry
    from bot.stories.context import LeftOut
    from bot.ui.texts import Translate
    from bot.writing.contexts import Preview

SQUARES = 20
FREE = "⬛"
NAMED = 8
NAME_LIMIT = 30


def bar(tokens: Mapping[str, int], total: int) -> str:
    """Draw a bar; what takes any room at all has a square, and what is left is free.

    Args:
        tokens: How much each square's colour stands for.
        total: Of the whole bar.
    """
    counts = {square: max(1, SQUARES * count // max(1, total)) for square, count in tokens.items() if count}
    while sum(counts.values()) > SQUARES:
        counts[max(counts, key=counts.__getitem__)] -= 1
    drawn = "".join(square * count for square, count in counts.items())
    return drawn + FREE * (SQUARES - len(drawn))


def context_text(preview: Preview, speak: Translate) -> str:
    """Say what the model would see: how many tokens each part takes, and what was left out."""
    context, room = preview.context, preview.room
    shares = context.shares
    rows = (
        ("🟦", N_("memory"), shares.memory),
        ("🟩", N_("world"), shares.world),
        ("🟨", N_("author's note"), shares.note),
        ("🟧", N_("story"), shares.story),
        ("⬜", N_("room to write"), room.writing),
    )
    used = sum(count for _, _, count in rows)
    title = speak(
        N_("**What {model} sees before it goes on:** {used} of {count} tokens, room to write included"),
        model=preview.model,
        used=f"{used:,}",
        count=f"{room.context:,}",
    )
    lines = [title, bar({square: count for square, _, count in rows}, room.context)]
    for square, name, count in rows:
        told = f" ({entry_names(context.entries)})" if square == "🟩" and context.entries else ""
        lines.append(f"{square} {speak.known(name)}: {count:,}{told}")
    lines.append(f"{FREE} {speak(N_('free'))}: {max(0, room.context - used):,}")
    lines += [f"-# {line}" for line in left_out_lines(context.left_out, speak)]
    return in_one_message("\n".join(lines))


def left_out_lines(left_out: LeftOut, speak: Translate) -> Iterator[str]:
    """Say what there was no room for; of the world, by name."""
    yield from lost_lines(left_out.memory, left_out.note, 0, speak)
    if left_out.world:
        names = entry_names(left_out.world)
        yield speak(N_("No room, or not enough, for these entries of the world: {names}"), names=names)
    if left_out.story:
        yield story_line(left_out.story, speak)


def entry_names(entries: Sequence[Entry]) -> str:
    """Name entries of a world by their first keys."""
    names = [in_one_line(entry.keys[0], NAME_LIMIT) for entry in entries[:NAMED]]
    return ", ".join(names) + ("…" if len(entries) > NAMED else "")
