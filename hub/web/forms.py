"""Dates, numbers, money and words in the reader's form.

Belongs here: what templates call as `f`. Does not: sentences (locale/*.po), what is shown (pages).
Times are shown in the shop's time zone; a day that somebody was born on is a day, without one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from hub.connectors.kit.people import amount_text
from hub.flow.texts import texts
from hub.matching.explain import label
from hub.model import Json, from_utc_text

AGO = (
    (31_557_600, "{} năm trước", "{} y ago"),
    (2_629_800, "{} tháng trước", "{} mo ago"),
    (86_400, "{} ngày trước", "{} d ago"),
    (3_600, "{} giờ trước", "{} h ago"),
    (60, "{} phút trước", "{} min ago"),
)
SPANS = ((3_600, "{} giờ", "{} h"), (60, "{} phút", "{} min"), (1, "{} giây", "{} s"))
SURE, RATHER = 10.0, 5.0
"""Bits from which a suggestion is sure, or rather sure."""


WORDED = ("gender", "customer_type", "kind", "status")
CONTACTS = ("phone", "email", "email_weak")
HOME = "VN"
"""The country that nobody needs to be told."""


@dataclass(frozen=True, slots=True)
class Forms:
    """language: vi | en. now: canonical time."""

    language: str
    timezone: str
    now: str

    def _local(self, text: str) -> datetime:
        return from_utc_text(text).astimezone(ZoneInfo(self.timezone))

    def day(self, text: str | None) -> str:
        """The day of a canonical time: 22/11/2026."""
        if not text:
            return "–"
        return self._local(text).strftime("%d/%m/%Y" if self.language == "vi" else "%d %b %Y")

    def time(self, text: str | None) -> str:
        """Day and minute."""
        return f"{self.day(text)} {self._local(text):%H:%M}" if text else "–"

    def born(self, text: str | None) -> str:
        """`1985-12-24` as people write it; parts of a date as they are."""
        if text and len(text) == 10 and not text.startswith("-"):
            return f"{text[8:]}/{text[5:7]}/{text[:4]}" if self.language == "vi" else text
        return text or "–"

    def ago(self, text: str | None) -> str:
        """How long ago; of what is to come the day."""
        if not text:
            return "–"
        seconds = (from_utc_text(self.now) - from_utc_text(text)).total_seconds()
        if seconds < -60:
            return self.day(text)
        for size, vi, en in AGO:
            if seconds >= size:
                return (vi if self.language == "vi" else en).format(int(seconds // size))
        return "vừa xong" if self.language == "vi" else "just now"

    def seconds_since(self, text: str | None) -> float | None:
        """Seconds since a canonical time, None for none."""
        return (from_utc_text(self.now) - from_utc_text(text)).total_seconds() if text else None

    def span(self, seconds: float | None) -> str:
        """A duration, roughly."""
        for size, vi, en in SPANS:
            if (seconds or 0) >= size:
                return (vi if self.language == "vi" else en).format(round((seconds or 0) / size))
        return "< 1 s" if self.language == "en" else "dưới 1 giây"

    def num(self, count: float | None) -> str:
        """1204 → `1.204` (vi), `1,204` (en)."""
        return self._turned(f"{count or 0:,}")

    def _turned(self, text: str) -> str:
        return text.translate(str.maketrans(",.", ".,")) if self.language == "vi" else text

    def money(self, minor: int | None, currency: str | None = "VND") -> str:
        """An amount in minor units; of no currency that is known the bare amount."""
        text = self._turned(amount_text(minor or 0, currency or "XXX"))
        return text.removesuffix("XXX").strip().replace("VND", "₫")

    def phone(self, value: str | None) -> str:
        """A Vietnamese phone in national form, in groups."""
        if value and value.startswith("+84") and len(value) == 12:
            return f"0{value[3:5]} {value[5:8]} {value[8:]}"
        return value or ""

    def field(self, name: str) -> str:
        """A field's name."""
        told = label(name, "vi" if self.language == "vi" else "en")
        told = self.word(name) if told == name else told
        return told[:1].upper() + told[1:]

    def word(self, name: str | None) -> str:
        """A state, kind, role or verdict as people say it."""
        row = texts("page_words.tsv").get(name or "")
        return row[self.language] if row else (name or "–")

    def by(self, author: str | None) -> str:
        """Who did it: people by their names alone, programs and the command line as they are kept."""
        return (author or "–").removeprefix("user:")

    def kind(self, name: str) -> str:
        """What a kind of question is."""
        row = texts("review_kinds.tsv").get(name)
        return row[self.language] if row else name

    def pattern(self, about: str) -> str:
        """The words of a question's pattern."""
        parts = [part for part in about.replace("+", ".").split(".") if part]
        return " · ".join(self.word(f"by.{part}") if part in CONTACTS else self.word(part) for part in parts)

    def sure(self, bits: float | None) -> str:
        """How sure a suggestion is; empty without a score."""
        if bits is None:
            return ""
        return self.word("sure" if bits >= SURE else "rather" if bits >= RATHER else "unsure")

    def plain(self, value: Json, name: str = "") -> str:
        """Any value of a document as people read it."""
        if value is None or value in ("", []):
            return "–"
        if isinstance(value, list):
            return "; ".join(self.plain(one, name) for one in value)
        if isinstance(value, dict):
            return self.plain(value["value"], name) if "value" in value else ", ".join(map(self.word, _parts(value)))
        return self._single("yes" if value is True else "no" if value is False else str(value), name)

    def _single(self, text: str, name: str) -> str:
        if name == "birth_date":
            return self.born(text)
        return self.word(text) if name in WORDED or text in ("yes", "no") else self.phone(text)


def _parts(value: dict[str, Any]) -> list[str]:
    """Parts of an address or a consent, the smallest first."""
    order = ("line", "ward", "district", "province", "country", "purpose", "channel", "address", "status")
    known = [value.get(name) for name in order if name in value and value[name] != HOME]
    told = known or [part for part in value.values() if isinstance(part, str | int)]
    return [str(part) for part in told if part]
