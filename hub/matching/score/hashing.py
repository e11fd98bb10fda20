"""Sixty-four bits that stand for a text, the same in every process, on every machine and under every library's version.

Belongs here: the hash and how two are put together, whole columns at a time. Does not: which texts (blocking).
A text's hash is Zobrist's (1970) over its UTF-8 bytes: the sum modulo 2**64 of `mixed(256 * position + byte)`, counted
from position 1, mixed once more. `mixed` is the finalizer of SplitMix64 (Steele, Lea & Flood 2014).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

Hashes = npt.NDArray[np.uint64]
_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def mixed(numbers: Hashes) -> Hashes:
    """Every number as another one, each bit of which depends on all of its bits; no two give the same."""
    found = numbers + _STEP
    found = (found ^ (found >> np.uint64(30))) * _FIRST
    found = (found ^ (found >> np.uint64(27))) * _SECOND
    return found ^ (found >> np.uint64(31))


def hashed(texts: pl.Series) -> Hashes:
    """The hash of every text; 0 for null and for the empty text, and for no other."""
    sizes = texts.str.len_bytes().fill_null(0).to_numpy().astype(np.int64)
    found = np.zeros(sizes.size, dtype=np.uint64)
    told = np.flatnonzero(sizes)
    if not told.size:
        return found
    joined = "".join(texts.gather(told).to_list()).encode()
    ends = np.cumsum(sizes[told])
    starts = ends - sizes[told]
    place = np.arange(1, ends[-1] + 1) - np.repeat(starts, sizes[told])
    bytes_ = np.frombuffer(joined, dtype=np.uint8).astype(np.uint64)
    each = mixed(place.astype(np.uint64) * np.uint64(256) + bytes_)
    found[told] = _some(mixed(np.add.reduceat(each, starts)))
    return found


def paired(one: Hashes, other: Hashes) -> Hashes:
    """One hash of two, in this order; 0 where either is 0."""
    both = mixed(mixed(one) + other)
    return np.where((one == 0) | (other == 0), np.uint64(0), _some(both))


def _some(numbers: Hashes) -> Hashes:
    """0 stands for nothing: what hashes to it is told as 1."""
    return np.maximum(numbers, np.uint64(1))
