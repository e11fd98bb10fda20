"""`${NAME}` in settings: filled from the environment or the workspace's `.env`. Names are shown, values never."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from dotenv import dotenv_values

from hub.model import Json

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
SECRET_KEYS = frozenset(
    {"client_secret", "consumer_key", "consumer_secret", "api_key", "password", "token", "secret", "webhook_secret"}
)
"""Keys whose value must be a reference, never written in clear."""


def environment(workspace: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment over the workspace's `.env` (which may be missing)."""
    stored = dotenv_values(workspace / ".env") if (workspace / ".env").is_file() else {}
    return {**{k: v for k, v in stored.items() if v is not None}, **environ}


def in_clear(key: str, value: Json) -> bool:
    """Whether a secret stands in the file itself."""
    return key in SECRET_KEYS and isinstance(value, str) and value != "" and not _REFERENCE.fullmatch(value)


def resolve(value: Json, env: Mapping[str, str], missing: Callable[[str], None]) -> Json:
    """`value` with every reference replaced, in tables and lists too; `missing` is told each name that is not set."""
    if isinstance(value, dict):
        return {key: resolve(item, env, missing) for key, item in value.items()}
    if isinstance(value, list):
        return [resolve(item, env, missing) for item in value]
    return _fill(value, env, missing) if isinstance(value, str) else value


def _fill(text: str, env: Mapping[str, str], missing: Callable[[str], None]) -> str:
    def one(match: re.Match[str]) -> str:
        if match[1] not in env:
            missing(match[1])
        return env.get(match[1], "")

    return _REFERENCE.sub(one, text)
