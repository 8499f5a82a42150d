"""What the demo takes from the machine."""

from __future__ import annotations

import queue
from pathlib import Path

import pytest

from bot.demo.surroundings import open_browser, page_locale, time_zone


def test_dates_are_chinese_on_a_chinese_machine() -> None:
    assert page_locale({"LANG": "zh_CN.UTF-8"}) == "zh-CN"
    assert page_locale({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}) == "en-US"
    assert page_locale({}) == "en-US"


def test_the_time_zone_is_the_machines(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    assert time_zone({}, link) == "UTC"
    link.symlink_to("/usr/share/zoneinfo/Asia/Shanghai")
    assert time_zone({}, link) == "Asia/Shanghai"
    assert time_zone({"TZ": "Europe/Paris"}, link) == "Europe/Paris"
    assert time_zone({"TZ": "Nowhere/At_All"}, link) == "UTC"


def test_a_browser_is_opened_only_where_there_is_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: queue.Queue[str] = queue.Queue()
    monkeypatch.setattr("webbrowser.open", opened.put)
    assert not open_browser("http://a", {}, "linux")
    assert open_browser("http://b", {"DISPLAY": ":0"}, "linux")
    assert opened.get(timeout=10) == "http://b"
