"""The one error tree, by what the caller must do.

Belongs here: error classes. Does not: catching and reporting (flow, cli), retrying (connectors.kit).
Messages name what, where and what to do, never a customer's value.
"""

from __future__ import annotations


class HubError(Exception):
    """Anything the hub raises on purpose. `code` is stable, `hint` says what to do."""

    code = "hub"

    def __init__(self, message: str, *, hint: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or type(self).code

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class TransientError(HubError):
    """Try again later: time-outs, 5xx, limits. `retry_after` in seconds when the other side said so."""

    code = "network"

    def __init__(
        self, message: str, *, hint: str | None = None, code: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message, hint=hint, code=code)
        self.retry_after = retry_after


class UnknownOutcome(TransientError):
    """A write was sent and no answer came: it may or may not have happened; read back before sending again."""

    code = "unknown"


class PermanentError(HubError):
    """The same request will fail again: 4xx, a refused record, a broken payload. Never retried."""

    code = "permanent"


class AuthError(PermanentError):
    """Credentials refused (401) or, with code `permission`, not allowed (403). Never retried."""

    code = "auth"


class ConfigError(HubError):
    """Wrong settings or usage (exit code 2). `path` is the key's path in hub.toml, when there is one."""

    code = "config"

    def __init__(
        self, message: str, *, hint: str | None = None, code: str | None = None, path: str | None = None
    ) -> None:
        super().__init__(message, hint=hint, code=code)
        self.path = path

    def __str__(self) -> str:
        text = super().__str__()
        return f"{self.path}: {text}" if self.path else text


class GuardError(HubError):
    """A guard held something back; a person must look (exit code 3)."""

    code = "guard"


class LockedError(HubError):
    """Another run holds the workspace; the message says who (exit code 4)."""

    code = "locked"


class InvariantError(HubError):
    """A proof about the golden candidate failed; nothing was promoted (exit code 4)."""

    code = "invariant"
