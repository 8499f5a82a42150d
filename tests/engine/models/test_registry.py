from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.engine.models.description import read_card
from bot.engine.models.library import ModelLibrary
from bot.engine.models.merge import checked_adapter
from bot.engine.models.registry import EMBEDDED, PREFERRED, load_registry
from bot.engine.sampling import SamplingParams
from bot.errors import ConfigurationError
from config.settings import VOICES

GOOD = """
[models.tiny]
source = "hub"
location = "acme/tiny"
revision = "main"
licence = "MIT"
languages = ["en"]
context = 512
one_line = "A model."
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "models.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_registry_names_the_models_that_the_readme_promises() -> None:
    registry = load_registry()
    embedded, family = {*VOICES, "smollm2-135m"}, {"gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl", "distilgpt2"}
    assert set(registry) == embedded | family | {"gpt2-chinese"}
    assert {EMBEDDED, PREFERRED} <= set(registry)


def test_every_shipped_adapter_is_there_as_it_was_pinned_and_belongs_to_its_base(tmp_path: Path) -> None:
    library = ModelLibrary(tmp_path)
    for name in VOICES:
        pin = load_registry()[name].adapter
        assert pin is not None
        assert checked_adapter(pin, base_sha256=library.weights_sha256(pin.base, Path())) == pin.file
        assert pin.file.stat().st_size < 12_000_000
        assert pin.file.with_name("README.md").read_text(encoding="utf-8").startswith("---\nlicense: apache-2.0\n")


def test_every_shipped_model_is_described_and_pinned() -> None:
    for registered in load_registry().values():
        profile = registered.profile
        assert profile.revision not in {None, "", "main"}
        assert all((profile.languages, profile.context, profile.shape, profile.one_line))
        assert (profile.source == "wheel") == (registered.wheel is not None)
        SamplingParams(**profile.sampling)  # type: ignore[arg-type]


def test_an_instruct_model_is_framed_and_the_others_take_plain_text() -> None:
    registry = load_registry()
    frame = registry["smollm2-135m"].profile.frame
    assert frame
    framed = frame.apply("The lamp went out.")
    assert framed.startswith("<|im_start|>system\n")
    assert framed.count("The lamp went out.") == 1, "an opening that is named in the request is talked about"
    assert framed.endswith("<|im_start|>assistant\nThe lamp went out.")
    assert frame.apply("", "Write about rain.").endswith("user\nWrite about rain.<|im_end|>\n<|im_start|>assistant\n")
    assert registry["gpt2"].profile.frame is None


def test_the_storyteller_reads_openings_as_plain_text_and_wishes_in_its_frame() -> None:
    profile = load_registry()["storyteller"].profile
    assert profile.put("The lamp went out.") == "The lamp went out."
    asked = profile.put("", instruction="Write about rain.")
    assert asked.endswith("Write about rain.<|im_end|>\n<|im_start|>assistant\n")


def test_a_model_that_has_learned_what_wishes_mean_gets_them_as_a_line() -> None:
    profile = replace(load_registry()["gpt2"].profile, takes_requests=True)
    assert profile.put("Rain fell.", instruction="Write about rain.", title="Rain") == "Write about rain.\n\nRain fell."
    assert profile.put("Rain fell.") == "Rain fell."


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ('colour = "red"', "colour"),
        ("sampling = { temperature = 9 }", "temperature must be between"),
        ("sampling = { tempo = 1 }", "no sampling parameter tempo"),
        ('frame = { template = "{text} and more", begin = "{opening}" }', "a frame holds"),
        ("wheel = { file = 'a.bin' }", "file"),
        ("context = 1", "Cannot overwrite a value"),
    ],
)
def test_a_wrong_entry_is_refused_by_name(tmp_path: Path, change: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        load_registry(write(tmp_path, GOOD + change))


def test_a_wheel_without_its_pins_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"has a \[wheel\] table"):
        load_registry(write(tmp_path, GOOD.replace('"hub"', '"wheel"')))


def test_an_adapter_is_like_its_base_in_what_it_does_not_say(tmp_path: Path) -> None:
    digest = f'"{"0" * 64}"'
    wheel = """wheel = { file = "a.gguf", file_sha256 = DIGEST, file_bytes = 1, wheel_sha256 = DIGEST, wheel_bytes = 1 }
sampling = { temperature = 0.5 }
frame = { begin = "Write.", template = "{request} | {text}" }
"""
    fox = """
[models.fox]
source = "adapter"
location = "fox.safetensors"
revision = "1"
one_line = "A fox."
adapter = { base = "tiny", sha256 = DIGEST }
sampling = { top_k = 9 }
"""
    owl = fox.replace("fox", "owl").replace('"tiny"', '"fox"').replace("sampling = { top_k = 9 }", "")
    tiny = GOOD.replace('"hub"', '"wheel"') + wheel
    registry = load_registry(write(tmp_path, (tiny + fox + owl).replace("DIGEST", digest)))
    assert [registry[name].profile.licence for name in ("fox", "owl")] == ["MIT", "MIT"]
    assert [dict(registry[name].profile.sampling) for name in ("fox", "owl")] == [{"top_k": 9}, {"top_k": 9}]
    assert registry["owl"].wheel is None
    assert registry["tiny"].profile.put("It began.") == "Write. | It began."
    assert registry["owl"].profile.put("It began.") == "It began."
    assert registry["owl"].profile.put("", instruction="An owl!") == "An owl! | "
    whole = fox.replace("fox", "owl") + GOOD[GOOD.index("licence") : GOOD.index("one_line")]
    with pytest.raises(ConfigurationError, match="the adapter of owl belongs to no model before it"):
        load_registry(write(tmp_path, (whole + tiny).replace("DIGEST", digest)))


def test_an_adapter_without_a_base_that_is_a_gguf_file_is_refused(tmp_path: Path) -> None:
    adapter = GOOD.replace('"hub"', '"adapter"')
    with pytest.raises(ConfigurationError, match=r"has an \[adapter\] table"):
        load_registry(write(tmp_path, adapter))
    pin = f'adapter = {{ base = "tiny", sha256 = "{"0" * 64}" }}'
    with pytest.raises(ConfigurationError, match="the adapter of tiny belongs to no model"):
        load_registry(write(tmp_path, adapter + pin))


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"models\.toml"):
        load_registry(tmp_path / "models.toml")


def test_a_card_that_is_no_yaml_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\ntitle: Fox: a voice\n---\n", encoding="utf-8")
    assert read_card(tmp_path) == {}
