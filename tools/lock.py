"""Lock every version that gets installed: `requirements/*.txt`, with hashes, for every platform and Python there is.

    python3 tools/lock.py [--upgrade]

Without `--upgrade` what is locked stays as it is, and only what `pyproject.toml` newly names is added. uv resolves; it
is installed into a folder that is thrown away, so that neither this machine nor `.venv` has to have it.

`torch.txt` holds what the torch group needs beside torch: torch itself, and CUDA, are in `torch-cuda.txt`, because
which build of torch is installed depends on the machine (`tools/setup.py`). torchvision, which optimum-intel names, is
needed by nothing here and would bring the CUDA build along.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
UV = "uv==0.13.9"
OLDEST_PYTHON = "3.11"
OF_THE_MACHINE = re.compile(r"^(nvidia-(?!ml-py)|cuda-|triton$|torch$|torchvision$)")
GROUPS = {"base": (), "demo": ("demo",), "dev": ("demo", "dev"), "torch": ("torch",)}


def install_uv(folder: Path) -> Path:
    """Put uv into a virtual environment of its own, and give its program."""
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([str(programs / "python"), "-m", "pip", "install", "--quiet", UV], check=True)
    return programs / "uv"


def pins(*locks: Path) -> list[str]:
    """Give the lines `name==version ; marker` of lock files, without their hashes."""
    lines = (line for lock in locks if lock.exists() for line in lock.read_text(encoding="utf-8").splitlines())
    return sorted({line.removesuffix("\\").strip() for line in lines if line and not line.startswith((" ", "#"))})


def name_of(pin: str) -> str:
    """Give the package's name."""
    return re.split(r"[=\s;\[]", pin, maxsplit=1)[0]


class Locker:
    """Runs uv over `pyproject.toml`.

    Args:
        uv: Its program.
        constraints: A file with the versions to be taken.
    """

    def __init__(self, uv: Path, constraints: Path) -> None:
        self._uv = uv
        self._constraints = constraints

    def compile(self, source: Path, to: Path, *options: str) -> None:
        """Resolve one input and write its lock file."""
        command = [str(self._uv), "pip", "compile", str(source), "--output-file", str(to), "--quiet", "--universal"]
        command += ["--python-version", OLDEST_PYTHON, "--generate-hashes", "--no-header", "--no-annotate"]
        command += ["--constraint", str(self._constraints), *options]
        to.unlink(missing_ok=True)  # what an old file holds would be preferred
        subprocess.run(command, check=True, cwd=ROOT)


def main() -> None:
    """Write all lock files."""
    parser = argparse.ArgumentParser(description="Lock every version that gets installed.")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that pyproject.toml allows")
    upgrade = parser.parse_args().upgrade
    project = ROOT / "pyproject.toml"
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        constraints = work / "constraints.txt"
        constraints.write_text("" if upgrade else "\n".join(pins(*LOCKS.glob("*.txt"))), encoding="utf-8")
        locker = Locker(install_uv(work / "uv"), constraints)

        everything = work / "everything.txt"
        locker.compile(project, everything, "--all-extras")
        constraints.write_text("\n".join(pins(everything)), encoding="utf-8")
        machine = sorted({name for name in map(name_of, pins(everything)) if OF_THE_MACHINE.match(name)})
        left_out = [part for name in machine for part in ("--no-emit-package", name)]
        for group, extras in GROUPS.items():
            options = [part for extra in extras for part in ("--extra", extra)]
            locker.compile(project, LOCKS / f"{group}.txt", *options, *(left_out if group == "torch" else []))

        torch = work / "torch.in"
        torch.write_text(next(pin for pin in pins(everything) if name_of(pin) == "torch"), encoding="utf-8")
        locker.compile(torch, LOCKS / "torch-cuda.txt")
    print(f"{len(pins(*LOCKS.glob('*.txt')))} packages are locked in requirements/")


if __name__ == "__main__":
    main()
