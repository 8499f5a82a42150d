"""How often each source is seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.tuning.errors import BadWeightError

LEAST, MOST = 0.1, 10.0


def read_weights(options: Sequence[str], sources: Sequence[Path]) -> Mapping[Path, float]:
    """Read weights as they are typed, `FILE=2`.

    Args:
        options: A file, or a folder that stands for all that is in it, with its weight.
        sources: The files that documents come from.

    Returns:
        The weight of each source; the last option that names a source decides, and 1 stands for those that none names.

    Raises:
        BadWeightError: it is no number from 0.1 to 10, or names none of the sources.
    """
    found = dict.fromkeys(sources, 1.0)
    for option in options:
        name, _, typed = option.rpartition("=")
        weight = _number(option, typed if name else "")
        named = Path(name).resolve()
        matching = [each for each in sources if named == (own := each.resolve()) or named in own.parents]
        if not matching:
            raise BadWeightError(weight=option, reason=f"{name} is not among the files.")
        found |= dict.fromkeys(matching, weight)
    return found


def _number(option: str, typed: str) -> float:
    try:
        weight = float(typed)
    except ValueError:
        raise BadWeightError(weight=option, reason="it does not end with a number.") from None
    if not LEAST <= weight <= MOST:
        raise BadWeightError(weight=option, reason=f"it is not between {LEAST:g} and {MOST:g}.")
    return weight
