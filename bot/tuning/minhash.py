"""MinHash signatures and locality-sensitive hashing: which of many texts are nearly the same.

A. Broder, “On the resemblance and containment of documents”, 1997: the share of places in which the signatures of two
sets agree estimates their Jaccard similarity. Banding as in Leskovec, Rajaraman and Ullman, “Mining of Massive
Datasets”, chapter 3.
"""

from __future__ import annotations

import zlib
from collections.abc import Hashable, Iterator
from collections.abc import Set as AbstractSet

import numpy as np
import numpy.typing as npt

PLACES = 128
"""Of a signature: the estimate is off by 0.04 at a similarity of 0.8."""
_BANDS = 32
# Two texts as similar as 0.8 share a band of four places with a probability of 1 - 1e-7, those of 0.3 in 23 of 100.
_ROWS = PLACES // _BANDS
_AT_ONCE = 8192
_SEED = 20_230_817

Signature = npt.NDArray[np.uint32]


class MinHasher:
    """Makes signatures; all of them are alike, so that those of two can be compared."""

    def __init__(self) -> None:
        chance = np.random.default_rng(_SEED)
        # Multiply-shift hashing (Dietzfelbinger et al., 1997): odd factors, modulo 2⁶⁴, the upper half is the hash.
        self._factors = chance.integers(0, 2**63, PLACES, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
        self._terms = chance.integers(0, 2**63, PLACES, dtype=np.uint64)

    def signature(self, shingles: AbstractSet[str]) -> Signature:
        """Give the signature of a set of pieces of text; that of an empty set is like no other's."""
        hashes = np.fromiter((zlib.crc32(shingle.encode()) for shingle in shingles), np.uint64, len(shingles))
        lowest = np.full(PLACES, np.iinfo(np.uint32).max, np.uint32)
        for start in range(0, len(hashes), _AT_ONCE):
            part = hashes[start : start + _AT_ONCE, np.newaxis] * self._factors + self._terms
            lowest = np.minimum(lowest, (part >> np.uint64(32)).astype(np.uint32).min(axis=0))
        return lowest


class Nearest:
    """Remembers signatures, and finds one that a new one is nearly the same as.

    Args:
        similarity: From how much on they are: a Jaccard similarity, 0.5 to 1.
    """

    def __init__(self, similarity: float) -> None:
        self._similarity = similarity
        self._signatures: list[Signature] = []
        self._names: list[Hashable] = []
        self._bands: dict[tuple[int, bytes], list[int]] = {}

    def add(self, name: Hashable, signature: Signature) -> None:
        """Remember a signature by a name."""
        number = len(self._signatures)
        self._signatures.append(signature)
        self._names.append(name)
        for key in _keys(signature):
            self._bands.setdefault(key, []).append(number)

    def find(self, signature: Signature) -> Hashable | None:
        """Give the name of the first that was remembered and is nearly the same; None where there is none."""
        candidates = {number for key in _keys(signature) for number in self._bands.get(key, ())}
        for number in sorted(candidates):
            if float(np.mean(self._signatures[number] == signature)) >= self._similarity:
                return self._names[number]
        return None


def _keys(signature: Signature) -> Iterator[tuple[int, bytes]]:
    for band in range(_BANDS):
        yield band, signature[band * _ROWS : (band + 1) * _ROWS].tobytes()
