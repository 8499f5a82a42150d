"""`tools/setup.py` and `tools/lock.py`: what a fresh clone is set up with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.store.database import _DRIVERS
from tools import lock, setup

ROOT = Path(__file__).parents[1]


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone whose `.venv` is there already, so that nothing is installed in earnest."""
    (tmp_path / "requirements").symlink_to(ROOT / "requirements")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    for name, value in {"ROOT": tmp_path, "VENV": tmp_path / ".venv", "PYTHON": python}.items():
        monkeypatch.setattr(setup, name, value)
    return tmp_path


def test_a_group_is_installed_once_until_its_lock_changes(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr(setup, "install_lock", installed.append)
    setup.main(["base", "demo"])
    setup.main(["base", "demo"])
    assert installed == ["base", "demo"]

    (clone / "requirements").unlink()
    (clone / "requirements").mkdir()
    for file in (ROOT / "requirements").iterdir():
        added = "\n# changed\n" if file.name == "demo.txt" else ""
        (clone / "requirements" / file.name).write_text(file.read_text() + added)
    setup.main(["base", "demo"])
    assert installed == ["base", "demo", "demo"]
    assert len(list((clone / ".venv").glob(".demo-*"))) == 1


@pytest.mark.parametrize(
    ("choice", "card", "taken"), [("", True, "cuda"), ("cuda", False, "cuda"), ("cpu", True, "cpu")]
)
def test_torch_comes_with_cuda_only_where_that_is_wanted(
    clone: Path, monkeypatch: pytest.MonkeyPatch, choice: str, card: bool, taken: str
) -> None:
    calls: list[str] = []
    monkeypatch.setenv("TALELOOM_TORCH", choice)
    monkeypatch.setattr("tools.setup.shutil.which", lambda _: "/usr/bin/nvidia-smi" if card else None)
    monkeypatch.setattr(setup, "install_lock", lambda _: calls.append("cuda"))
    monkeypatch.setattr(setup, "is_cuda_build", lambda *_: False)
    monkeypatch.setattr(setup, "run", lambda *command: calls.append("cpu") if "install" in command else None)
    monkeypatch.setattr("tools.setup.subprocess.run", lambda *_, **__: type("Done", (), {"returncode": 0}))
    setup.install_torch()
    assert calls == [taken]


def test_another_build_of_torch_is_put_in_the_place_of_the_one_that_is_there(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []
    monkeypatch.setattr(setup, "install_lock", lambda _: None)
    monkeypatch.setattr(setup, "install_torch", lambda: taken.append(setup.torch_build()))
    for build in ("cpu", "cpu", "cuda", "cuda", "", "cpu", ""):
        monkeypatch.setenv("TALELOOM_TORCH", build)
        setup.main(["torch"])
    assert taken == ["cpu", "cuda", "cpu"]
    assert len(list((clone / ".venv").glob(".torch-*"))) == 1


def test_where_only_cuda_can_be_had_nothing_is_installed(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALELOOM_TORCH", "cpu")
    monkeypatch.setattr(setup, "is_cuda_build", lambda *_: True)
    with pytest.raises(SystemExit) as end:
        setup.install_torch()
    assert "no CPU build of torch" in str(end.value)


def test_an_unknown_group_is_named(clone: Path) -> None:
    with pytest.raises(SystemExit) as end:
        setup.main(["bse"])
    assert "unknown group bse" in str(end.value)


def test_the_locks_name_torch_in_one_place_and_cuda_nowhere_else() -> None:
    for file in sorted((ROOT / "requirements").glob("*.txt")):
        names = [lock.name_of(pin) for pin in lock.pins(file)]
        of_the_machine = [name for name in names if lock.OF_THE_MACHINE.match(name)]
        assert "torchvision" not in names
        assert bool(of_the_machine) == (file.stem == "torch-cuda"), file.name
        assert not re.search(r"://|^-", file.read_text(), re.MULTILINE), "an address or an option of one machine"


def test_one_package_has_one_version_in_all_locks() -> None:
    versions: dict[tuple[str, str], str] = {}
    for pin in lock.pins(*(ROOT / "requirements").glob("*.txt")):
        version, _, marker = (part.strip() for part in pin.partition(";"))
        assert versions.setdefault((lock.name_of(pin), marker), version) == version


def test_without_chromium_the_set_up_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tools.setup.shutil.which", lambda name: None if name == "chromium" else f"/usr/bin/{name}")
    monkeypatch.setattr("tools.setup.os.geteuid", lambda: 0)
    monkeypatch.setattr("tools.setup.subprocess.run", lambda *_, **__: type("Done", (), {"returncode": 100}))
    setup.install_browser()
    assert "will be skipped" in capsys.readouterr().out


def test_what_every_database_needs_is_installed_with_the_bot() -> None:
    locked = {lock.name_of(pin) for pin in lock.pins(ROOT / "requirements" / "base.txt")}
    assert {address.partition("+")[2] for address in _DRIVERS.values()} <= locked
