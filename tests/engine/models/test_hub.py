from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from huggingface_hub import constants

from bot.engine.errors import ModelUnavailableError
from bot.engine.models import hub
from bot.engine.models.backend import Running
from bot.engine.models.export import is_exported
from bot.engine.models.library import ModelLibrary
from bot.engine.models.profiles import ModelProfile
from bot.engine.models.progress import Progress, Stage
from bot.engine.models.registry import load_registry
from tests.engine.models.conftest import CHECKPOINTS, WheelShelf, files_under

COMMIT = "b" * 40
NOBODY_LISTENS = "http://127.0.0.1:9"


def quiet(_: Progress) -> None:
    pass


class HubHandler(BaseHTTPRequestHandler):
    """As much of the hub as a snapshot needs: `acme/tiny`, with whatever files the server was given."""

    server: HubServer

    def log_message(self, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        self.server.asked.append(path)
        if path == f"/api/models/acme/tiny/revision/{self.server.revision}":
            siblings = [{"rfilename": name} for name in self.server.files]
            self.say(200, json.dumps({"id": "acme/tiny", "sha": COMMIT, "siblings": siblings}).encode())
        elif path.startswith("/acme/tiny/resolve/") and (name := path.rsplit("/", 1)[-1]) in self.server.files:
            self.say(200, self.server.files[name])
        elif "acme/secret" in path:
            self.say(401, b"{}", GatedRepo="gated")
        else:
            self.say(404, b"{}", error="RepoNotFound")

    def say(self, status: int, body: bytes, **errors: str) -> None:
        self.send_response(status)
        for value in errors.values():
            self.send_header("X-Error-Code", value)
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("ETag", f'"{hashlib.sha1(body).hexdigest()}"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)


class HubServer(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), HubHandler)
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.revision = "main"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    with HubServer() as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        monkeypatch.setenv("HF_ENDPOINT", running.address)
        yield running
        running.shutdown()
        thread.join()


def profile_of(location: str, revision: str | None = None) -> ModelProfile:
    return ModelProfile(name=location, source="hub", location=location, revision=revision)


def test_a_snapshot_holds_safetensors_and_never_a_pickle(tmp_path: Path, server: HubServer) -> None:
    server.files = {file.name: file.read_bytes() for file in (CHECKPOINTS / "gpt2-tiny").iterdir()}
    server.files |= {
        "pytorch_model.bin": b"a pickle",
        "modeling_tiny.py": b"raise SystemExit",
        "flax_model.msgpack": b"",
    }
    library = ModelLibrary(tmp_path / "cache", hub_cache=tmp_path / "hub")
    folder = hub.fetch_snapshot(library.profile("acme/tiny"), tmp_path / "hub", quiet)
    assert {file.name for file in folder.iterdir()} == {file.name for file in (CHECKPOINTS / "gpt2-tiny").iterdir()}
    assert not any(path.endswith((".bin", ".py", ".msgpack")) for path in server.asked)
    assert hub.cached_snapshot("acme/tiny", "main", tmp_path / "hub") == folder
    profile = library.profile("acme/tiny")
    assert (profile.licence, profile.languages, profile.context) == ("mit", ("en",), 512)
    assert profile.special_tokens == ("<|endoftext|>",)


def test_a_repository_without_safetensors_is_refused(tmp_path: Path, server: HubServer) -> None:
    server.files = {"config.json": b"{}", "tokenizer.json": b"{}", "pytorch_model.bin": b"a pickle"}
    with pytest.raises(ModelUnavailableError, match="does not hold safetensors weights"):
        ModelLibrary(tmp_path / "cache", hub_cache=tmp_path / "hub").prepare("acme/tiny", quiet)
    assert files_under(tmp_path / "cache") == []


@pytest.mark.parametrize("name", ["acme/nothing", "acme/secret", "acme/tiny@v9"])
def test_a_repository_that_the_hub_does_not_give_is_said(tmp_path: Path, server: HubServer, name: str) -> None:
    with pytest.raises(ModelUnavailableError, match=r"the hub has no acme/.* private or gated"):
        ModelLibrary(tmp_path / "cache", hub_cache=tmp_path / "hub").prepare(name, quiet)


def test_where_the_hub_does_not_answer_one_line_says_what_was_tried_and_what_works(
    tmp_path: Path, shelf: WheelShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", NOBODY_LISTENS)
    registry = {"tiny": shelf.registered, "gpt2": load_registry()["gpt2"]}
    torch = Running("torch", "bfloat16")
    library = ModelLibrary(tmp_path / "cache", registry=registry, hub_cache=tmp_path / "hub", running=torch)
    library.prepare("tiny", quiet)
    with pytest.raises(ModelUnavailableError) as caught:
        library.prepare("gpt2", quiet)
    said = str(caught.value)
    assert said.startswith(f"The model gpt2 is not available: the hub at {NOBODY_LISTENS} did not answer")
    assert "openai-community/gpt2 (revision 607a30d783df)" in said
    assert said.endswith("about 498 MB are needed from there, once. Ready to use now: tiny.")
    assert "\n" not in said


def test_a_hub_cache_that_cannot_be_written_is_said_in_one_line(tmp_path: Path, server: HubServer) -> None:
    server.files = {"config.json": b"{}"}
    (tmp_path / "hub").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(ModelUnavailableError, match=r"fetching acme/tiny \(revision main\) failed"):
        ModelLibrary(tmp_path / "cache", hub_cache=tmp_path / "hub").prepare("acme/tiny", quiet)


def test_a_model_in_the_hub_cache_is_exported_without_the_hub_and_then_is_the_default(
    tmp_path: Path, hub_cache: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", NOBODY_LISTENS)
    cache = hub_cache("openai-community/gpt2", "gpt2-tiny")
    shipped = load_registry()["gpt2"]
    pinned = type(shipped)(ModelProfile(name="gpt2", source="hub", location="openai-community/gpt2", revision="a" * 40))
    registry = {"gpt2": pinned}
    library = ModelLibrary(tmp_path / "cache", registry=registry, hub_cache=cache)
    assert library.default_name(None) == "gpt2"
    stages: list[Stage] = []
    path = library.prepare("gpt2", lambda step: stages.append(step.stage))
    assert is_exported(path)
    assert set(stages) == {Stage.EXPORT, Stage.DONE}
    assert {name.split("/")[1] for name in files_under(tmp_path / "cache")} == {path.name}
    offline = ModelLibrary(tmp_path / "cache", registry=registry, hub_cache=tmp_path / "empty")
    assert offline.default_name(None) == "gpt2"
    unnamed = ModelLibrary(tmp_path / "cache", registry={}, hub_cache=tmp_path / "empty")
    assert [state.profile.name for state in unnamed.states()] == ["gpt2"]
    assert library.remove("gpt2") > 1_000_000


def test_the_hub_is_asked_whether_it_answers(
    server: HubServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    library = ModelLibrary(tmp_path)
    monkeypatch.setattr(constants, "ENDPOINT", server.address)
    assert library.reachable()
    monkeypatch.setattr(constants, "ENDPOINT", NOBODY_LISTENS)
    assert not library.reachable()


def test_the_hub_cache_is_the_users_own_unless_another_is_given() -> None:
    assert hub.default_cache() == Path(constants.HF_HUB_CACHE)


def test_a_snapshot_is_only_taken_as_cached_when_it_is_whole(hub_cache: Callable[[str, str], Path]) -> None:
    cache = hub_cache("acme/tiny", "gpt2-tiny")
    found = hub.cached_snapshot("acme/tiny", "main", cache)
    assert found
    (found / "model.safetensors").rename(found / "model-00001-of-00002.safetensors")
    assert hub.cached_snapshot("acme/tiny", "main", cache) is None
    (found / "model-00002-of-00002.safetensors").touch()
    assert hub.cached_snapshot("acme/tiny", "main", cache) == found
    (found / "model.safetensors.index.json").write_text('{"weight_map": {"a": "more.safetensors"}}', encoding="utf-8")
    assert hub.cached_snapshot("acme/tiny", "main", cache) is None
    for weights in found.glob("*.safetensors"):
        weights.unlink()
    assert hub.cached_snapshot("acme/tiny", "main", cache) is None
    assert hub.cached_snapshot("acme/other", "main", cache) is None
