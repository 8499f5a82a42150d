"""The number of weights follows from a config, as transformers builds the model from it."""

from __future__ import annotations

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    GPT2Config,
    GPTNeoXConfig,
    LlamaConfig,
    MambaConfig,
    OPTConfig,
    PretrainedConfig,
    Qwen3Config,
)

from bot.engine.models.description import read_json
from bot.engine.models.packing import GROUP
from bot.engine.models.registry import load_registry
from bot.engine.models.shape import KV_OVERHEAD, Shape
from tests.conftest import CHECKPOINTS

BUILT = [
    GPT2Config(n_layer=3, n_embd=96, n_head=4, vocab_size=500, n_positions=64),
    GPT2Config(n_layer=3, n_embd=96, n_head=4, n_inner=200, vocab_size=500),
    LlamaConfig(num_hidden_layers=2, hidden_size=64, num_attention_heads=4, num_key_value_heads=2, vocab_size=900),
    LlamaConfig(num_hidden_layers=2, hidden_size=64, num_attention_heads=4, vocab_size=900, tie_word_embeddings=True),
]
CLOSE = [OPTConfig(), GPTNeoXConfig(num_hidden_layers=4), Qwen3Config(num_hidden_layers=2)]


def parameters(config: PretrainedConfig) -> int:
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    return sum(parameter.numel() for parameter in model.parameters())


def shape(config: PretrainedConfig) -> Shape:
    found = Shape.of(config.to_dict())
    assert found is not None
    return found


@pytest.mark.parametrize("config", BUILT)
def test_weights_of_gpt2_and_llama_are_counted_exactly(config: PretrainedConfig) -> None:
    assert shape(config).parameters == parameters(config)


@pytest.mark.parametrize("config", CLOSE)
def test_weights_of_their_likes_are_counted_within_a_hundredth(config: PretrainedConfig) -> None:
    assert shape(config).parameters == pytest.approx(parameters(config), rel=0.01)


def test_a_config_that_says_nothing_of_layers_and_heads_has_no_shape() -> None:
    assert Shape.of({}) is None
    assert Shape.of(MambaConfig().to_dict()) is None


def test_what_is_registered_has_the_shape_of_the_family() -> None:
    sizes = {name: entry.profile.parameters for name, entry in load_registry().items()}
    assert sizes["smollm2-135m"] == sizes["storyteller"] == 134_515_008
    assert (sizes["distilgpt2"], sizes["gpt2"], sizes["gpt2-medium"]) == (81_912_576, 124_439_808, 354_823_168)
    assert (sizes["gpt2-large"], sizes["gpt2-xl"]) == (774_030_080, 1_557_611_200)


def test_weights_take_what_their_dtype_takes_and_int4_keeps_the_vocabulary_in_eight_bits() -> None:
    gpt2 = shape(GPT2Config())
    assert gpt2.weight_bytes("float32") == 4 * gpt2.parameters
    assert gpt2.weight_bytes("bfloat16") == 2 * gpt2.parameters
    assert gpt2.weight_bytes("int8") == gpt2.parameters
    rest = gpt2.parameters - gpt2.words
    assert gpt2.weight_bytes("int4") == gpt2.words + int(rest * (0.5 + 2.5 / GROUP))


def test_a_position_takes_a_key_and_a_value_for_each_layer_and_head() -> None:
    config = read_json(CHECKPOINTS / "gpt2-tiny" / "config.json")
    found = Shape.of(config)
    assert found is not None
    assert found.kv_bytes("float32") == 4 * 2 * config["n_layer"] * config["n_embd"]
    assert found.kv_bytes("bfloat16") == found.kv_bytes("float16") == found.kv_bytes("float32") // 2
    assert found.kv_bytes("int8") == 2 * config["n_layer"] * (config["n_embd"] + KV_OVERHEAD * config["n_head"])
