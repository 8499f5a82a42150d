"""Writes a trained classifier as what the bot opens: OpenVINO's format with weights in eight and four bits."""

from __future__ import annotations

import json
from pathlib import Path

import nncf
import openvino as ov
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import nn
from transformers import BertConfig, BertModel

from bot.safety.classifiers.encoder import TOKENS
from tools.classifier.training import Heads

_WORDS = "embeddings.word_embeddings/"


class _Traced(nn.Module):
    """The same sums as `Heads`, without transformers' choice of a mask, which cannot be traced."""

    def __init__(self, heads: Heads) -> None:
        super().__init__()
        self.heads = heads

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Give the logits, one row a text."""
        encoder = self.heads.encoder
        hidden = encoder.embeddings(input_ids=ids)
        weights = mask.to(hidden.dtype)
        hidden_from = (1.0 - weights)[:, None, None, :] * -1e4
        for layer in encoder.encoder.layer:
            found = layer(hidden, hidden_from)
            hidden = found[0] if isinstance(found, tuple) else found
        mean = (hidden * weights.unsqueeze(-1)).sum(1) / weights.sum(1, keepdim=True)
        logits: torch.Tensor = self.heads.heads(mean)
        return logits


def save(model: Heads, tokenizer: Tokenizer, folder: Path) -> None:
    """Write what was trained, so that `opened` and `export` read it."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: value.contiguous() for name, value in model.state_dict().items()}, folder / "model.safetensors")
    tokenizer.no_truncation()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(model.encoder.config.to_json_string(), encoding="utf-8")


def opened(folder: Path) -> Heads:
    """Read the weights that training left in a folder."""
    config = BertConfig(**json.loads((folder / "config.json").read_text(encoding="utf-8")))
    config._attn_implementation = "eager"  # noqa: SLF001 - there is no other way; scaled attention is traced badly
    model = Heads(BertModel(config, add_pooling_layer=False))
    model.load_state_dict(load_file(folder / "model.safetensors"))
    return model.eval()


def export(trained: Path, to: Path) -> None:
    """Convert, compress the weights, and write them with the tokenizer.

    The vectors of words, a third of all weights, are kept in four bits, in groups of 32; the others in eight. Of the
    vectors of places those are left that can be asked for.

    Args:
        trained: The folder that training wrote.
        to: Where `model.xml`, `model.bin` and `tokenizer.json` are put.
    """
    heads = opened(trained)
    places = heads.encoder.embeddings.position_embeddings
    places.weight.data = places.weight.data[:TOKENS].clone()
    example = (torch.ones((2, 16), dtype=torch.long), torch.ones((2, 16), dtype=torch.long))
    converted = ov.convert_model(_Traced(heads), example_input=example)
    weighted = [node for node in converted.get_ops() if node.get_type_name() in {"MatMul", "Gather"}]
    others = [name for node in weighted if _WORDS not in (name := node.get_friendly_name())]
    words = nncf.compress_weights(
        converted,
        mode=nncf.CompressWeightsMode.INT4_SYM,
        group_size=32,
        all_layers=True,
        ignored_scope=nncf.IgnoredScope(names=others),
    )
    compressed = nncf.compress_weights(words, mode=nncf.CompressWeightsMode.INT8_ASYM)
    to.mkdir(parents=True, exist_ok=True)
    ov.save_model(compressed, to / "model.xml", compress_to_fp16=True)
    tokenizer = json.loads((trained / "tokenizer.json").read_bytes())
    written = json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":"))
    (to / "tokenizer.json").write_text(written + "\n", encoding="utf-8")
