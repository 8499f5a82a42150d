"""Set up `.venv` with exactly the versions locked in `requirements/`, once.

    python3 tools/setup.py [base] [demo] [torch] [dev] [browser]

Only the standard library is used: this is the first thing that runs in a fresh clone. Each group leaves a stamp in
`.venv` with a digest of its lock file, so that a second run does nothing until the lock changes. `TALELOOM_TORCH`
chooses torch's build (`cpu` or `cuda`); without it the CUDA build is taken where `nvidia-smi` is.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts" if os.name == "nt" else "bin") / "python"
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
DEBIAN_BROWSER = ("chromium", "fonts-noto-cjk", "fonts-noto-color-emoji")


def run(*command: str | Path) -> None:
    """Run a command and stop with its exit status if it fails."""
    result = subprocess.run([str(part) for part in command], check=False)
    if result.returncode:
        sys.exit(f"setup: {' '.join(map(str, command[:6]))} … failed (exit {result.returncode}); its message is above")


def create_venv() -> None:
    """Create `.venv`, or say what the system lacks for it."""
    if PYTHON.exists():
        return
    if not (3, 11) <= sys.version_info < (3, 15):
        sys.exit(
            f"setup: Python 3.11 to 3.14 is needed, {sys.executable} is {sys.version.split()[0]}; "
            "name another one: make PYTHON=python3.13 demo"
        )
    print("setup: creating .venv", flush=True)
    result = subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False, capture_output=True, text=True)
    if result.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        print(result.stdout + result.stderr, file=sys.stderr)
        sys.exit(
            "setup: .venv could not be created; on Debian and Ubuntu `apt install python3-venv` brings what it needs"
        )


def install_lock(name: str) -> None:
    """Install one lock file: every package pinned and checked by hash, nothing resolved."""
    print(f"setup: installing requirements/{name}.txt", flush=True)
    lock = ROOT / "requirements" / f"{name}.txt"
    run(PYTHON, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--requirement", lock)


def torch_version() -> str:
    """Give the version of torch that the lock names."""
    for line in (ROOT / "requirements" / "torch-cuda.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("torch=="):
            return line.split()[0].removeprefix("torch==")
    raise SystemExit("setup: requirements/torch-cuda.txt names no torch")


def is_cuda_build(requirement: str, *options: str) -> bool | None:
    """Ask pip which file it would take for torch, without downloading it; None when there is none."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--dry-run", "--no-deps", "--ignore-installed"]
        command += ["--report", str(report), *options, requirement]
        if subprocess.run(command, check=False, capture_output=True).returncode or not report.exists():
            return None
        wheel = json.loads(report.read_text(encoding="utf-8"))["install"][0]
    needs = wheel["metadata"].get("requires_dist", [])
    return any("nvidia" in need or "cuda" in need for need in needs)


def torch_build() -> str:
    """Say which build of torch is wanted: what was set, else CUDA's beside an NVIDIA GPU."""
    return os.environ.get("TALELOOM_TORCH") or ("cuda" if shutil.which("nvidia-smi") else "cpu")


def install_torch() -> None:
    """Install torch: the CUDA build beside an NVIDIA GPU, else a CPU build, never CUDA by accident."""
    if torch_build() == "cuda":
        # To pip, the version is there whichever build of it is.
        run(PYTHON, "-m", "pip", "uninstall", "--quiet", "--yes", "torch")
        install_lock("torch-cuda")
        return
    requirement = f"torch=={torch_version()}"
    for options in ((), ("--index-url", TORCH_CPU_INDEX)):
        if is_cuda_build(requirement, *options) is False:
            print(f"setup: installing {requirement} (CPU build)", flush=True)
            run(PYTHON, "-m", "pip", "install", "--quiet", "--no-deps", "--force-reinstall", *options, requirement)
            break
    else:
        sys.exit(
            f"setup: no CPU build of {requirement} can be reached: the package index offers only the CUDA build "
            f"(several GB) and {TORCH_CPU_INDEX} does not answer. `make demo` needs no torch; to export GPT-2 models, "
            "download the CPU wheel for this Python and set PIP_FIND_LINKS to its folder."
        )
    check = "import sys, torch; sys.exit(torch.version.cuda is not None)"
    if subprocess.run([str(PYTHON), "-c", check], check=False).returncode:
        sys.exit(
            "setup: a CUDA build of torch was installed on a machine without an NVIDIA GPU; remove .venv and try again"
        )


def install_browser() -> None:
    """Install Chromium and fonts for the tests that look at the demo's page."""
    if shutil.which("chromium"):
        return
    if not shutil.which("apt-get") or os.geteuid() != 0:
        print(f"setup: Chromium is missing, its tests will be skipped; as root: apt install {' '.join(DEBIAN_BROWSER)}")
        return
    print("setup: installing Debian's Chromium for the browser tests", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["install", "-y", "-qq", "--no-install-recommends", *DEBIAN_BROWSER]
    for command in (["update", "-qq"], install):
        result = subprocess.run(["apt-get", *command], check=False, env=environment, stdout=subprocess.DEVNULL)
        if result.returncode:
            print("setup: Chromium could not be installed, its tests will be skipped; the message is above")
            return


def digest(group: str) -> str:
    """Give a short digest of what a group installs."""
    names = {"base": ["base"], "demo": ["demo"], "torch": ["torch", "torch-cuda"], "dev": ["dev"]}.get(group, [])
    data = b"".join((ROOT / "requirements" / f"{name}.txt").read_bytes() for name in names)
    return hashlib.sha256(data).hexdigest()[:16]


def install(group: str) -> None:
    """Install one group unless its stamp says that it stands already."""
    if group == "browser":
        install_browser()
        return
    stamp = VENV / f".{group}-{digest(group)}"
    if group == "torch":
        if not os.environ.get("TALELOOM_TORCH") and list(VENV.glob(f"{stamp.name}-*")):
            return  # whichever build was chosen before
        stamp = stamp.with_name(f"{stamp.name}-{torch_build()}")
    if stamp.exists():
        return
    install_lock(group)
    if group == "torch":
        install_torch()
    for old in VENV.glob(f".{group}-*"):
        old.unlink()
    stamp.touch()


def main(groups: list[str]) -> None:
    """Set up what the groups name, in that order; `base` without any."""
    unknown = set(groups) - {"base", "demo", "torch", "dev", "browser"}
    if unknown:
        sys.exit(f"setup: unknown group {', '.join(sorted(unknown))}; there are base, demo, torch, dev, browser")
    create_venv()
    for group in groups or ["base"]:
        install(group)


if __name__ == "__main__":
    main(sys.argv[1:])
