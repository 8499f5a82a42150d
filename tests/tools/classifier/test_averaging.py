"""The mean of two trained models stands between them, and keeps the vectors of words of the first."""

from __future__ import annotations

import pytest
import torch
from transformers import BertConfig, BertModel

from tools.classifier.training import Heads, averaged

SHAPE = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}


def heads(seed: int, vocabulary: int) -> Heads:
    torch.manual_seed(seed)
    return Heads(BertModel(BertConfig(vocab_size=vocabulary, **SHAPE), add_pooling_layer=False))


@pytest.mark.parametrize("share", [0.0, 0.35, 1.0])
def test_a_share_of_the_other_s_weights_is_taken_whatever_its_vocabulary(share: float) -> None:
    one, other, mean = heads(1, 20), heads(2, 30), averaged(heads(1, 20), heads(2, 30), share)
    for of_one, of_other, found in zip(
        (one.heads, one.encoder.encoder),
        (other.heads, other.encoder.encoder),
        (mean.heads, mean.encoder.encoder),
        strict=True,
    ):
        for first, second, between in zip(of_one.parameters(), of_other.parameters(), found.parameters(), strict=True):
            torch.testing.assert_close(between, (1 - share) * first + share * second)
    assert torch.equal(one.encoder.embeddings.word_embeddings.weight, mean.encoder.embeddings.word_embeddings.weight)
