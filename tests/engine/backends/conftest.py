"""The small checkpoint, opened by transformers alone, and by each backend without a process around it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from bot.engine.backends.base import LoadedModel
from bot.engine.backends.openvino import OpenVINOModel
from bot.engine.backends.pytorch.model import TorchModel
from bot.engine.models.export import export
from bot.engine.pieces import Piece
from bot.engine.sampling import SamplingParams
from tests.conftest import CHECKPOINTS

TINY = CHECKPOINTS / "gpt2-tiny"
README = Path(__file__).parents[3] / "README.md"
STORY = "Once upon a time there was a fox who lived in a wood beside the sea. " * 4
OTHER = "Nobody had seen the king since the ships went out in the middle of the night. " * 4
LONG = "The old man went down to the sea and looked for the ship of his father. " * 20
LIMITS: dict[str, Any] = {"context": 512, "cache_bytes": 2**26, "threads": 1, "max_streams": 16}


@pytest.fixture(scope="session")
def plain() -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """What transformers makes of it, in float32."""
    return AutoModelForCausalLM.from_pretrained(TINY, dtype=torch.float32), AutoTokenizer.from_pretrained(TINY)


@pytest.fixture(scope="session")
def uncompressed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small model exported without compression."""
    folder = tmp_path_factory.mktemp("uncompressed") / "tiny"
    export(TINY, folder, lambda _: None, "float32")
    return folder


@pytest.fixture(scope="session")
def text() -> str:
    """Prose that no model was trained on: the lines of our own README that are neither tables, lists nor code."""
    lines = README.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if line[:1].isalpha())


def open_torch(**values: Any) -> TorchModel:
    """Open the small checkpoint."""
    chosen: dict[str, Any] = {"path": TINY, "dtype": "float32"} | LIMITS | values
    return TorchModel(**chosen)


def open_openvino(path: Path, **values: Any) -> OpenVINOModel:
    """Open an export of the small checkpoint."""
    return OpenVINOModel(path, **({"kv_bytes_per_token": 1400} | LIMITS | values))


def written(model: LoadedModel, prompts: Sequence[str], **sampling: Any) -> list[str]:
    """Let a model write on from prompts, all at once; give the texts."""
    values = {"max_new_tokens": 40, "seed": 5} | sampling
    texts = {str(number): "" for number in range(len(prompts))}
    for name, prompt in zip(texts, prompts, strict=True):
        model.start(name, prompt, SamplingParams(**values))
    while model.running:
        for piece in model.step():
            assert isinstance(piece, Piece), piece
            texts[piece.request_id] += piece.text
    return list(texts.values())


def write(model: TorchModel, prompt: str, tokens: int = 20) -> str:
    """Let a model write on from one prompt, always by the likeliest token."""
    (text,) = written(model, [prompt], do_sample=False, max_new_tokens=tokens, ignore_eos=True)
    return text


class Reading:
    """Counts the tokens that a model reads, prompts and steps alike."""

    def __init__(self, model: TorchModel) -> None:
        self.tokens = 0
        model._model.register_forward_pre_hook(self._count, with_kwargs=True)

    def _count(self, module: object, args: object, inputs: dict[str, torch.Tensor]) -> None:
        self.tokens += inputs["input_ids"].numel()

    def taken(self) -> int:
        """Give how many were read since this was asked before."""
        taken, self.tokens = self.tokens, 0
        return taken


def see_that_the_first_of_three_is_forgotten(model: TorchModel, reading: Reading) -> None:
    """Let a model that has room for two write three stories, and see what it reads of each when it goes on."""
    prompts = [STORY, OTHER, LONG[:300]]
    for prompt in prompts:
        write(model, prompt)
    reading.taken()
    for prompt, known in ((OTHER, True), (LONG[:300], True), (STORY, False)):
        write(model, prompt)
        assert (reading.taken() == 20) is known
