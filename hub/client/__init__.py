"""A thin client for programs that use a hub over HTTP: customers, records, and a feed that loses and repeats nothing.

Belongs here: speaking to the API. Does not: anything of the hub itself; it stands on the standard library and hub.errors alone,
so that it can be taken along.

    hub = Client("http://127.0.0.1:8321", token)
    hub.customer("KH7F3K2M9QX")["full_name"]
    hub.by_phone("0912345678")
"""

from hub.client.calls import Client
from hub.client.desk import Desk
from hub.client.feed import FeedGone, FilePosition, Position, follow, resynchronized
from hub.client.shapes import (
    Change,
    Customer,
    Decided,
    Happened,
    Moved,
    Page,
    Posted,
    Review,
    Segment,
    Snapshot,
    Withdrawal,
)

__all__ = [
    "Change",
    "Client",
    "Customer",
    "Decided",
    "Desk",
    "FeedGone",
    "FilePosition",
    "Happened",
    "Moved",
    "Page",
    "Position",
    "Posted",
    "Review",
    "Segment",
    "Snapshot",
    "Withdrawal",
    "follow",
    "resynchronized",
]
