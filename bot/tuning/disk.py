"""A full disk or a read-only folder, told in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from safetensors import SafetensorError

from bot.tuning.errors import DiskError

# What writes checkpoints has no error of its own for a file that cannot be written.
_NOT_WRITTEN = re.compile(r"PytorchStreamWriter|inline_container|iostream|file write failed|No space left|os error")


@contextmanager
def disk_errors_told() -> Iterator[None]:
    """Turn errors of the disk into ours.

    Raises:
        DiskError: a file cannot be read or written.
    """
    try:
        yield
    except BrokenPipeError:
        # Whoever reads has enough, which is no error.
        raise
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise DiskError(reason=f"{where}{error.strerror or error}") from None
    except (RuntimeError, SafetensorError) as error:
        if not _NOT_WRITTEN.search(str(error)):
            raise
        raise DiskError(reason=str(error).splitlines()[0].rstrip(".")) from None
