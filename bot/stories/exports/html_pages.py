"""A story as one page of HTML that needs nothing else: to be read, printed, and put into an archive."""

from __future__ import annotations

from bot.stories.exports.file import StoryFile
from bot.stories.exports.labels import Labels
from bot.stories.exports.markup import colour_of, escape, heading, paragraphs, stretch
from bot.stories.exports.texts import wish_of
from bot.stories.exports.tree import other_stretches

_SUMMARY_LETTERS = 60
_LIGHT = ("#5f6368", "#c0392b", "#b35c00", "#8a6d00", "#2e7d32", "#1a5fb4", "#7b2fa0", "#6d4c41")
_DARK = ("#a5abb4", "#ff8a80", "#ffb066", "#ffe066", "#8fd694", "#8ab4f8", "#d7a6f0", "#cbb0a4")
_STYLE = """
:root { color-scheme: light dark; --paper: #fffdf8; --ink: #222; --quiet: #666; --line: #ddd; }
body { max-width: 38rem; margin: 0 auto; padding: 2rem 1.2rem; background: var(--paper); color: var(--ink);
  font: 1.1rem/1.65 Georgia, serif; overflow-wrap: anywhere; }
h1 { line-height: 1.25; margin: 0 0 .3rem; }
h2 { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1rem; font-size: 1.2rem; }
.by, .note, summary { color: var(--quiet); }
blockquote { margin: 1rem 0; padding-left: 1rem; border-left: 3px solid var(--line); color: var(--quiet); }
p { margin: 0 0 1em; }
.who { font: .68rem/1.4 system-ui, sans-serif; margin-right: .35em; white-space: nowrap; opacity: .85; }
.brief { border-bottom: .12em solid; }
.hidden { opacity: .5; font-style: italic; }
details { margin: .6rem 0; }
summary { cursor: pointer; }
@media (min-width: 62rem) { .who { float: left; clear: left; width: 8rem; margin: .35rem 0 0 -9rem; text-align: right;
  overflow: hidden; text-overflow: ellipsis; } }
@media (prefers-color-scheme: dark) { :root { --paper: #1e1f22; --ink: #e3e5e8; --quiet: #a5abb4; --line: #41434a; } }
@media print { :root { --paper: #fff; --ink: #000; } body { max-width: none; font-size: 11pt; }
  p { orphans: 3; widows: 3; } h1, h2 { break-after: avoid; } }
"""


def html_page(file: StoryFile, labels: Labels, *, at: int | None = None) -> str:
    """Give a story as a page: a branch as prose with its writers beside it, then every other turn, folded away.

    Args:
        file: The story.
        labels: The words of ours.
        at: The turn that the branch ends with; None is where the story stands.
    """
    branch = file.branch(at)
    title, wish = heading(file.title), wish_of(branch)
    body = [
        f'<header>\n<h1><bdi>{title}</bdi></h1>\n<p class="by">{_byline(file, labels)}</p>\n</header>',
        "<main>",
        *([f"<blockquote>{_lines(wish)}</blockquote>"] if wish else []),
        *paragraphs(labels.names(file), labels, branch, hidden=True),
        "</main>",
        *_others(file, labels, at),
    ]
    return "\n".join([_head(file, title), *body, "</body>", "</html>", ""])


def _head(file: StoryFile, title: str) -> str:
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{escape(file.language)}">',
            "<head>",
            '<meta charset="utf-8"/>',
            '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>",
            f"<title>{title}</title>",
            f"<style>{_STYLE}{_colours(_LIGHT)}@media (prefers-color-scheme: dark) {{ {_colours(_DARK)} }}\n</style>",
            "</head>",
            "<body>",
        ]
    )


def _colours(colours: tuple[str, ...]) -> str:
    """Colour names, not words: a story is to be read, not to be decoded."""
    rules = (
        f".who.w{number}, .name.w{number} {{ color: {colour}; }} .brief.w{number} {{ border-color: {colour}; }}"
        for number, colour in enumerate(colours)
    )
    return " ".join(rules) + "\n"


def _byline(file: StoryFile, labels: Labels) -> str:
    """Say who wrote the story, each in their colour."""
    names = labels.names(file)
    shown = (f'<bdi class="name {colour_of(seat)}">{escape(names[seat])}</bdi>' for seat in labels.seats(file))
    return escape(labels.by).format(names=", ".join(shown))


def _others(file: StoryFile, labels: Labels, at: int | None) -> list[str]:
    found, names = other_stretches(file, at), labels.names(file)
    if not found:
        return []
    parts = [f"<section>\n<h2>{escape(labels.others)}</h2>", f'<p class="note">{escape(labels.others_note)}</p>']
    for turns in found:
        first = turns[0]
        where = labels.after.format(number=first.parent) if first.parent else labels.beginning
        words = " ".join(first.text.split())
        words = f"{words[:_SUMMARY_LETTERS]}…" if len(words) > _SUMMARY_LETTERS else words
        parts.append(f"<details>\n<summary>{escape(where)}: <bdi>{escape(words)}</bdi></summary>")
        parts += [*stretch(names, labels, turns), "</details>"]
    return [*parts, "</section>"]


def _lines(text: str) -> str:
    return f"<bdi>{escape(text)}</bdi>".replace("\n", "<br/>")
