"""Models of GPT-2's shapes with random weights: as fast and as large as the real ones, and there without the hub."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

MODEL = "gpt2-random"
VOCABULARY = 50_257
SEED = 1


def random_gpt2(folder: Path, layers: int = 12, width: int = 768) -> Path:
    """Give a checkpoint of GPT-2 124M, made first where it is not there. Blocking, for seconds; 500 MB.

    Its tokenizer has a token for each byte and no merges, so that 64 letters are 64 tokens.

    Args:
        folder: Where it belongs.
        layers: 12 in GPT-2 124M.
        width: 768 in GPT-2 124M; a multiple of 64.
    """
    if (folder / "model.safetensors").is_file():
        return folder
    import torch  # noqa: PLC0415 - needs the extra `torch`
    from transformers import GPT2Config, GPT2LMHeadModel  # noqa: PLC0415
    from transformers.utils import logging  # noqa: PLC0415

    logging.disable_progress_bar()
    making = folder.with_name(f"{folder.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    torch.manual_seed(SEED)
    config = GPT2Config(vocab_size=VOCABULARY, n_layer=layers, n_embd=width, n_head=width // 64)
    GPT2LMHeadModel(config).save_pretrained(making)
    _save_tokenizer(making)
    making.replace(folder)
    return folder


def _save_tokenizer(folder: Path) -> None:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers  # noqa: PLC0415

    signs = sorted(pre_tokenizers.ByteLevel.alphabet())
    names = [*signs, *(f"Ġw{number}" for number in range(VOCABULARY - len(signs) - 1)), "<|endoftext|>"]
    tokenizer = Tokenizer(models.BPE({name: number for number, name in enumerate(names)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<|endoftext|>"])
    tokenizer.save(str(folder / "tokenizer.json"))
    ends = dict.fromkeys(("eos_token", "bos_token", "unk_token"), "<|endoftext|>")
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 1024, **ends}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
