"""The hand that draws and misspells made people, from one seed, out of the words of lookalike_words.tsv."""

from __future__ import annotations

import string
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from hub.matching.normalize.tables import read_table


def _read() -> dict[str, list[str]]:
    text = (Path(__file__).parent / "lookalike_words.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")][1:]
    return {name: words.split() for name, words in rows}


WORDS = _read()
HEADS, TAILS, STREETS, WAYS, JOBS = (WORDS[name] for name in ("heads", "tails", "streets", "ways", "jobs"))


class Pen:
    """Draws and misspells, from one seed."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self._cumulated: dict[tuple[int, float], np.ndarray[tuple[int], np.dtype[np.float64]]] = {}
        self.surnames = self._ranked([head + tail for head in HEADS for tail in TAILS])
        self.forenames = self._ranked([row["name"] for row in read_table("given_names.tsv") if row["name"].isalpha()])
        self.nicknames: dict[str, list[str]] = {}
        for row in read_table("nicknames.tsv"):
            group = row["group"].split()
            for name in group:
                self.nicknames.setdefault(name, []).extend(other for other in group if other != name)

    def _ranked(self, names: list[str]) -> list[str]:
        return [names[i] for i in self.rng.permutation(len(names))]

    def zipf(self, names: list[str], slope: float = 0.85) -> str:
        """One name, the first ones often."""
        key = len(names), slope
        if key not in self._cumulated:
            weights = 1.0 / np.arange(1, len(names) + 1) ** slope
            self._cumulated[key] = np.cumsum(weights / weights.sum())
        return names[int(np.searchsorted(self._cumulated[key], self.rng.random()).clip(0, len(names) - 1))]

    def yes(self, share: float) -> bool:
        """True with this chance."""
        return bool(self.rng.random() < share)

    def one(self, values: list[str]) -> str:
        """Any of the values."""
        return values[int(self.rng.integers(0, len(values)))]

    def digits(self, count: int) -> str:
        """A number of so many digits."""
        return "".join(str(d) for d in self.rng.integers(0, 10, count))

    def typo(self, text: str, times: int = 1) -> str:
        """Insert, delete, replace by a neighbouring key, or swap two letters."""
        for _ in range(times):
            if len(text) < 2:
                return text
            at = int(self.rng.integers(0, len(text) - 1))
            letter = text[at].lower()
            near = "0123456789" if letter.isdigit() else "".join(WORDS.get(f"key {letter}", [string.ascii_lowercase]))
            other = self.one(list(near))
            match int(self.rng.integers(0, 4)):
                case 0:
                    text = text[:at] + other + text[at:]
                case 1:
                    text = text[:at] + text[at + 1 :]
                case 2:
                    text = text[:at] + other + text[at + 1 :]
                case _:
                    text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        return text

    def day(self, first: int, last: int) -> date:
        """A day between two years."""
        return date(first, 1, 1) + timedelta(days=int(self.rng.integers(0, (last - first) * 365)))

    def slip(self, text: str) -> str:
        """A birth date with a slip: a digit, day and month swapped, a near day, the first of January."""
        day = date.fromisoformat(text)
        match int(self.rng.integers(0, 5)):
            case 0 if day.day <= 12:
                return f"{day.year:04d}-{day.day:02d}-{day.month:02d}"
            case 1:
                return f"{day.year:04d}-01-01"
            case 2:
                return (day + timedelta(days=int(self.rng.integers(-40, 40)))).isoformat()
            case _:
                at = int(self.rng.choice([2, 3, 6, 8, 9]))
                changed = text[:at] + str(self.rng.integers(0, 10)) + text[at + 1 :]
                try:
                    return date.fromisoformat(changed).isoformat()
                except ValueError:
                    return text
