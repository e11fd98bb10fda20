"""How good a partition is against known truth: pairs, B-cubed, clusters, over- and under-merges.

Belongs here: set arithmetic on cluster sizes; no pair is ever listed. Does not: reading truth files (flow), matching.
"""

from __future__ import annotations

from typing import TypedDict

import polars as pl

LISTED = 100
"""So many over- and under-merges are listed, the largest first."""


class Measure(TypedDict):
    """Precision, recall and their harmonic mean; 1.0 where nothing was asked."""

    precision: float
    recall: float
    f1: float


def evaluate(predicted: pl.DataFrame, truth: pl.DataFrame) -> dict[str, object]:
    """Compare clusters on the records that both frames name.

    predicted: record, cluster. truth: record, cluster and, when known, scenario. over: clusters that hold several truths,
    under: truths that lie in several clusters, each with the parts' sizes; missing: truth records without a prediction.
    """
    both = truth.select("record", pl.col("cluster").alias("true"), *_scenario(truth)).join(
        predicted.select("record", "cluster"), on="record", how="inner"
    )
    cells = both.group_by("cluster", "true").agg(pl.len().cast(pl.Int64).alias("n"))
    return {
        "records": both.height,
        "missing": truth.height - both.height,
        "clusters": {"predicted": cells["cluster"].n_unique(), "true": cells["true"].n_unique()},
        "pairs": _pairs(cells),
        "b_cubed": _b_cubed(cells),
        "largest_cluster": _largest(cells),
        "over_merges": _mixed(cells, "cluster", "true"),
        "under_merges": _mixed(cells, "true", "cluster"),
        **({"scenarios": _by_scenario(both)} if "scenario" in both.columns else {}),
    }


def _scenario(truth: pl.DataFrame) -> list[str]:
    return ["scenario"] if "scenario" in truth.columns else []


def _measure(right: float, predicted: float, true: float) -> Measure:
    precision, recall = (right / predicted if predicted else 1.0), (right / true if true else 1.0)
    total = precision + recall
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / total if total else 0.0}


def _pair_count(sizes: pl.Series) -> int:
    """Unordered pairs within groups of these sizes."""
    return int((sizes.cast(pl.Int64) * (sizes.cast(pl.Int64) - 1) // 2).sum())


def _pairs(cells: pl.DataFrame) -> Measure:
    """Pairs of records that are together, of those that should be."""
    sizes = {side: cells.group_by(side).agg(pl.col("n").sum())["n"] for side in ("cluster", "true")}
    return _measure(_pair_count(cells["n"]), _pair_count(sizes["cluster"]), _pair_count(sizes["true"]))


def _b_cubed(cells: pl.DataFrame) -> Measure:
    """The mean over records of how pure their cluster is and how whole their truth."""
    n = pl.col("n")
    shares = cells.select(
        (n * n / n.sum().over("cluster")).sum().alias("pure"), (n * n / n.sum().over("true")).sum().alias("whole"), n.sum()
    ).row(0)  # fmt: skip
    pure, whole, count = (float(share) for share in shares)
    return _of(pure / count, whole / count) if count else _of(1.0, 1.0)


def _of(precision: float, recall: float) -> Measure:
    total = precision + recall
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / total if total else 0.0}


def _largest(cells: pl.DataFrame) -> int:
    return max(cells.group_by("cluster").agg(pl.col("n").sum())["n"].to_list(), default=0)


def _mixed(cells: pl.DataFrame, side: str, other: str) -> dict[str, object]:
    """Groups of one side that hold several of the other: how many, and the largest with their parts."""
    parts = cells.sort(side, "n", other, descending=[False, True, False]).group_by(side, maintain_order=True).agg(
        pl.struct(pl.col(other).alias("part"), "n").alias("parts"), pl.col("n").sum().alias("size"))  # fmt: skip
    mixed = parts.filter(pl.col("parts").list.len() > 1).sort("size", side, descending=[True, False])
    shown = [{"id": row[side], "size": row["size"], "parts": row["parts"]} for row in mixed.head(LISTED).to_dicts()]
    return {"count": mixed.height, "largest": shown}


def _by_scenario(both: pl.DataFrame) -> dict[str, dict[str, object]]:
    """Per scenario: pairs over its own records only, and how many of its records lie in a cluster with somebody else's."""
    strangers = both.filter(pl.col("true").n_unique().over("cluster") > 1).group_by("scenario").len("strangers")
    found: dict[str, dict[str, object]] = {}
    for (name,), rows in both.group_by("scenario"):
        cells = rows.group_by("cluster", "true").agg(pl.len().cast(pl.Int64).alias("n"))
        count = strangers.filter(pl.col("scenario") == name)["strangers"].sum()
        found[str(name)] = {"records": rows.height, "pairs": _pairs(cells), "with_strangers": int(count)}
    return dict(sorted(found.items()))
