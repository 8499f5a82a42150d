"""The demo: the real bot in the browser. What is not public in simcord stands in `simcord_private` alone."""

from typing import Final

SIMCORD: Final = "3.2.1"
"""The one version of simcord that `simcord_private` fits; pyproject.toml pins it too."""
