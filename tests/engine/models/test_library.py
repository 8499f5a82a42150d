from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from bot.engine.errors import ModelUnavailableError, UnknownModelError
from bot.engine.models.children import ChildResult, read_answer
from bot.engine.models.library import ModelLibrary
from bot.engine.models.own import write_description
from bot.engine.models.registry import EMBEDDED
from config.settings import VOICES
from tests.engine.models.conftest import CHECKPOINTS
from tests.engine.models.ggufs import write_llama


@pytest.fixture
def library(tmp_path: Path) -> ModelLibrary:
    return ModelLibrary(tmp_path / "cache", hub_cache=tmp_path / "hub")


@pytest.mark.parametrize("name", ["gpt-2", "", "../elsewhere", "a/b/c", "/no/such/folder", "owner/", "x y/z", "a/b--c"])
def test_a_name_that_no_model_has_is_refused_with_the_known_ones(library: ModelLibrary, name: str) -> None:
    with pytest.raises(UnknownModelError, match=f"Known models: smollm2-135m, {', '.join(VOICES)}, distilgpt2, gpt2"):
        library.profile(name)


def test_a_folder_that_is_no_model_is_refused(library: ModelLibrary, tmp_path: Path) -> None:
    with pytest.raises(UnknownModelError):
        library.profile(str(tmp_path))


def test_any_hub_id_is_a_model_with_a_revision_if_one_is_named(library: ModelLibrary) -> None:
    assert library.profile("acme/tiny").revision == "main"
    profile = library.profile("acme/tiny@refs/pr/3")
    assert (profile.source, profile.location, profile.revision) == ("hub", "acme/tiny", "refs/pr/3")
    assert profile.context is None


def test_a_local_checkpoint_describes_itself(library: ModelLibrary) -> None:
    profile = library.profile(str(CHECKPOINTS / "gpt2-tiny-zh"))
    assert (profile.source, profile.context, profile.languages) == ("folder", 512, ("zh",))
    assert "[SEP]" in profile.special_tokens
    assert library.ready(str(CHECKPOINTS / "gpt2-tiny-zh")) is None


def test_a_checkpoint_that_changes_is_exported_anew(tmp_path: Path, exported_tiny: Path) -> None:
    checkpoint = tmp_path / "mine"
    shutil.copytree(CHECKPOINTS / "gpt2-tiny", checkpoint)
    library = ModelLibrary(tmp_path / "cache")
    key = next(iter(_keys_by_building(library, checkpoint, exported_tiny)))
    assert library.ready(str(checkpoint)) == tmp_path / "cache" / "models" / key
    os.utime(checkpoint / "model.safetensors", (1, 1))
    assert library.ready(str(checkpoint)) is None


def _keys_by_building(library: ModelLibrary, checkpoint: Path, exported: Path) -> list[str]:
    """Put an export where the library would have put it."""
    root = library._folders.root
    root.mkdir(parents=True)
    key = library._converted_key(library.profile(str(checkpoint)))
    shutil.copytree(exported, root / key)
    return [key]


def test_the_default_is_what_is_set_or_the_embedded_model_where_gpt2_is_not_here(library: ModelLibrary) -> None:
    assert library.default_name("distilgpt2") == "distilgpt2"
    assert library.default_name(None) == EMBEDDED
    with pytest.raises(UnknownModelError):
        library.default_name("gpt-2")


def test_every_registered_model_is_listed_before_any_is_here(library: ModelLibrary) -> None:
    states = library.states()
    assert [state.profile.name for state in states] == list(library.registry)
    assert not any(state.ready or state.bytes_on_disk for state in states)


def test_folders_in_the_cache_that_are_no_models_are_not_listed(library: ModelLibrary, tmp_path: Path) -> None:
    stray = tmp_path / "cache" / "models" / "stray"
    stray.mkdir(parents=True)
    (stray / "taleloom.json").write_text("[1]", encoding="utf-8")
    assert len(library.states()) == len(library.registry)


@pytest.mark.parametrize(
    ("stdout", "stderr"), [("", "Traceback\nKilled: 9\n"), ("half a li", "Killed: 9"), ("[1]", "Killed: 9")]
)
def test_a_child_that_ends_without_an_answer_is_reported_with_its_last_words(stdout: str, stderr: str) -> None:
    answer = read_answer(ChildResult(1, stdout, stderr))
    assert answer == {"error": "crashed", "detail": "Killed: 9"}
    assert read_answer(ChildResult(-9, "", ""))["detail"] == "exit status -9"


def adapted(own: Path, name: str, base: str) -> None:
    """Put an adapter among the models of one's own."""
    entry = {
        "source": "adapter", "location": "adapter.safetensors", "revision": "1", "licence": "MIT", "languages": ["en"],
        "context": 256, "one_line": "Fine-tuned here.", "adapter": {"base": base, "sha256": "0" * 64},
    }  # fmt: skip
    (own / name).mkdir(parents=True)
    write_description(own / name, entry)


def test_who_is_made_from_a_model_is_known(tmp_path: Path) -> None:
    file = write_llama(tmp_path / "llama.gguf")
    for name, base in (("fox", EMBEDDED), ("owl", "fox"), ("wren", "fox"), ("elk", str(file))):
        adapted(tmp_path / "own", name, base)
    library = ModelLibrary(tmp_path / "cache", tmp_path / "own")
    assert library.made_from("fox") == ["owl", "wren"]
    assert library.made_from(EMBEDDED) == ["fox"]
    assert library.made_from(os.path.relpath(file)) == ["elk"]
    assert library.made_from("owl") == []


def test_a_model_whose_base_is_gone_is_not_called_unknown_itself(tmp_path: Path) -> None:
    adapted(tmp_path / "own", "elk", str(tmp_path / "llama.gguf"))
    library = ModelLibrary(tmp_path / "cache", tmp_path / "own")
    with pytest.raises(ModelUnavailableError, match=r"The model elk .*llama\.gguf, which it is made from, is not here"):
        library.prepare("elk", lambda _: None)


def test_profiles_stand_in_the_order_of_the_registry(library: ModelLibrary) -> None:
    assert [profile.name for profile in library.profiles] == list(library.registry)
