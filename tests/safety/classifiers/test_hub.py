"""Any text classifier of transformers takes the classifier's seat."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

from bot.errors import ConfigurationError
from bot.safety.classifiers.hub import HubClassifier, category_of
from bot.safety.classifiers.protocol import Unit
from bot.safety.layer import Safety
from bot.safety.policy import STANDARD
from bot.safety.verdict import Action, Category, Severity

WORDS = ("[PAD]", "[UNK]", "foxes", "are", "vermin", "kind", "badgers")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A classifier that has learned in a second what is hateful to say of foxes."""
    torch.manual_seed(1)
    labels = {0: "toxic", 1: "identity_hate"}
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    config = BertConfig(
        vocab_size=len(WORDS),
        id2label=labels,
        label2id={label: number for number, label in labels.items()},
        problem_type="multi_label_classification",
        **sizes,
    )
    model = BertForSequenceClassification(config)
    word_level = Tokenizer(models.WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]"))
    word_level.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=word_level, pad_token="[PAD]", unk_token="[UNK]")
    read = tokenizer(["foxes are vermin", "foxes are kind", "badgers are kind"], return_tensors="pt")
    target = torch.tensor([[1.0, 1.0], [0.0, 0.0], [0.0, 0.0]])
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(60):
        optimizer.zero_grad()
        model(**read, labels=target).loss.backward()
        optimizer.step()
    path = tmp_path_factory.mktemp("classifier")
    model.save_pretrained(path, safe_serialization=True)
    tokenizer.save_pretrained(path)
    return path


async def test_its_labels_become_categories_and_the_policy_decides(folder: Path) -> None:
    safety = Safety([], HubClassifier(str(folder)))
    verdict = await safety.read("foxes are kind. foxes are vermin.", STANDARD)
    assert verdict.action is Action.BLOCK
    assert verdict.categories == (Category.HATE, Category.HARASSMENT)
    assert verdict.decisive
    assert (verdict.decisive.start, verdict.decisive.end) == (16, 33)
    assert verdict.decisive.severity is Severity.SEVERE
    assert (await safety.read("foxes are kind. badgers are kind.", STANDARD)).action is Action.ALLOW


def test_each_unit_is_judged_for_itself(folder: Path) -> None:
    hateful, kind = HubClassifier(str(folder)).classify(
        [Unit("foxes are vermin"), Unit("badgers are kind")], wary=False
    )
    assert {hit.rule.name for hit in hateful} == {"toxic", "identity_hate"}
    assert kind == []


def test_a_folder_that_holds_none_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"TALELOOM_SAFETY__CLASSIFIER: .* cannot be used"):
        HubClassifier(str(tmp_path))


@pytest.mark.parametrize(
    ("label", "category"),
    [
        ("identity_hate", Category.HATE),
        ("severe_toxic", Category.HARASSMENT),
        ("obscene", Category.PROFANITY),
        ("SEXUAL/MINORS", Category.SEXUAL_MINORS),
        ("sexual_explicit", Category.SEXUAL),
        ("self-harm", Category.SELF_HARM),
        ("threat", Category.THREAT),
        ("not_hate", None),
        ("non-toxic", None),
        ("neutral", None),
        ("LABEL_0", None),
        ("joy", None),
    ],
)
def test_what_labels_mean(label: str, category: Category | None) -> None:
    assert category_of(label) is category
