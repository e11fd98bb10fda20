"""A request with many records that is refused as a whole: halved until the record is found that nobody takes.

Belongs here: the halving, and when a refusal may be laid at a record's door. Does not: sending (a vendor's folder), one
record at a time (kit.results).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from hub.connectors.kit.results import failed
from hub.errors import AuthError, PermanentError
from hub.model import Receipt, Write

T = TypeVar("T")
CAP = 8
"""Records that may be refused alone before any other got through: then it is the request that is refused, not they."""


def halved(
    items: Sequence[T], write_of: Callable[[T], Write], send: Callable[[Sequence[T]], Iterable[Receipt]]
) -> Iterator[Receipt]:
    """One receipt per item. send: gives the receipts of one request, raises PermanentError when it is refused whole.

    A record is rejected when it is refused alone and another one got through. When none did, nothing is known of the records:
    they are put off (`retry`), the last ones untried. Refused credentials are raised.
    """
    parts, taken = [list(items)] if items else [], len(items) == 1
    alone: list[tuple[T, PermanentError]] = []
    while parts and (taken or len(alone) < CAP):
        part, told = parts.pop(), 0
        try:
            for receipt in send(part):
                told += 1
                taken = taken or receipt.outcome in ("acked", "rejected")
                yield receipt
        except PermanentError as error:
            if told or (isinstance(error, AuthError) and error.code != "permission"):
                raise
            parts += [part[len(part) // 2 :], part[: len(part) // 2]] if len(part) > 1 else []
            alone += [(part[0], error)] if len(part) == 1 else []
    for item, refusal in alone:
        one = failed(write_of(item), refusal)
        yield one if taken else Receipt(one.key, "retry", one.source_id, reason=one.reason)
    for item in (one for part in parts for one in part):
        yield Receipt(write_of(item).key, "retry", write_of(item).target, reason=alone[-1][1].code)
