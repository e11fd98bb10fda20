"""An answer that is an error, raised wherever it shows. Belongs here: the exception. Does not: its forms (problems.py)."""

from __future__ import annotations

from collections.abc import Mapping

from hub.model import Json


class Problem(Exception):
    """An answer that is an error. code: stable, tells what; field: where; more: further members of the document."""

    def __init__(
        self, status: int, code: str, detail: str = "", *, headers: Mapping[str, str] | None = None, **more: Json
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.detail, self.headers, self.more = status, code, detail, dict(headers or {}), more
