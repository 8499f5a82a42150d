"""Plain text, and Markdown as plain text."""

from __future__ import annotations

import re

# Each turns a mark of Markdown into what a reader sees of it; in this order.
_MARKDOWN = (
    (re.compile(r"\A---\n.*?\n---(?:\n|\Z)", re.DOTALL), ""),
    (re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.DOTALL | re.MULTILINE), ""),
    (re.compile(r"<!--.*?-->", re.DOTALL), ""),
    (re.compile(r"^#{1,6}[ \t].*$", re.MULTILINE), ""),
    (re.compile(r"^.+\n(?:={3,}|-{3,})[ \t]*$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(?:[-*_][ \t]*){3,}$", re.MULTILINE), ""),
    (re.compile(r"^(?:>[ \t]?)+", re.MULTILINE), ""),
    (re.compile(r"!\[[^\]\n]*\]\([^)\n]*\)"), ""),
    (re.compile(r"\[([^\]\n]+)\]\([^)\n]*\)"), r"\1"),
    (re.compile(r"(?<![\w*\\])(\*{1,3})(?=\S)([^*\n]*[^*\s])\1(?![\w*])"), r"\2"),
    (re.compile(r"(?<![\w\\])(_{1,3})(?=\S)([^_\n]*[^_\s])\1(?!\w)"), r"\2"),
    (re.compile(r"\\([\\`*_\[\]<>#|~])"), r"\1"),
)


def without_markdown(text: str) -> str:
    """Give the prose of Markdown: no headings, code, pictures or rules, and words without their marks."""
    for pattern, shown in _MARKDOWN:
        text = pattern.sub(shown, text)
    return text
