"""The key of forgetting and what is written beside the store: by these an erased person is known again, in a backup too.

Belongs here: `data/forget.key` (32 random bytes as hex, mode 0600), keyed digests, `data/erased.jsonl` (one line per erasure:
digests only). Does not: the tables (store.erasures), who is kept out (forget_screen.py).
Both files belong into a backup of their own: whoever has the key alone learns nothing, nor does who has the digests alone.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from hub.errors import ConfigError
from hub.model import Json
from hub.settings import Settings
from hub.store import notes
from hub.store.engine import Store, StoreConnection

KEY, LINES = "forget.key", "erased.jsonl"
NOTE = "forget.key"
WORD = re.compile(r"\w+")
BYTES = 32


@dataclass(frozen=True, slots=True)
class Key:
    """The secret by which digests are made."""

    secret: bytes

    def digest(self, *parts: str) -> str:
        """Hex of HMAC-SHA-256 over the parts."""
        return hmac.digest(self.secret, "\x1f".join(parts).encode("utf-8", "replace"), "sha256").hex()

    def record(self, source: str, stream: str, source_id: str) -> str:
        """The digest of a system's own id."""
        return self.digest("record", source, stream, source_id)

    def value(self, type_: str, value: str, issuer: str) -> str:
        """The digest of an identifier in normal form."""
        return self.digest("value", type_, value, issuer)

    def words(self, names: Iterable[str]) -> list[str]:
        """Digests of the words of names, without case and tones, sorted."""
        found = {word for name in names for word in WORD.findall(folded(name))}
        return sorted(self.digest("word", word) for word in found)


def folded(text: str) -> str:
    """Small letters without tones and marks."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def folder(settings: Settings) -> Path:
    """Where the key and the lines are."""
    return settings.workspace / "data"


def the_key(store: Store, settings: Settings, *, make: bool = False) -> Key:
    """The workspace's key. make: there may be none yet. Raises ConfigError when it is lost, or is not this store's.

    One that erasures beside the store were written with is never made anew: an older store in its place does not know of it.
    """
    path = folder(settings) / KEY
    with store.read() as conn:
        known = notes.get(conn, NOTE)
        if path.exists() or known is not None or lines(settings) or not make:
            key = read_key(conn, settings)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_name(f".{path.name}.part")  # killed meanwhile, there is no key rather than half of one
        half.unlink(missing_ok=True)
        _write(half, secrets.token_hex(BYTES).encode() + b"\n", os.O_CREAT | os.O_EXCL)
        half.replace(path)
        key = Key(bytes.fromhex(path.read_text().strip()))
    if known is None and make:
        with store.begin() as conn:
            notes.put(conn, NOTE, key.digest("key"))
    return key


def read_key(conn: StoreConnection, settings: Settings) -> Key:
    """The key that there is. Raises ConfigError when there is none, or when it is another store's."""
    path = folder(settings) / KEY
    if not path.exists():
        what = f"{path} is missing: people who were forgotten would come back"
        raise ConfigError(what, code="forget.key", hint="put the file back from its own backup")
    key = Key(bytes.fromhex(path.read_text().strip()))
    if notes.get(conn, NOTE) not in (None, key.digest("key")):
        raise ConfigError(f"{path} is not the key of this store", code="forget.key", hint="put the right one back")
    return key


def lines(settings: Settings) -> list[dict[str, Json]]:
    """What was written beside the store: erasure_id, golden_id, at, actor, state, words, keys; of an erasure the last line."""
    path = folder(settings) / LINES
    if not path.exists():
        return []
    found: dict[str, dict[str, Json]] = {}
    for text in path.read_bytes().splitlines():
        if text.endswith(b"}"):  # a line that was cut off by a crash was never acted upon
            line = orjson.loads(text)
            found[line["erasure_id"]] = {**found.get(line["erasure_id"], {}), **line}
    return list(found.values())


def append(settings: Settings, line: Mapping[str, Json]) -> None:
    """Write one line and wait until it is on the disk."""
    path = folder(settings) / LINES
    cut = path.exists() and not path.read_bytes().endswith(b"\n")
    _write(path, (b"\n" if cut else b"") + orjson.dumps(dict(line), option=orjson.OPT_APPEND_NEWLINE), os.O_CREAT)


def _write(path: Path, text: bytes, how: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | how, 0o600)
    try:
        os.write(handle, text)
        os.fsync(handle)
    finally:
        os.close(handle)
