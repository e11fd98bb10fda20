"""What people who work at the hub do over HTTP: questions, decisions, what must stop, as programs of a shop's own would.

Belongs here: one thin call for each path. Does not: speaking HTTP (calls.py). The token's role says what it may do; nothing here
is tried again by itself, since each call is done once or refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from hub.client.calls import Client, part
from hub.client.shapes import Decided, Review, Withdrawal

Json = Any


class Desk(Client):
    """A client for stewards and operators."""

    # questions

    def reviews(self, **asked: str | int | None) -> Iterator[Review]:
        """Questions, the most valuable first. asked: kind, rule, state (open when left out), limit of a page."""
        return cast("Iterator[Review]", self.pages("/v1/reviews", **asked))

    def review(self, review_id: str, *, effects: bool = False) -> Review:
        """One question, records side by side; needs the right `pii`. effects: also what each answer would change."""
        return cast(Review, self._look(f"/v1/reviews/{part(review_id)}", {"effects": "true" if effects else None}))

    def claim(self, review_id: str, *, release: bool = False) -> dict[str, Json]:
        """Tell others that you look at it (author: who was first, until), or give it back."""
        return self._send(f"/v1/reviews/{part(review_id)}/claim", {"release": True} if release else {})

    def answer(
        self,
        review_id: str,
        verdict: str,
        *,
        exclude: Sequence[str] = (),
        until: str | None = None,
        reason: str | None = None,
        again: bool = False,
    ) -> dict[str, Json]:
        """Answer it. until: with `later`, the day on which it is asked again. Raises GuardError when somebody was faster."""
        sent = {"verdict": verdict, "exclude": list(exclude), "until": until, "reason": reason, "again": again}
        return self._send(f"/v1/reviews/{part(review_id)}/decision", sent)

    def put_off(self, review_id: str, until: str | None = None) -> dict[str, Json]:
        """Ask it again on a day; left out: in a week."""
        return self.answer(review_id, "later", until=until)

    def back(self, review_id: str) -> dict[str, Json]:
        """Ask again what was put off."""
        return self._send(f"/v1/reviews/{part(review_id)}/back", {})

    # decisions

    def merge(self, *customers: str, reason: str | None = None) -> Decided:
        """These are one customer."""
        return cast(Decided, self._send("/v1/merges", {"customers": list(customers), "reason": reason}))

    def split(self, customer: str, records: Sequence[str], *, each: bool = False, reason: str | None = None) -> Decided:
        """These records (`source:source_id`) are somebody else; each: everyone somebody of their own."""
        sent = {"customer": customer, "records": list(records), "each": each, "reason": reason}
        return cast(Decided, self._send("/v1/splits", sent))

    def undo(self, event: str, reason: str | None = None) -> Decided:
        """Take back a decision by its id, or an automatic merge by its number in the feed."""
        return cast(Decided, self._send(f"/v1/undo/{part(event)}", {"reason": reason}))

    # withdrawals

    def withdrawals(self, **asked: str | int | None) -> Iterator[Withdrawal]:
        """Systems that are to stop because a customer said no, what is due first. asked: destination, state, limit."""
        return cast("Iterator[Withdrawal]", self.pages("/v1/withdrawals", **asked))

    def withdrawal_done(self, task_id: str, reason: str | None = None) -> dict[str, Json]:
        """A person has seen to it there by hand."""
        return self._send(f"/v1/withdrawals/{part(task_id)}/done", {"reason": reason})

    # HTTP

    def _send(self, path: str, sent: Mapping[str, Json]) -> dict[str, Json]:
        told = {name: value for name, value in sent.items() if value not in (None, [], False)}
        return self._once(self._request("POST", path, told))
