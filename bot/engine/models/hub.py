"""Repositories of the Hugging Face hub, as far as they are safetensors.

Run as a program it brings a snapshot into the hub's cache: `python -m bot.engine.models.hub REPOSITORY REVISION CACHE`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.engine.models.children import answer, end_with_parent, run_module
from bot.engine.models.description import read_json
from bot.engine.models.folders import size_of
from bot.engine.models.problems import CannotPrepareError
from bot.engine.models.profiles import ModelProfile
from bot.engine.models.progress import Progress, Report, Stage

INDEX = "model.safetensors.index.json"
PART = re.compile(r"(?P<name>.+)-\d{5}-of-(?P<count>\d{5})\.safetensors")
"""One of several files of weights."""
TOKENIZER_FILES = ("tokenizer.json", "vocab.txt", "vocab.json", "*.model")
PATTERNS = (
    "config.json",
    "generation_config.json",
    "README.md",
    "*.safetensors",
    "*.safetensors.index.json",
    "merges.txt",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    *TOKENIZER_FILES,
)
CONNECT_SECONDS = 5.0
REPOSITORY = re.compile(r"^(?=.{3,96}$)[A-Za-z0-9][\w.-]*/[A-Za-z0-9]([\w.-]*\w)?$", re.ASCII)


def default_cache() -> Path:
    """The hub cache that every Hugging Face program of this user shares."""
    from huggingface_hub import constants  # noqa: PLC0415 - importing it takes a quarter of a second

    return Path(constants.HF_HUB_CACHE)


def reachable(seconds: float = 3.0) -> bool:
    """Ask whether the hub answers.

    Args:
        seconds: How long to wait for it.
    """
    from httpx import HTTPError  # noqa: PLC0415
    from huggingface_hub import constants, get_session  # noqa: PLC0415

    try:
        get_session().head(constants.ENDPOINT, timeout=seconds)
    except (HTTPError, OSError):
        return False
    return True


def is_repository(name: str) -> bool:
    """Tell whether the hub would take a name as `owner/name`."""
    return REPOSITORY.match(name) is not None and "--" not in name and ".." not in name


def cached_snapshot(location: str, revision: str, cache: Path) -> Path | None:
    """Find a whole snapshot in the hub's cache, without asking the hub."""
    from huggingface_hub import try_to_load_from_cache  # noqa: PLC0415

    config = try_to_load_from_cache(location, "config.json", cache_dir=cache, revision=revision)
    folder = Path(config).parent if isinstance(config, str) else None
    return folder if folder and is_checkpoint(folder) else None


def is_checkpoint(folder: Path) -> bool:
    """Tell whether a folder holds a config, a tokenizer and safetensors weights, all parts of them."""
    tokenizer = any(next(folder.glob(pattern), None) for pattern in TOKENIZER_FILES)
    return (folder / "config.json").is_file() and tokenizer and _has_all_weights(folder)


def _has_all_weights(folder: Path) -> bool:
    """Tell whether there are weights, and none of the files is missing that an index or the others' names speak of."""
    there = {file.name for file in folder.glob("*.safetensors")}
    wanted = set(read_json(folder / INDEX).get("weight_map", {}).values())
    for name in there:
        if part := PART.fullmatch(name):
            numbers = range(1, int(part["count"]) + 1)
            wanted |= {f"{part['name']}-{number:05}-of-{part['count']}.safetensors" for number in numbers}
    return bool(there) and wanted <= there


def fetch_snapshot(profile: ModelProfile, cache: Path, report: Report) -> Path:
    """Bring a repository's snapshot into the hub's cache and give its folder.

    Raises:
        CannotPrepareError: with the reason.
    """
    revision = profile.revision or "main"
    if found := cached_snapshot(profile.location, revision, cache):
        return found
    repository = cache / f"models--{profile.location.replace('/', '--')}"
    before = size_of(repository)
    total = profile.parameters * 4 if profile.parameters else None
    said = run_module(
        "bot.engine.models.hub",
        profile.location,
        revision,
        cache,
        extra_env={"HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_TELEMETRY": "1"},
        poll=lambda: report(Progress(Stage.DOWNLOAD, max(0, size_of(repository) - before), total)),
    )
    if folder := said.get("folder"):
        return Path(folder)
    raise CannotPrepareError(_reason(profile, revision, total, said))


def _reason(profile: ModelProfile, revision: str, total: int | None, said: Mapping[str, str]) -> str:
    where = f"{profile.location} (revision {revision[:12]})"
    size = f"about {total / 1e6:,.0f} MB" if total else "its weights"
    detail = said.get("detail", "").rstrip(".")
    reasons = {
        "unreachable": f"the hub at {said.get('endpoint')} did not answer when asked for {where} ({detail}); "
        f"{size} are needed from there, once.",
        "unknown": f"the hub has no {where}, or it is private or gated; then set HF_TOKEN to a token that may read it.",
        "incomplete": f"{where} does not hold safetensors weights with a config and a tokenizer; "
        "weights of another kind are not loaded.",
    }
    return reasons.get(said.get("error", ""), f"fetching {where} failed ({detail}).")


def main(location: str, revision: str, cache: str) -> None:
    """In the child: download, then answer with the folder or with what was wrong."""
    from httpx import HTTPError  # noqa: PLC0415
    from huggingface_hub import constants, snapshot_download  # noqa: PLC0415
    from huggingface_hub.errors import (  # noqa: PLC0415
        HfHubHTTPError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    try:
        folder = snapshot_download(
            location,
            revision=revision,
            cache_dir=cache,
            allow_patterns=list(PATTERNS),
            etag_timeout=CONNECT_SECONDS,
        )
    except (RepositoryNotFoundError, RevisionNotFoundError) as error:
        answer(error="unknown", detail=_first_line(error))
    except (LocalEntryNotFoundError, HTTPError) as error:
        if (
            isinstance(error, HfHubHTTPError)
            and error.response is not None
            and error.response.status_code in (401, 403)
        ):
            answer(error="unknown", detail=_first_line(error))
        else:
            cause = error.__cause__ or error
            answer(error="unreachable", endpoint=constants.ENDPOINT, detail=_first_line(cause))
    except (OSError, ValueError) as error:
        answer(error="failed", detail=_first_line(error))
    else:
        complete = is_checkpoint(Path(folder))
        answer(**{"folder": folder} if complete else {"error": "incomplete"})


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


if __name__ == "__main__":
    end_with_parent()
    main(*sys.argv[1:])
