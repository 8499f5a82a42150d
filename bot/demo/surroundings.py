"""What the demo takes from the machine it runs on: language, time zone, and whether a browser can be opened."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def page_locale(environment: Mapping[str, str] = os.environ) -> str:
    """Give the language in which the page writes dates."""
    language = environment.get("LC_ALL") or environment.get("LC_TIME") or environment.get("LANG") or ""
    return "zh-CN" if language.startswith("zh") else "en-US"


def time_zone(environment: Mapping[str, str] = os.environ, link: Path = Path("/etc/localtime")) -> str:
    """Name the machine's time zone as the IANA does; UTC where it has no name."""
    name = environment.get("TZ") or (str(link.resolve()).partition("zoneinfo/")[2] if link.is_symlink() else "")
    try:
        return ZoneInfo(name).key if name else "UTC"
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"


def open_browser(address: str, environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Open a page in the person's browser; False where there is no screen to show it on."""
    if platform.startswith("linux") and not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        return False
    # In a thread: a browser that is slow to start must not hold up the page it is to show.
    threading.Thread(target=webbrowser.open, args=(address,), name="browser", daemon=True).start()
    return True
