"""The demo as a person meets it: a real process, the embedded model, and a browser.

`SCREENSHOTS=docs/images pytest tests/demo/test_page.py -k pictures` makes the README's pictures anew.
"""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bot.demo.world import CHINESE
from bot.ui.texts import Texts
from tests.demo.driver import DemoProcess, Tab, chromium, new_tab, until

pytestmark = [pytest.mark.browser, pytest.mark.model]

LIGHTHOUSE = "The lighthouse keeper had not spoken in seven years"


def test_a_story_grows_and_goes_on_and_stops_and_is_tried_again(demo: DemoProcess, browser: Browser) -> None:
    tab = new_tab(browser)
    tab.open(demo.first_line())

    states = tab.tell(LIGHTHOUSE, states=3)
    assert len(states[-1]) > len(states[0])

    before = tab.stories()
    tab.press("Continue")
    tab.acknowledged(before + 1)
    tab.watch()

    _stop_a_story(tab)

    count, stopped = tab.stories(), tab.story()
    tab.press("Retry")
    until(lambda: tab.story() != stopped, "the story is written again, in its own place", 60)
    assert tab.stories() == count
    assert "uncertain" not in tab.status

    assert demo.ctrl_c() == 0, "in the middle of a story"
    until(lambda: not demo.family(), "no process is left")
    assert "Traceback" not in demo.errors.read_text()


def _stop_a_story(tab: Tab) -> None:
    """Press Stop while a long story is written; one that ends before that is written anew."""
    for seed in range(5):
        before = tab.stories()
        tab.write("Once there was a fox who told stories to the moon", length="400", seed=str(seed))
        tab.acknowledged(before + 1)
        until(lambda: "writing…" in tab.story() or tab.finished(), "the story begins or fails", 60)
        if not tab.finished():
            tab.press("Stop")
            if "Stopped." in tab.watch()[-1]:
                return
    raise AssertionError(f"no story could be stopped: {tab.story()}")


def test_after_kill_9_everything_is_there_again_and_goes_on(tmp_path: Path, browser: Browser) -> None:
    tab = new_tab(browser)
    with DemoProcess(tmp_path) as killed:
        address = killed.first_line()
        tab.open(address)
        tab.say("I was here before")
        story = tab.tell(LIGHTHOUSE)[-1]
        before = tab.stories()
        until(lambda: _seed(story) in _saved(tmp_path), "the world is saved")
        killed.end(signal.SIGKILL)
        until(lambda: not killed.family(), "the engine's process is gone too")

    with DemoProcess(tmp_path, port=killed.port) as demo:
        assert demo.first_line() == address, "the open tab's address still holds"
        tab.page.reload()
        tab.ready()
        assert tab.stories() == before
        assert tab.story() == story
        assert tab.page.get_by_text("I was here before").count()
        tab.press("Continue")
        tab.acknowledged(before + 1)
        tab.watch()
        assert demo.end(signal.SIGTERM) == 0


def test_two_tabs_press_type_and_stream_at_once_for_a_minute_and_both_still_work(
    tmp_path: Path, executable: str
) -> None:
    limits = {"TALELOOM_LIMITS__USER_BURST": "1000", "TALELOOM_LIMITS__SERVER_BURST": "1000"}
    with DemoProcess(tmp_path, environment=limits) as demo, ThreadPoolExecutor(2) as people:
        address, end = demo.first_line(), time.monotonic() + 60
        bob = people.submit(_be_busy, executable, address, "Bob", end)
        cleo = people.submit(_be_busy, executable, address, "Cleo", end)
        said = [*bob.result(), *cleo.result()]
        with chromium(executable) as browser:
            tab = new_tab(browser)
            tab.open(address)
            tab.say("And a third one comes in")
            tab.shows("And a third one comes in")
        world = _saved(tmp_path)
        assert [text for text in said if text not in world] == []
        assert demo.end(signal.SIGTERM) == 0


def _be_busy(executable: str, address: str, name: str, end: float) -> list[str]:
    """Do all there is to do in a tab of one's own, until the end; give what was said."""
    said: list[str] = []
    with chromium(executable) as browser:
        tab = new_tab(browser)
        tab.open(address)
        tab.act_as(name)
        while time.monotonic() < end or len(said) < 6:
            if len(said) % 6 == 0:
                tab.write(f"{name} began story number {len(said)}", length="60")
            elif len(said) % 6 == 3:
                tab.run("ping")
            elif len(said) % 6 == 5 and tab.page.locator(".component-button").filter(has_text="Continue").count():
                tab.page.locator(".component-button").filter(has_text="Continue").last.click()
            text = f"{name} says {len(said)}"
            tab.say(text)
            tab.shows(text)
            assert "uncertain" not in tab.status
            said.append(text)
    return said


def _seed(story: str) -> str:
    """Give the line of small print."""
    return story.splitlines()[-1]


def _saved(folder: Path) -> str:
    """Give all that is written down of a world, as far as it is text."""
    from bot.demo.world import WorldFile

    saved = WorldFile(folder / "demo" / "world.json").load()
    return saved[1].decode("utf-8", errors="replace") if saved else ""


def test_the_readmes_pictures(tmp_path: Path, browser: Browser) -> None:
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path)
    tab = new_tab(browser)
    with DemoProcess(tmp_path) as demo:
        tab.open(demo.first_line())
        demo.quiet()
        tab.page.locator("#messages-toggle").click()
        _take_english_pictures(tab, folder)
        _take_the_picture_of_voices(tab, folder)
        _take_pictures_of_panels(tab, folder, tmp_path)
        assert demo.end() == 0
    with DemoProcess(tmp_path, "--channel", "中文故事") as demo:
        tab.open(demo.first_line())
        tab.page.locator("#messages-toggle").click()
        until(lambda: demo.errors.read_text().count("model loaded") == 2, "the second demo's model is loaded", 90)
        _take_the_chinese_picture(tab, folder)


def _take_english_pictures(tab: Tab, folder: Path) -> None:
    tab.write(LIGHTHOUSE, seed="11")
    until(lambda: ("writing…" in tab.story() and len(tab.story()) > 200) or tab.finished(), "the story grows", 60)
    tab.picture(folder / "demo-write.png")
    tab.watch()
    tab.press("Continue")
    tab.acknowledged(2)
    second = _good(tab)
    tab.picture(folder / "demo-continue.png")
    for _ in range(8):
        tab.press("Retry")
        until(lambda: tab.story() != second and tab.finished(), "another variant stands in its place", 60)
        if tab.page.locator(".component-button").filter(has_text="2/2").count():
            break
    tab.press("◀")
    until(lambda: tab.story() == second, "the variant before is shown again")
    tab.picture(folder / "demo-variants.png")
    tab.press("Undo")
    until(lambda: tab.story().startswith("The story now ends like this:"), "the passage is undone")
    tab.picture(folder / "demo-undo.png")
    before = tab.stories()
    tab.run("settings show")
    tab.acknowledged(before + 1)
    tab.picture(folder / "demo-settings.png")
    tab.press("Edit")
    tab.form()
    tab.picture(folder / "demo-edit.png")
    tab.page.keyboard.press("Escape")


def _take_the_picture_of_voices(tab: Tab, folder: Path) -> None:
    """Show the voices as they are offered, all of those with an e, then let one of them tell a story."""
    tab.pick("write")
    tab.page.keyboard.insert_text("There was a knock at the door")
    tab.option("voice")
    tab.page.keyboard.type("e")
    voice = tab.page.locator("[role=option]:visible").filter(has_text="detective").first
    voice.wait_for()
    tab.picture(folder / "demo-voices.png")
    before = tab.stories()
    voice.click()
    tab.send()
    tab.acknowledged(before + 1)
    assert "detective" in _good(tab)


def _take_pictures_of_panels(tab: Tab, folder: Path, aside: Path) -> None:
    """Click through what one sets; pictures that the README does not show are kept aside, to be looked at."""
    tab.page.set_viewport_size({"width": 1100, "height": 760})
    _open(tab, "settings panel")
    tab.choose("press")
    tab.choose("everyone", 1)
    tab.picture(folder / "demo-panel.png")

    _open(tab, "me settings")
    tab.choose("preset")
    tab.choose("vivid", 1)
    tab.picture(aside / "demo-me.png")

    _open(tab, "presets panel")
    _make_preset(tab, "Moonlit", "Slow and silver, for quiet scenes", "temperature 0.7\nrepetition_penalty 1.15")
    _make_preset(tab, "Carnival", "Loud, quick, anything goes", "temperature 1.1\ntop_p 0.98")
    # The page keeps a select at what was chosen in it, whatever the message says since; so a new one is opened.
    _open(tab, "presets panel")
    tab.choose("Moonlit")
    tab.open_select()
    tab.picture(aside / "demo-presets.png")
    tab.page.keyboard.press("Escape")
    tab.press("Edit…")
    tab.form()
    tab.picture(folder / "demo-preset-form.png")
    tab.page.keyboard.press("Escape")

    _open(tab, "safety policy")
    tab.choose("custom", 1)
    tab.choose("violence", 2)
    tab.choose("mask", 3)
    tab.picture(folder / "demo-policy.png")

    _open(tab, "usage")
    picture = tab.messages.last.locator("img").last
    until(lambda: bool(picture.evaluate("image => image.complete && image.naturalWidth > 0")), "the chart is there")
    picture.scroll_into_view_if_needed()
    tab.picture(aside / "demo-usage.png")


def _open(tab: Tab, command: str) -> None:
    before = tab.stories()
    tab.run(command)
    tab.acknowledged(before + 1)
    tab.messages.last.scroll_into_view_if_needed()


def _make_preset(tab: Tab, name: str, meaning: str, values: str) -> None:
    tab.press("New…")
    form = tab.form()
    form.locator("input").first.fill(name)
    form.locator("input").last.fill(meaning)
    form.locator("textarea").fill(values)
    form.get_by_role("button", name="Submit").click()
    until(lambda: tab.story().startswith(f"{name} is there now"), f"{name} is kept; {tab.status}")


def _good(tab: Tab) -> str:
    """Wait for the last story; one that came to nothing is tried again, as its message says."""
    for _ in range(8):
        text = tab.watch()[-1]
        if tab.succeeded():
            return text
        before = tab.stories()
        tab.press("Retry")
        tab.acknowledged(before + 1)
    raise AssertionError(f"no story came of it: {tab.story()}")


def _take_the_chinese_picture(tab: Tab, folder: Path) -> None:
    speak = Texts().speak(CHINESE)
    tab.act_as("小梅")
    tab.page.set_viewport_size({"width": 1100, "height": 900})
    tab.run(speak.name("command", "about"))
    tab.acknowledged(1)
    assert speak("Begin with /write. /help shows all commands.") in tab.story()
    tab.composer.click()
    tab.page.keyboard.type("/")
    option = tab.page.locator("[role=option]:visible").filter(has_text=f"/{speak.name('command', 'write')}")
    option.filter(has_text=speak("Write a story that goes on from your words")).wait_for()
    tab.picture(folder / "demo-chinese.png")
