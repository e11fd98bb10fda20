"""New ids for what a request begins."""

from __future__ import annotations

import uuid


def new_id() -> str:
    """A fresh UUID."""
    return str(uuid.uuid4())
