"""How a model is fine-tuned: the knobs, by the names that transformers and peft have for them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.tuning.errors import BadRecipeError


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """The knobs of one run. The defaults are those that `docs/tuning.md` measures.

    Raises:
        BadRecipeError: a value is out of its range.
    """

    full: bool = False
    """Train all weights instead of an adapter: needs four times the memory, and a hundred times the disk."""
    rank: int = 16
    """Of the adapter (LoRA's r), 1 to 256; its size grows with it."""
    alpha: int = 32
    """LoRA's alpha, 1 to 1,024: what the adapter adds is multiplied by alpha / rank."""
    dropout: float = 0.0
    """Of the adapter, 0 to 0.9; on a processor it makes a step a third slower, and early stopping serves as well."""
    learning_rate: float = 3e-4
    """The peak, above 0, at most 0.1. It falls to a twentieth by a cosine."""
    warmup: float = 0.04
    """The share of the steps in which it rises from zero, 0 to 0.5."""
    weight_decay: float = 0.01
    length: int = 256
    """Tokens of a block, 16 to 4,096, at most what the model can see."""
    batch: int = 8
    """Blocks of a step, 1 to 1,024."""
    at_once: int = 8
    """Of these, blocks that are in memory at once; fewer need less memory and give the same result."""
    steps: int | None = None
    """None goes through all blocks `epochs` times."""
    epochs: float = 2.0
    evaluate_every: int = 25
    """Steps between two looks at what is held out; a checkpoint is kept at each, so that a kill loses no more."""
    patience: int = 4
    """Looks without a better one after which it stops; 0 never stops early."""
    asked: float = 0.2
    """The share of blocks that begin with a request as people type it, 0 to 0.9."""
    seed: int = 1

    def __post_init__(self) -> None:
        _between("rank", self.rank, 1, 256)
        _between("alpha", self.alpha, 1, 1024)
        _between("dropout", self.dropout, 0, 0.9)
        _between("learning_rate", self.learning_rate, 1e-8, 0.1)
        _between("warmup", self.warmup, 0, 0.5)
        _between("weight_decay", self.weight_decay, 0, 1)
        _between("length", self.length, 16, 4096)
        _between("batch", self.batch, 1, 1024)
        _between("at_once", self.at_once, 1, self.batch)
        _between("steps", 1 if self.steps is None else self.steps, 1, 1_000_000)
        _between("epochs", self.epochs, 0.01, 1000)
        _between("evaluate_every", self.evaluate_every, 1, 100_000)
        _between("patience", self.patience, 0, 1000)
        _between("asked", self.asked, 0, 0.9)
        _between("seed", self.seed, 0, 2**31 - 1)
        if self.batch % self.at_once:
            raise BadRecipeError(name="at_once", value=self.at_once, allowed=f"a divisor of the batch, {self.batch}")

    def steps_for(self, blocks: int) -> int:
        """Say how many steps it takes with so many blocks."""
        return self.steps or max(round(self.epochs * blocks / self.batch), 1)


def _between(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise BadRecipeError(name=name, value=value, allowed=f"between {low:g} and {high:g}")
