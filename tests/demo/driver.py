"""Starts the demo as a person does, and does in its page what a person does."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from playwright.sync_api import Browser, Locator, Page, sync_playwright
from playwright.sync_api import TimeoutError as NotYetError

ROOT = Path(__file__).resolve().parents[2]
STORIES = "#channel-message-list > article:has(.avatar-bot)"
PATIENCE_MS = 90_000  # a busy machine loads the model in seconds, and writes a story in some more


def free_port() -> int:
    """Give a port that nobody uses just now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        number: int = taken.getsockname()[1]
        return number


class DemoProcess:
    """`python -m bot demo` with a folder of its own; killed with all it started when the context ends."""

    def __init__(
        self, data_dir: Path, *arguments: str, port: int | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        data_dir.mkdir(parents=True, exist_ok=True)
        self.port = port or free_port()
        self.errors = data_dir / "stderr.txt"
        command = [sys.executable, "-m", "bot", "demo", "--port", str(self.port), "--no-browser", *arguments]
        with self.errors.open("a") as errors:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, "TALELOOM_DATA_DIR": str(data_dir), **(environment or {})},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process to signal."""
        return self._process.pid

    def first_line(self) -> str:
        """Read the first line of standard output."""
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def end(self, number: signal.Signals = signal.SIGINT, patience: float = 60) -> int:
        """Send a signal and give the exit status."""
        self._process.send_signal(number)
        return self._process.wait(patience)

    def ctrl_c(self, patience: float = 60) -> int:
        """Do what a terminal does: interrupt all processes at once; give the exit status."""
        os.killpg(self.pid, signal.SIGINT)
        return self._process.wait(patience)

    def quiet(self) -> None:
        """Wait until the games that a new demo lays out are there: until nothing is logged for some seconds."""
        for _ in range(20):
            size = self.errors.stat().st_size
            time.sleep(4)
            if size and self.errors.stat().st_size == size:
                return

    def family(self) -> list[int]:
        """Give the processes that belong to this demo and still run."""
        return [pid for pid, group in _sessions() if group == self.pid]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for pid in self.family():
            os.kill(pid, signal.SIGKILL)
        assert self._process.stdout
        self._process.stdout.close()


def _sessions() -> Iterator[tuple[int, int]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                rest = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if rest[0] != "Z":
                yield int(folder.name), int(rest[3])


def until(holds: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Wait until something holds, looking several times a second."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"did not happen in {seconds} s: {what}"
        time.sleep(0.05)


class Tab:
    """One tab of the demo's page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE_MS)

    def open(self, address: str) -> None:
        """Open the page and wait until it shows the channel."""
        self.page.goto(address)
        self.ready()

    def ready(self) -> None:
        """Wait until everything is drawn."""
        self.page.wait_for_function("() => window.simcordPreview?.ready === true")
        self.composer.wait_for()

    @property
    def composer(self) -> Locator:
        """Where one types."""
        return self.page.locator("#channel-composer-input")

    @property
    def status(self) -> str:
        """What the page says about the last action."""
        return self.page.locator("#action-status").inner_text()

    def act_as(self, shown: str) -> None:
        """Choose who one is."""
        picker = self.page.locator("#viewer-picker")
        value = next(
            option.get_attribute("value") for option in picker.locator("option").all() if shown in option.inner_text()
        )
        picker.select_option(value)
        self.page.wait_for_function(
            "value => window.simcordPreview.ready && document.querySelector('#viewer-picker').value === value",
            arg=value,
        )

    @property
    def messages(self) -> Locator:
        """The messages, the oldest first."""
        return self.page.locator("#channel-message-list > article")

    def story(self, number: int = -1) -> str:
        """The text of the n-th message that is a story or becomes one, without the page's own words around it."""
        return self.page.locator(STORIES).nth(number).locator(".message-content").inner_text()

    def stories(self) -> int:
        """How many messages the bot has in the channel."""
        return self.page.locator(STORIES).count()

    def write(self, prompt: str, **options: str) -> None:
        """Type `/write` with a prompt and options, and send it."""
        self.pick("write")
        self.page.keyboard.insert_text(prompt)
        for name, value in options.items():
            self.option(name)
            self.page.keyboard.insert_text(value)
        self._enter(lambda: self.page.locator(".command-chip").count() == 0, prompt)

    def option(self, name: str) -> None:
        """Begin to fill in an option of the typed command; what is suggested for the one before may cover the list."""
        option = self.page.locator("[role=option]:visible").filter(has_text=name).first
        for _ in range(10):
            self.page.locator(".command-ghost").click()
            try:
                option.click(timeout=1_000)
            except NotYetError:
                continue
            return
        raise AssertionError(f"{name} is not offered: {self.status}")

    def run(self, command: str) -> None:
        """Type a command without options, and send it."""
        self.pick(command)
        self.send()

    def send(self) -> None:
        """Click on what sends the command that is typed."""
        self.page.locator("#send-message, .command-send").last.click()

    def pick(self, name: str) -> None:
        """Type a slash and the name of a command, and choose it."""
        self.composer.click()
        self.page.keyboard.type(f"/{name}")
        self.page.locator("[role=option]:visible").first.wait_for()
        self.page.keyboard.press("Enter")

    def say(self, text: str) -> None:
        """Type an ordinary message and send it; what is typed next waits until it is sent."""
        self.composer.fill(text)
        self._enter(lambda: self.composer.input_value() == "", text)

    def _enter(self, sent: Callable[[], bool], what: str) -> None:
        """Press Enter; the page takes it for nothing while it does something else, so press again then."""
        end = time.monotonic() + PATIENCE_MS / 1000
        while time.monotonic() < end:
            self.page.keyboard.press("Enter")
            for _ in range(20):
                if sent():
                    return
                time.sleep(0.05)
        raise AssertionError(f"{what} was not sent: {self.status}")

    def press(self, label: str) -> None:
        """Press the last button of that name."""
        self.page.locator(".component-button").filter(has_text=label).last.click()

    def choose(self, value: str, number: int = 0) -> None:
        """Choose in the n-th select of the last message, and wait until the message shows it chosen."""
        select = self.messages.last.locator(".select-trigger").nth(number)
        option = self.page.locator(f'.select-option[data-value="{value}"]:visible')
        for tries_left in (2, 1, 0):
            self.open_select(number)
            shown = option.locator(".option-label").inner_text()
            option.click()
            try:
                until(
                    lambda shown=shown: not option.count() and select.inner_text().strip() == shown,  # type: ignore[misc]
                    f"{value} is chosen; {self.status}",
                    15,
                )
                break
            except AssertionError:
                # The page takes a click for nothing while it publishes what happened elsewhere.
                if not tries_left:
                    raise
                self.page.keyboard.press("Escape")
        self.page.wait_for_function("() => window.simcordPreview.ready === true")

    def open_select(self, number: int = 0) -> Locator:
        """Open the n-th select of the last message, and give its options."""
        self.messages.last.locator(".select-trigger").nth(number).click()
        options = self.page.locator(".select-options:visible")
        options.wait_for()
        return options

    def form(self) -> Locator:
        """Wait for the form that is open, and give it."""
        form = self.page.locator("dialog[open], [role=dialog]").first
        form.wait_for()
        return form

    def finished(self) -> bool:
        """Say whether the last of the bot's messages has come to its end, be it a good one or not."""
        return self.page.locator(STORIES).last.locator(".component-button").filter(has_text="Retry").count() > 0

    def succeeded(self) -> bool:
        """Say whether the last of the bot's messages can be continued."""
        return self.page.locator(STORIES).last.locator(".component-button").filter(has_text="Continue").count() > 0

    def picture(self, path: Path) -> None:
        """Save what the tab shows, with nothing under the mouse and no button in focus."""
        self.page.mouse.move(0, 0)
        self.page.evaluate("document.activeElement.matches('.component-button') && document.activeElement.blur()")
        self.page.wait_for_function("() => window.simcordPreview.ready === true")
        self.page.screenshot(path=path)

    def shows(self, text: str) -> None:
        """Wait until a message with this text is there."""
        until(lambda: self.messages.get_by_text(text, exact=True).count() > 0, f"{text} is shown; {self.status}")

    def acknowledged(self, count: int) -> None:
        """Wait until the bot has so many messages."""
        until(lambda: self.stories() == count, f"the bot has {count} messages")

    def tell(self, prompt: str, states: int = 1, tries: int = 8, **options: str) -> list[str]:
        """Have a story written and give every state it was seen in; with another seed where it fails or is too short.

        Args:
            prompt: How it begins.
            states: The fewest states to be seen that begin with the prompt.
            tries: So many seeds are tried.
            options: Of `/write`.
        """
        for seed in range(tries):
            before = self.stories()
            self.write(prompt, seed=str(seed), **options)
            self.acknowledged(before + 1)
            seen = [state for state in self.watch() if state.startswith(prompt)]
            if self.succeeded() and len(seen) >= states:
                return seen
        raise AssertionError(f"no story came of {prompt!r}: {self.story()}")

    def watch(self, seconds: float = PATIENCE_MS / 1000) -> list[str]:
        """Watch the last story until it is finished, and give every state it was seen in."""
        seen: list[str] = []

        def over() -> bool:
            done = self.finished()
            if not seen or seen[-1] != self.story():
                seen.append(self.story())
            return done

        until(over, "the story ends", seconds)
        return seen


@contextmanager
def chromium(executable: str) -> Iterator[Browser]:
    """Start a browser without a screen."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def new_tab(browser: Browser, width: int = 1100, height: int = 720) -> Tab:
    """Open an empty tab, on its own so that nothing is shared with another."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=1, bypass_csp=True, color_scheme="dark"
    )
    return Tab(context.new_page())
