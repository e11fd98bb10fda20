"""The conformance kit: tests that every source and destination passes, shipped so that others can run them too.

Belongs here: base classes for pytest (`SourceKit`, `DestinationKit`) and what they share. Does not: a vendor's own
tests. A connector's test subclasses a kit, names the subclass Test…, and gives the fixtures that the kit asks for.
"""

import pytest

pytest.register_assert_rewrite("hub.testing.sources", "hub.testing.destinations")

from hub.testing.destinations import DestinationKit  # noqa: E402 - after its assertions are registered
from hub.testing.sources import SourceKit  # noqa: E402

__all__ = ["DestinationKit", "SourceKit"]
