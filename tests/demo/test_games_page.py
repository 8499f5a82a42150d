"""A game of each kind in the demo, ready to play, as people find it in their browser.

`SCREENSHOTS=docs/images pytest tests/demo/test_games_page.py` makes the README's pictures of them anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.demo.driver import DemoProcess, Tab, new_tab, until

pytestmark = [pytest.mark.browser, pytest.mark.model]


def play_relay(tab: Tab) -> None:
    before = tab.messages.count()
    write(tab, "Write", "Somebody lit a match, and it was the conductor, who had been asleep.")
    until(lambda: tab.messages.count() >= before + 2, "the model has gone on", 60)
    panel(tab, "Who goes on?")


def play_adventure(tab: Tab) -> None:
    before = tab.messages.count()
    write(tab, "Do", "open the door")
    until(lambda: tab.messages.count() >= before + 2, "the model has gone on", 60)
    panel(tab, "Who goes on?")


def play_lines(tab: Tab) -> None:
    for who, line in (("Bob", "the stars were all asleep"), ("Cleo", "she tried on every cloud there was")):
        tab.act_as(who)
        write(tab, "Write", line)
    panel(tab, "Who goes on?")


def play_words(tab: Tab) -> None:
    for who, word in (("Bob", "upon"), ("Cleo", "a"), ("Bob", "midnight")):
        tab.act_as(who)
        write(tab, "Write", word)
    panel(tab, "Who goes on?")


def play_vote(tab: Tab) -> None:
    panel(tab, "How does it go on?")
    tab.press("B · 0")
    panel(tab, "1 vote so far.")


def play_duel(tab: Tab) -> None:
    panel(tab, "How does it go on?")
    tab.press("A · 0")
    panel(tab, "1 vote so far.")


GAMES: dict[str, Callable[[Tab], None]] = {
    "relay": play_relay,
    "adventure": play_adventure,
    "one-line": play_lines,
    "one-word": play_words,
    "vote": play_vote,
    "duel": play_duel,
}


def test_a_game_of_each_kind_is_ready_to_play(tmp_path: Path, browser: Browser) -> None:
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path)
    for channel, play in GAMES.items():
        tab = new_tab(browser, height=860)
        with DemoProcess(tmp_path / "data", "--channel", channel) as demo:
            tab.open(demo.first_line())
            tab.page.locator("#messages-toggle").click()
            panel(tab, "")
            play(tab)
            assert "uncertain" not in tab.status
            tab.messages.last.scroll_into_view_if_needed()
            tab.picture(folder / f"demo-{channel}.png")
            assert demo.end() == 0
        assert "Traceback" not in demo.errors.read_text()


def panel(tab: Tab, says: str) -> None:
    """Wait until the panel stands beneath everything and says this."""

    def there() -> bool:
        last = tab.messages.last.inner_text() if tab.messages.count() > 1 else ""
        return "Players:" in last and says in last

    until(there, f"the panel says {says}", 90)


def write(tab: Tab, button: str, text: str) -> None:
    """Press a button of the panel, fill in the form and send it."""
    before = tab.messages.count()
    tab.press(button)
    form = tab.form()
    form.locator("textarea, input:not([type=hidden])").first.fill(text)
    form.get_by_role("button", name="Submit").click()
    until(lambda: tab.messages.count() > before, f"{text} is posted; {tab.status}", 60)
    panel(tab, "")
