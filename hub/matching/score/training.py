"""Parameters from a shop's own records, without labels: `hub match --train`.

Belongs here: which pairs teach what, the rounds of estimation. Does not: the EM itself (em), thresholds (threshold).
u comes from random pairs (Fellegi & Sunter's second method), each weighted by its chance of not being one person, since
in small or much duplicated lists random pairs hold matches too. m comes from EM within block rules in turn, a rule's own
comparisons left out (as Linacre et al. 2022 describe for Splink), expected counts added up over the rules.
Drawn with a fixed seed over record order: the same records give the same parameters, in any order of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from hub.matching.score import em
from hub.matching.score.blocking import Blocks, Rule, shipped_rules
from hub.matching.score.bounds import Bounds
from hub.matching.score.compare import Compared, Comparer
from hub.matching.score.defaults import LARGEST_BLOCK, fresh
from hub.matching.score.fields import Features, extra_names, read_features
from hub.matching.score.foretelling import foretold
from hub.matching.score.frequency import frequencies, whole_names
from hub.matching.score.hashing import mixed
from hub.matching.score.keys import about_of
from hub.matching.score.model import MILLI, Comparison, Floats, Levels, Parameters, Whole
from hub.matching.score.threshold import thresholds
from hub.matching.score.weigh import Scales

SEED = 20_260_101
RANDOM, SESSION, CHECKED = 1_000_000, 200_000, 3_000_000
"""Most random pairs, pairs of one rule, and candidates by which the prior is set."""
LEAST = 20
"""A rule with fewer pairs teaches nothing."""
BESIDE = (
    ("both_sound",), ("birth",), ("month_day",), ("given",), ("family",), ("family_tail",),
    ("given_head", "occupation"), ("family_head", "occupation"),
)  # fmt: skip
"""Keys beside an extra field in rules."""
LARGEST, PAIRS_EACH = (256, 128), 60
"""The largest blocks that a list may have, where they make no more than so many pairs for each record."""
UNLIKELY = 10.0
"""Pairs that many bits below even odds in a list where every record has one partner are not counted one by one."""
PART = 500_000
"""So many pairs are compared at once."""
PASSES = 4
STRENGTH = 20.0
"""What is known before weighs as much as so many pairs."""
HELD = 0.01
"""A comparison that fewer records can take part in keeps its shares."""
TF_FIELDS = frozenset({"given", "family", "company", "occupation", "locality", "province", "postal_code", "birth_date"})


@dataclass(frozen=True, slots=True)
class Trained:
    """parameters, and what was learned from: pairs by rule, their share of matches, rounds."""

    parameters: Parameters
    sessions: tuple[tuple[Rule, int, float], ...]
    expected_matches: float
    candidates: int


def train(records: pl.DataFrame, identifiers: pl.DataFrame, blocked: pl.DataFrame, before: Parameters) -> Trained:
    """Estimate the parameters anew from all records, beginning with `before` (the shipped or the last ones)."""
    known = replace(before, comparisons=with_extras(before.comparisons, extra_names(records)))
    features = read_features(records, identifiers, blocked, known.extras)
    known = replace(known, rules=with_extra_rules(tuple(one.keys for one in shipped_rules()), known.extras))
    known = replace(known, largest_block=largest_block(Blocks(features), known))
    found = _Training(features, known).run()
    return replace(found, parameters=foretold(records, identifiers, blocked, found.parameters))


def largest_block(blocks: Blocks, known: Parameters) -> int:
    """A short list can afford larger blocks, and finds more in them."""
    pairs = blocks.counted(known.rules, LARGEST)
    afforded = [size for size, count in zip(LARGEST, pairs, strict=True) if count <= PAIRS_EACH * blocks.features.size]
    return max([LARGEST_BLOCK, *afforded])


def with_extras(comparisons: Sequence[Comparison], extras: Sequence[str]) -> tuple[Comparison, ...]:
    """The comparisons and one for every extra field that has none yet."""
    there = {one.name for one in comparisons}
    return (*comparisons, *(fresh(f"extra.{name}", "text") for name in extras if f"extra.{name}" not in there))


def with_extra_rules(rules: Sequence[Rule], extras: Sequence[str]) -> tuple[Rule, ...]:
    """The rules and, for every extra field, it with parts of names, alone or with an occupation, or with a date of birth."""
    more = [(f"extra.{name}", *rest) for name in extras for rest in BESIDE]
    return tuple(dict.fromkeys([*rules, *more]))


class _Training:
    def __init__(self, features: Features, known: Parameters) -> None:
        self.features = features
        self.known = known
        self.comparer = Comparer(features, known.comparisons)
        self.blocks = Blocks(features)
        names = known.names
        self.shape = em.Shape(
            tuple(len(one.levels) for one in known.comparisons),
            tuple(names.index(one.parent) if one.parent else -1 for one in known.comparisons),
        )
        self.rng = np.random.default_rng(SEED)

    def run(self) -> Trained:
        random = self._random()
        sessions = self._sessions()
        m, u = ([np.array(getattr(one, which)) for one in self.known.comparisons] for which in ("m", "u"))
        first_m, first_u = m, u
        told: list[tuple[Rule, int, float]] = []
        used = list(range(len(m)))
        odds = 1.0 / max(self.features.size, 2)
        u = em.shares(em.tally(random, random.counts, self.shape, used), first_u, 1.0)
        for _ in range(PASSES):
            counts, told = self._counted(sessions, m, u)
            m = em.shares(counts, first_m, STRENGTH)
            chance = em.posterior(random, m, u, self.shape, used, odds)
            odds = self._odds(random, chance, odds)
            u = em.learn_u(random, m, u, self.shape, first_u, odds)
        return self._finished(m, u, told)

    def _odds(self, random: em.Patterns, chance: Floats, odds: float) -> float:
        share = float((random.counts * chance).sum() / max(random.counts.sum(), 1.0))
        return float(np.clip(share / (1 - min(share, 0.5)), odds / 8, odds * 8))

    def _random(self) -> em.Patterns:
        """All pairs of a small list, else a draw of them."""
        size = self.features.size
        if size * (size - 1) // 2 <= RANDOM:
            a, b = (side.astype(np.int64) for side in np.triu_indices(size, 1))
        else:
            a, b = self.rng.integers(0, size, RANDOM), self.rng.integers(0, size - 1, RANDOM)
            b = b + (b >= a)
        return em.patterns(self._levels(a, b), self.shape)

    def _levels(self, a: Whole, b: Whole) -> Levels:
        same = self.features.organisation[a] == self.features.organisation[b]
        return self.comparer.compare(a[same], b[same]).levels

    def _places(self, codes: Whole) -> tuple[Whole, Whole]:
        return codes // self.features.size, codes % self.features.size

    def _sessions(self) -> list[tuple[Rule, em.Patterns]]:
        found = []
        for rule in (one.keys for one in shipped_rules() if one.train):
            codes, _ = drawn(self.blocks.candidates([rule], LARGEST_BLOCK), SESSION)
            if codes.size >= LEAST:
                found.append((rule, em.patterns(self._levels(*self._places(codes)), self.shape)))
        return found

    def _counted(self, sessions: list[tuple[Rule, em.Patterns]], m: list[Floats], u: list[Floats]) -> tuple[
        list[Floats], list[tuple[Rule, int, float]]]:  # fmt: skip
        total = self.shape.tables()
        told = []
        for rule, found in sessions:
            about = about_of(rule)
            used = [place for place, name in enumerate(self.known.names) if name not in about]
            counts, match = em.learn_m(found, m, u, self.shape, used, STRENGTH)
            told.append((rule, int(found.counts.sum()), match))
            for place in used:
                total[place] += counts[place]
        return total, told

    def _finished(self, m: list[Floats], u: list[Floats], told: list[tuple[Rule, int, float]]) -> Trained:
        comparisons = [
            self._with_frequencies(one, ms, us) for one, ms, us in zip(self.known.comparisons, m, u, strict=True)
        ]
        learned = replace(self.known, origin="trained", prior_bits=0.0, comparisons=tuple(comparisons))
        codes, total = drawn(self.blocks.candidates(learned.rules, learned.largest_block), CHECKED)
        scale = total / max(codes.size, 1)
        compared = self._weighty(learned, codes)
        bits = self._weights(learned, compared)
        _, expected = _prior(bits, scale, self.features.size)
        learned = replace(learned, comparisons=tuple(self._with_whole_names(one, expected) for one in comparisons))
        bits = self._weights(learned, compared)
        prior, expected = _prior(bits, scale, self.features.size)
        learned = replace(learned, prior_bits=prior, thresholds=thresholds(bits + prior))
        return Trained(learned, tuple(told), expected, total)

    def _with_frequencies(self, one: Comparison, m: Floats, u: Floats) -> Comparison:
        listed = (one.name in TF_FIELDS or one.name.startswith("extra.")) and one.name in self.comparer.fields
        tf, rest = frequencies(self.comparer.fields[one.name]) if listed else ({}, 0.0)
        return replace(one, m=_rows(m), u=_rows(u), tf=tf, tf_rest=rest)

    def _with_whole_names(self, one: Comparison, expected: float) -> Comparison:
        """A person stands in the list as often as the expected matches say, half as many again at most."""
        if one.kind != "order":
            return one
        often = 1 + round(3 * expected / max(self.features.size, 1))
        return replace(one, tf=whole_names(self.features.fields["given"], self.features.fields["family"], often))

    def _weighty(self, learned: Parameters, codes: Whole) -> list[Compared]:
        """The pairs compared, without those that could hardly be of one person."""
        bounds = Bounds(Scales(learned, self.comparer), self.comparer)
        least = round((np.log2(self.features.size) - UNLIKELY) * MILLI)
        parts = (self._places(codes[start : start + PART]) for start in range(0, codes.size, PART))
        return [bounds.compare(a, b, least)[2] for a, b in parts]

    def _weights(self, learned: Parameters, compared: list[Compared]) -> Floats:
        """Weights in bits of pairs, the prior as in the parameters."""
        scales = Scales(learned, self.comparer)
        parts = [scales.weigh(part).total for part in compared]
        return np.concatenate(parts or [np.zeros(0, dtype=np.int32)]) / MILLI


def drawn(parts: Iterable[Whole], most: int) -> tuple[Whole, int]:
    """At most about `most` codes out of all, ascending, each as likely as any other, and how many there are.

    Which ones follows from the codes alone.
    """
    kept, total, bar = [np.zeros(0, dtype=np.int64)], 0, np.uint64(2**64 - 1)
    for codes in parts:
        total += codes.size
        kept.append(codes[mixed(codes.view(np.uint64)) <= bar])
        while sum(part.size for part in kept) > most:
            bar = bar >> np.uint64(1)
            kept = [part[mixed(part.view(np.uint64)) <= bar] for part in kept]
    return np.concatenate(kept), total


def _prior(bits: Floats, scale: float, size: int) -> tuple[float, float]:
    """log2 odds of a random pair, such that the expected matches among the candidates are those that it implies.

    Counted by pairs that are likelier one person than two: of the many others a small error of each would add up.
    """
    everything = max(size * (size - 1) / 2, 1.0)
    expected = size * 0.2
    for _ in range(60):
        odds = np.log2(expected / everything)
        likely = bits[bits + odds > 0] + odds
        after = max(float((1.0 / (1.0 + np.exp2(-np.clip(likely, 0, 60)))).sum()) * scale, 1.0)
        if abs(after - expected) < 0.001 * expected:
            break
        expected = after
    return round(float(np.log2(expected / everything)), 3), expected


def _rows(shares: Floats) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(f"{share:.6g}") for share in row) for row in np.maximum(shares, 1e-9))
