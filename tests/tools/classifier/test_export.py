"""What is written for the bot says what was trained, in fewer bits."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import openvino as ov
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import BertConfig, BertModel

from bot.safety.classifiers.encoder import TOKENS
from tools.classifier.export import export, opened, save
from tools.classifier.training import Heads

WORDS = 4_000
SHAPE = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 128}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(1)
    folder = tmp_path_factory.mktemp("trained")
    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, "狐狸": 1, "fox": 2}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    save(Heads(BertModel(BertConfig(vocab_size=WORDS, **SHAPE), add_pooling_layer=False)), tokenizer, folder)
    return folder


@pytest.fixture(scope="module")
def exported(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # OpenVINO traces as torch no longer wants it
        export(trained, folder)
    return folder


def test_it_says_what_was_trained_up_to_the_longest_unit(trained: Path, exported: Path) -> None:
    ids = np.random.default_rng(1).integers(0, WORDS, (4, TOKENS))
    mask = np.ones_like(ids)
    mask[1:, 20:] = 0
    with torch.no_grad():
        wanted = opened(trained)(torch.tensor(ids), torch.tensor(mask)).numpy()
    found = ov.Core().compile_model(exported / "model.xml", "CPU")([ids, mask])[0]
    assert np.abs(found - wanted).max() < 0.1 * np.ptp(wanted)


def test_the_vectors_of_words_take_four_bits_and_all_other_weights_eight(exported: Path) -> None:
    constants = [
        node for node in ov.Core().read_model(exported / "model.xml").get_ops() if node.get_type_name() == "Constant"
    ]
    sizes = {node.get_element_type().get_type_name(): 0 for node in constants}
    for node in constants:
        sizes[node.get_element_type().get_type_name()] += int(np.prod(node.get_output_shape(0)))
    assert sizes["i4"] == WORDS * SHAPE["hidden_size"]
    assert sizes["u8"] >= SHAPE["num_hidden_layers"] * (4 * 64 * 64 + 2 * 64 * 128)
    assert sizes.get("f32", 0) < 2_000


def test_the_tokenizer_is_the_same_in_fewer_characters(trained: Path, exported: Path) -> None:
    one, other = (Tokenizer.from_file(str(folder / "tokenizer.json")) for folder in (trained, exported))
    assert one.to_str() == other.to_str()
    assert (exported / "tokenizer.json").stat().st_size < (trained / "tokenizer.json").stat().st_size
