"""All kinds of disguise by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.bench.safety.disguising import FIRST, Disguise

__all__ = ["CHINESE", "FIRST", "LATER"]
LATER: Mapping[str, Disguise] = MappingProxyType({})
CHINESE: Mapping[str, Disguise] = MappingProxyType({})
