"""TOML files that an operator may edit, checked as a whole when they are read."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.errors import ConfigurationError

T = TypeVar("T")

ENCODING = "utf-8-sig"
"""Of files that an operator edits: editors of Windows put a mark before UTF-8, which TOML does not know."""


def read_toml(path: Path, kind: TypeAdapter[T]) -> T:
    """Read a file as what it is to hold.

    Args:
        path: The file.
        kind: What it holds.

    Raises:
        ConfigurationError: it cannot be read, is not TOML, or holds something else; names all that is wrong.
    """
    try:
        return kind.validate_python(tomllib.loads(path.read_text(encoding=ENCODING)))
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise ConfigurationError(problem=f"{path.name}: {problems}") from None
    except (OSError, ValueError) as error:
        raise ConfigurationError(problem=f"{path.name}: {error}") from None
