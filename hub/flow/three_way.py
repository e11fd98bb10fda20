"""The three-way merge of one field of one record: what was sent last, what we hold, what stands there.

Belongs here: the decision for one field, pure. Does not: reading the three sides (judging.py), storing (plan.py).

The field's owner decides: `hub` ours, `destination` theirs, `fill_if_blank` ours where nothing stands, `newest` whose value began
later. What the hub sent itself is no word of the system's. Where the owner cannot decide, and where a value that was sent for
somebody else's sake has been edited since, it is a conflict: a person looks, nothing is sent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from hub.flow.values import equal
from hub.model import Json

Times = tuple[str | None, str | None]
What = Literal["nothing", "write", "back", "conflict"]


@dataclass(frozen=True, slots=True)
class Sides:
    """One field, all values in normal form, None = no value.

    base: last acknowledged; before: what stood there before that. sent: base was ever sent. astray: base was a value of a
    record that is another customer's by now. pinned: a person has set ours. clears: the system lets the field be emptied.
    times: when ours and theirs began, asked only where it matters; None = not known.
    """

    owner: str
    ours: Json
    theirs: Json
    base: Json = None
    before: Json = None
    sent: bool = False
    astray: bool = False
    pinned: bool = False
    clears: bool = True
    times: Callable[[], Times] = lambda: (None, None)

    @property
    def edited(self) -> bool:
        """Whether somebody there has changed the value since it was sent."""
        return self.sent and not equal(self.theirs, self.base)


@dataclass(frozen=True, slots=True)
class Verdict:
    """write: `value` goes there. back: so does the value that stood there before the hub's own. conflict: `reason`."""

    what: What
    value: Json = None
    reason: str | None = None


NOTHING = Verdict("nothing")


def merge(one: Sides) -> Verdict:
    """What is to become of the field."""
    if one.owner == "destination":
        return NOTHING
    if one.astray and one.sent and not one.pinned:
        found = _taken_back(one)
        if found is not None:
            return found
    if one.ours is None or equal(one.ours, one.theirs):
        return NOTHING
    return OWNERS[one.owner](one)


def _taken_back(one: Sides) -> Verdict | None:
    """A value that was somebody else's: ours in its place, else what stood there before; None when it is there no more."""
    if one.edited:
        stays = one.owner != "hub" or one.ours is None or equal(one.ours, one.theirs)
        return None if stays else Verdict("conflict", one.ours, "edited_since")
    if one.ours is not None:
        return NOTHING if equal(one.ours, one.theirs) else Verdict("write", one.ours)
    if equal(one.before, one.theirs):
        return NOTHING
    if one.before is None and not one.clears:
        return Verdict("conflict", None, "cannot_clear")
    return Verdict("back", one.before)


def _hub(one: Sides) -> Verdict:
    return Verdict("write", one.ours)


def _fill_if_blank(one: Sides) -> Verdict:
    """What the hub filled in and somebody cleared there stays cleared."""
    cleared = one.sent and equal(one.ours, one.base)
    return Verdict("write", one.ours) if one.theirs is None and not cleared else NOTHING


def _newest(one: Sides) -> Verdict:
    ours_changed = not (one.sent and equal(one.ours, one.base))
    if one.pinned or (one.sent and not one.edited):
        return Verdict("write", one.ours)
    if one.theirs is None:
        return Verdict("write", one.ours) if ours_changed else NOTHING
    ours_at, theirs_at = one.times()
    if ours_at is not None and theirs_at is not None:
        return Verdict("write", one.ours) if ours_at > theirs_at else NOTHING
    if not ours_changed:
        return NOTHING
    if one.sent:
        return Verdict("conflict", one.ours, "both_changed")
    return _untimed(one, ours_at, theirs_at)


def _untimed(one: Sides, ours_at: str | None, theirs_at: str | None) -> Verdict:
    """A value without a time is the older one; of two such, nobody can tell."""
    if ours_at is not None:
        return Verdict("write", one.ours)
    return NOTHING if theirs_at is not None else Verdict("conflict", one.ours, "no_times")


OWNERS: dict[str, Callable[[Sides], Verdict]] = {"hub": _hub, "fill_if_blank": _fill_if_blank, "newest": _newest}
