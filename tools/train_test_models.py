"""Train the two small GPT-2 checkpoints that the tests run: real weights, real tokenizers, milliseconds a text.

    python tools/train_test_models.py --books FOLDER --books-zh FOLDER

Each folder holds plain-text books of which nobody owns the rights any more, a paragraph a line. Out come, under
`tests/data/models`:

* `gpt2-tiny`: English, byte-level BPE with GPT-2's `<|endoftext|>`, as `gpt2` and its sizes have it;
* `gpt2-tiny-zh`: Chinese, a BERT vocabulary of single characters (`vocab.txt`, `[CLS]` text `[SEP]`), as the Chinese
  GPT-2s on the hub have it.

Training stops after `--minutes` for each model and follows the clock (learning rate included), so a faster machine
gives a better model, never a longer wait. Two threads and the default minutes are enough for sentences with words and
full stops. The last 3 % of every book is never trained on; the loss there is written into each folder's README.md.

Needs the `torch` extra. Weights are kept in float16, which halves what the repository carries.
"""

from __future__ import annotations

import argparse
import json
import math
import textwrap
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import ByteLevelBPETokenizer
from transformers import BertTokenizer, GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerBase, PreTrainedTokenizerFast

HELD_OUT = 0.03
POSITIONS = 512
BLOCK = 256
BATCH = 8
LEARNING_RATE = 3e-3
BPE_VOCABULARY = 2000
CHARACTERS = 4200
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
SENTENCE_ENDS = tuple(".!?:;,”’\"'—-)。！？：；，」』…")


@dataclass(frozen=True)
class Corpus:
    """Texts to learn from, and texts to be measured on."""

    train: list[str]
    held_out: list[str]


@dataclass(frozen=True)
class Outcome:
    """What the model card says of a training."""

    steps: int
    tokens: int
    minutes: float
    loss: float


def read_books(folder: Path, paragraphs: int) -> Corpus:
    """Read every book and cut it into texts.

    Args:
        folder: Holds `*.txt`, a paragraph a line.
        paragraphs: A text ends after this many paragraphs, or before a heading (which is left out).
    """
    corpus = Corpus([], [])
    for book in sorted(folder.glob("*.txt")):
        lines = [line.strip() for line in book.read_text(encoding="utf-8").splitlines()]
        cut = int(len(lines) * (1 - HELD_OUT))
        corpus.train.extend(texts(lines[:cut], paragraphs))
        corpus.held_out.extend(texts(lines[cut:], paragraphs))
    if not corpus.train:
        raise SystemExit(f"No books (*.txt) in {folder}.")
    return corpus


def texts(lines: Iterable[str], paragraphs: int) -> Iterator[str]:
    """Group paragraphs into texts; a line that does not end like a sentence is a heading and ends a text."""
    held: list[str] = []
    for line in lines:
        heading = not line.endswith(SENTENCE_ENDS)
        if held and (heading or len(held) == paragraphs):
            yield "\n".join(held)
            held = []
        if not heading:
            held.append(line)
    if held:
        yield "\n".join(held)


def english_tokenizer(corpus: Corpus) -> PreTrainedTokenizerFast:
    """Learn a byte-level BPE."""
    bpe = ByteLevelBPETokenizer()
    bpe.train_from_iterator(
        corpus.train, vocab_size=BPE_VOCABULARY, min_frequency=2, special_tokens=["<|endoftext|>"], show_progress=False
    )
    end = "<|endoftext|>"
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe._tokenizer,  # noqa: SLF001 - the wrapped tokenizer has no public name
        bos_token=end,
        eos_token=end,
        unk_token=end,
        model_max_length=POSITIONS,
    )


def chinese_tokenizer(corpus: Corpus, folder: Path) -> BertTokenizer:
    """Write BERT's `vocab.txt` and `tokenizer_config.json` with the commonest characters, and open them."""
    ascii_letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    counts = Counter(character for text in corpus.train for character in text.lower() if not character.isspace())
    common = [character for character, _ in counts.most_common(CHARACTERS) if character not in ascii_letters]
    vocabulary = [*SPECIAL, *ascii_letters, *(f"##{letter}" for letter in ascii_letters), *common]
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    settings = {"tokenizer_class": "BertTokenizer", "do_lower_case": True, "model_max_length": POSITIONS}
    settings |= {"unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]"}
    settings |= {"mask_token": "[MASK]"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
    return BertTokenizer.from_pretrained(folder)


def encode(tokenizer: PreTrainedTokenizerBase, texts_: Sequence[str], begin: Sequence[int], end: int) -> torch.Tensor:
    """Put all texts in one row of tokens."""
    row: list[int] = []
    for text in texts_:
        row += [*begin, *tokenizer.encode(text, add_special_tokens=False), end]
    return torch.tensor(row)


def batch(row: torch.Tensor, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw blocks and the positions they stand at: anywhere in the context, so that all positions are learnt."""
    starts = torch.randint(len(row) - BLOCK, (BATCH,), generator=generator)
    offsets = torch.randint(POSITIONS - BLOCK + 1, (BATCH,), generator=generator)
    offsets[: BATCH // 4] = 0
    blocks = torch.stack([row[start : start + BLOCK] for start in starts])
    return blocks, torch.arange(BLOCK) + offsets[:, None]


def held_out_loss(model: GPT2LMHeadModel, row: torch.Tensor) -> float:
    """Mean loss in nats a token over whole blocks of the held-out row."""
    model.eval()
    blocks = row[: len(row) // BLOCK * BLOCK].view(-1, BLOCK)
    with torch.inference_mode():
        losses = [model(input_ids=part, labels=part).loss.item() * len(part) for part in torch.split(blocks, BATCH)]
    model.train()
    return float(sum(losses) / len(blocks))


def train(
    config: GPT2Config, row: torch.Tensor, held_out: torch.Tensor, minutes: float
) -> tuple[GPT2LMHeadModel, Outcome]:
    """Train from nothing until the time is up."""
    torch.manual_seed(1)
    generator = torch.Generator().manual_seed(1)
    model = GPT2LMHeadModel(config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0.05)
    began, step, done = time.monotonic(), 0, 0.0
    while done < 1:
        warm = min(1.0, (step + 1) / 100)
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))
        blocks, positions = batch(row, generator)
        with torch.autocast("cpu", torch.bfloat16):
            loss = model(input_ids=blocks, position_ids=positions, labels=blocks).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        done = (time.monotonic() - began) / (minutes * 60)
        if step % 100 == 0:
            print(f"{done:4.0%}  step {step}  loss {loss.item():.3f}", flush=True)
    outcome = Outcome(step, step * BATCH * BLOCK, minutes, held_out_loss(model, held_out))
    print(f"held-out loss {outcome.loss:.3f}", flush=True)
    return model, outcome


def save(model: GPT2LMHeadModel, folder: Path, card: str) -> None:
    """Write weights (float16), config and card. The config says float32, in which the model is to be run."""
    model.half().save_pretrained(folder)
    (folder / "model.safetensors").chmod(0o644)
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config.pop("torch_dtype", None)
    config["dtype"] = "float32"
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(card, encoding="utf-8")


def card(language: str, tokenizer: str, corpus_name: str, config: GPT2Config, outcome: Outcome) -> str:
    """The model card, with the hub's front matter."""
    name = f"gpt2-tiny{'' if language == 'en' else f'-{language}'}"
    shape = f"{config.n_layer} layers, {config.n_embd} wide, {config.n_positions} positions"
    training = (
        f"{outcome.minutes:g} minutes on two CPU threads, {outcome.steps} steps, {outcome.tokens / 1e6:.1f} million "
    )
    training += f"tokens, AdamW, learning rate {LEARNING_RATE:g} falling as a cosine, seed 1"
    loss = f"{outcome.loss:.2f} nats a token (perplexity {math.exp(outcome.loss):.0f})"
    points = (
        f"Data: {corpus_name}. All of it is in the public domain; the weights are under this repository's licence.",
        f"Training: `tools/train_test_models.py`, {training}.",
        f"Loss on the last {HELD_OUT:.0%} of every book, which was not trained on: {loss}.",
    )
    about = (
        f"A GPT-2 for tests: {shape}, {tokenizer} of {config.vocab_size} entries. It writes words and sentences and "
    )
    about += "means nothing by them."
    lines = [textwrap.fill(about, 120), *(textwrap.fill(f"* {point}", 120, subsequent_indent="  ") for point in points)]
    return f"---\nlicense: mit\nlanguage: {language}\n---\n\n# {name}\n\n{lines[0]}\n\n" + "\n".join(lines[1:]) + "\n"


def model_config(vocabulary: int, begin: int, end: int, pad: int | None) -> GPT2Config:
    """The shape of both models."""
    return GPT2Config(
        vocab_size=vocabulary,
        n_positions=POSITIONS,
        n_embd=128,
        n_layer=4,
        n_head=4,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        bos_token_id=begin,
        eos_token_id=end,
        pad_token_id=pad,
    )


def titles(folder: Path) -> str:
    """Name the books by their files."""
    return ", ".join(book.stem for book in sorted(folder.glob("*.txt")))


def train_english(books: Path, out: Path, minutes: float) -> None:
    """Make `gpt2-tiny`."""
    folder = out / "gpt2-tiny"
    folder.mkdir(parents=True, exist_ok=True)
    corpus = read_books(books, paragraphs=60)
    tokenizer = english_tokenizer(corpus)
    tokenizer.save_pretrained(folder)
    end = int(tokenizer.convert_tokens_to_ids("<|endoftext|>"))
    config = model_config(len(tokenizer), end, end, None)
    rows = encode(tokenizer, corpus.train, (), end), encode(tokenizer, corpus.held_out, (), end)
    model, outcome = train(config, *rows, minutes)
    save(model, folder, card("en", "byte-level BPE", titles(books), config, outcome))


def train_chinese(books: Path, out: Path, minutes: float) -> None:
    """Make `gpt2-tiny-zh`."""
    folder = out / "gpt2-tiny-zh"
    folder.mkdir(parents=True, exist_ok=True)
    corpus = read_books(books, paragraphs=12)
    tokenizer = chinese_tokenizer(corpus, folder)
    begin, end, pad = (int(tokenizer.convert_tokens_to_ids(token)) for token in ("[CLS]", "[SEP]", "[PAD]"))
    config = model_config(len(tokenizer), begin, end, pad)
    config.tokenizer_class = "BertTokenizer"
    rows = encode(tokenizer, corpus.train, (begin,), end), encode(tokenizer, corpus.held_out, (begin,), end)
    model, outcome = train(config, *rows, minutes)
    save(model, folder, card("zh", "a BERT vocabulary of single characters", titles(books), config, outcome))


def main() -> None:
    """Read the arguments and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--books", type=Path, help="folder of English books; left out: no English model")
    parser.add_argument("--books-zh", type=Path, help="folder of Chinese books; left out: no Chinese model")
    parser.add_argument("--out", type=Path, default=Path("tests/data/models"))
    parser.add_argument("--minutes", type=float, default=4.5, help="for each model")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.books:
        train_english(options.books, options.out, options.minutes)
    if options.books_zh:
        train_chinese(options.books_zh, options.out, options.minutes)


if __name__ == "__main__":
    main()
