from __future__ import annotations

import json
import shutil
from pathlib import Path

import openvino_genai
import pytest

from bot.engine.errors import ModelUnavailableError
from bot.engine.models.export import is_exported, mended
from bot.engine.models.library import ModelLibrary
from bot.engine.models.progress import Progress, Stage
from tests.engine.models.conftest import CHECKPOINTS, files_under

ENGLISH = "Once upon a time there was a king, and “he” had — 3 daughters.\n\nThey lived… in a wood."
CHINESE = "却说那日，行者笑道：“你是妖怪。”师父吃了一惊！"


def quiet(_: Progress) -> None:
    pass


def opened(folder: Path) -> openvino_genai.ContinuousBatchingPipeline:
    scheduler = openvino_genai.SchedulerConfig()
    scheduler.num_kv_blocks = 64
    return openvino_genai.ContinuousBatchingPipeline(str(folder), scheduler, "CPU", {}, {})


def written(folder: Path, prompt: str) -> tuple[list[int], str]:
    pipeline = opened(folder)
    tokenizer = pipeline.get_tokenizer()
    config = openvino_genai.GenerationConfig(max_new_tokens=40, do_sample=True, rng_seed=3, apply_chat_template=False)
    handle = pipeline.add_request(0, tokenizer.encode(prompt, add_special_tokens=False).input_ids, config)
    tokens: list[int] = []
    while pipeline.has_non_finished_requests():
        pipeline.step()
        while handle.can_read():
            for output in handle.read().values():
                tokens += output.generated_ids
    return tokens, tokenizer.decode(tokens)


def round_trip(folder: Path, text: str) -> str:
    tokenizer = openvino_genai.Tokenizer(str(folder))
    ids = tokenizer.encode(text, add_special_tokens=False).input_ids.data.tolist()[0]
    return str(tokenizer.decode(ids))


def test_the_english_checkpoint_writes_words_when_exported(exported_tiny: Path) -> None:
    tokens, text = written(exported_tiny, ENGLISH)
    assert tokens
    assert len([word for word in text.split() if word.strip(".,;:“”!?").isalpha()]) > 5


def test_the_chinese_checkpoint_writes_characters_without_spaces_when_exported(exported_tiny_zh: Path) -> None:
    tokens, text = written(exported_tiny_zh, CHINESE)
    assert tokens
    assert sum("\u4e00" <= character <= "\u9fff" for character in text) > 5
    assert " " not in text


def test_english_comes_back_from_its_tokens_unchanged(exported_tiny: Path) -> None:
    assert round_trip(exported_tiny, ENGLISH) == ENGLISH


def test_chinese_comes_back_from_its_tokens_unchanged_and_latin_words_keep_their_spaces(exported_tiny_zh: Path) -> None:
    assert round_trip(exported_tiny_zh, CHINESE) == CHINESE
    assert round_trip(exported_tiny_zh, "他说：hello  dear world，3 天。") == "他说：hello dear world，3天。"


def test_an_exported_folder_is_a_model_by_its_path_and_describes_itself(exported_tiny_zh: Path, tmp_path: Path) -> None:
    library = ModelLibrary(tmp_path)
    profile = library.profile(str(exported_tiny_zh))
    assert (profile.source, profile.context, profile.languages, profile.licence) == ("folder", 512, ("zh",), "mit")
    assert {"[UNK]", "[CLS]", "[SEP]"} <= set(profile.special_tokens)
    assert library.prepare(str(exported_tiny_zh), quiet) == exported_tiny_zh
    assert files_under(tmp_path) == []


def test_an_interrupted_export_leaves_nothing(tmp_path: Path) -> None:
    def interrupt(step: Progress) -> None:
        if step.stage is Stage.EXPORT and interrupted:
            raise KeyboardInterrupt
        interrupted.append(step)

    interrupted: list[Progress] = []
    with pytest.raises(KeyboardInterrupt):
        ModelLibrary(tmp_path).prepare(str(CHECKPOINTS / "gpt2-tiny"), interrupt)
    assert files_under(tmp_path) == []


def test_without_torch_one_line_says_what_brings_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "path" / "optimum"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise ModuleNotFoundError('No module named torch')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    with pytest.raises(ModelUnavailableError, match="needs torch and optimum-intel: run `make setup`"):
        ModelLibrary(tmp_path / "cache").prepare(str(CHECKPOINTS / "gpt2-tiny"), quiet)


def test_a_checkpoint_that_cannot_be_exported_says_why_in_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(CHECKPOINTS / "gpt2-tiny", broken)
    (broken / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(ModelUnavailableError, match="its export failed") as caught:
        ModelLibrary(tmp_path / "cache").prepare(str(broken), quiet)
    assert "\n" not in str(caught.value)
    assert files_under(tmp_path / "cache") == []


class BertVocabulary:
    """What `transformers` gives for a BERT vocabulary: separators, but no end of text."""

    eos_token_id = None
    sep_token_id = 3
    cls_token_id = 2
    pad_token_id = 0

    def __len__(self) -> int:
        return 100


def test_an_end_of_text_outside_the_vocabulary_becomes_the_separator() -> None:
    config = {"eos_token_id": 50256, "bos_token_id": 50256, "n_layer": 4}
    wanted = {"eos_token_id": 3, "bos_token_id": 2, "pad_token_id": 0, "n_layer": 4}
    assert mended(config, BertVocabulary()) == wanted


def test_an_end_of_text_in_the_vocabulary_is_left_alone() -> None:
    config = {"eos_token_id": [5, 6], "bos_token_id": 1, "pad_token_id": 0}
    assert mended(config, BertVocabulary()) == config


def test_the_checkpoints_in_the_repository_are_small_and_have_no_pickles() -> None:
    for folder in CHECKPOINTS.iterdir():
        assert sum(file.stat().st_size for file in folder.iterdir()) < 4_000_000
        assert {file.suffix for file in folder.iterdir()} <= {".json", ".txt", ".md", ".safetensors"}
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        assert config["eos_token_id"] < config["vocab_size"]


def test_a_folder_without_a_tokenizer_is_not_taken_as_exported(exported_tiny: Path, tmp_path: Path) -> None:
    shutil.copytree(exported_tiny, tmp_path / "copy")
    assert is_exported(tmp_path / "copy")
    (tmp_path / "copy" / "openvino_detokenizer.xml").unlink()
    assert not is_exported(tmp_path / "copy")
