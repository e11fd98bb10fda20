"""Expectation–maximization on pairs whose truth is known."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from hub.matching.score import em

M = [np.array([[0.9, 0.08, 0.02]]), np.array([[0.7, 0.3]]), np.array([[0.95, 0.05]])]
U = [np.array([[0.02, 0.08, 0.9]]), np.array([[0.05, 0.95]]), np.array([[0.1, 0.9]])]
SHAPE = em.Shape((3, 2, 2), (-1, -1, -1))
FLAT = [np.full_like(one, 1 / one.size) for one in M]


def _drawn(pairs, match, shape=SHAPE, m=M, u=U):
    rng = np.random.default_rng(1)
    is_match = rng.random(pairs) < match
    columns = [
        np.where(is_match, rng.choice(a.size, pairs, p=a[0]), rng.choice(b.size, pairs, p=b[0]))
        for a, b in zip(m, u, strict=True)
    ]
    return em.patterns(np.stack(columns, axis=1).astype(np.int8), shape)


def test_em_finds_the_shares_among_matches_without_labels():
    start = [np.array([[0.6, 0.3, 0.1]]), np.array([[0.6, 0.4]]), np.array([[0.6, 0.4]])]
    counts, match = em.learn_m(_drawn(50_000, 0.3), start, U, SHAPE, [0, 1, 2], 1.0)
    assert match == pytest.approx(0.3, abs=0.02)
    for found, true in zip(em.shares(counts, start, 1.0), M, strict=True):
        assert np.abs(found - true).max() < 0.03


def test_matches_among_random_pairs_do_not_count_as_chance():
    random = _drawn(200_000, 0.05)
    naive = em.shares(em.tally(random, random.counts, SHAPE, [0, 1, 2]), FLAT, 1.0)
    found = em.learn_u(random, M, U, SHAPE, FLAT, 0.05 / 0.95)
    assert 0.02 <= found[0][0, 0] < 0.7 * naive[0][0, 0]


def test_a_missing_level_says_nothing():
    some = em.patterns(np.array([[-1, -1, -1]], dtype=np.int8), SHAPE)
    assert em.posterior(some, M, U, SHAPE, [0, 1, 2], 1.0)[0] == pytest.approx(0.5)


def test_a_child_that_only_repeats_its_parent_adds_nothing():
    shape = em.Shape((2, 2), (-1, 0))
    m, u = ([np.array([[p, 1 - p]]), np.array([[0.5, 0.5], [1 - 1e-9, 1e-9], [1e-9, 1 - 1e-9]])] for p in (0.9, 0.1))
    both = em.patterns(np.array([[0, 0]], dtype=np.int8), shape)
    one = em.posterior(both, m, u, shape, [0], 1.0)
    assert em.posterior(both, m, u, shape, [0, 1], 1.0) == pytest.approx(one)


def _objective(found, m, u, match, prior, strength):
    """The log-likelihood of the pairs and what is known before (a Dirichlet prior), up to a constant."""
    used = range(len(m))
    either = match * np.exp(em.log_shares(found, m, SHAPE, used)) + (1 - match) * np.exp(
        em.log_shares(found, u, SHAPE, used)
    )
    known = sum(float((strength * before * np.log(now)).sum()) for before, now in zip(prior, m, strict=True))
    return float((found.counts * np.log(either)).sum()) + known


@pytest.mark.parametrize("match", [0.02, 0.3, 0.8])
def test_every_round_of_em_makes_the_pairs_likelier(match, monkeypatch):
    found = _drawn(5_000, match)
    start = [np.array([[0.5, 0.3, 0.2]]), np.array([[0.6, 0.4]]), np.array([[0.7, 0.3]])]
    monkeypatch.setattr(em, "SETTLED", 0.0)
    told = []
    for rounds in range(1, 13):
        monkeypatch.setattr(em, "ROUNDS", rounds)
        counts, share = em.learn_m(found, start, U, SHAPE, [0, 1, 2], 5.0)
        told.append(_objective(found, em.shares(counts, start, 5.0), U, share, start, 5.0))
    assert all(after >= before - 1e-6 for before, after in itertools.pairwise(told))
    assert told[-1] > told[0]
