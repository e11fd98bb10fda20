"""The texts of ids: UUIDv7 and the customer code that people type and print.

Belongs here: making them, all at once. Does not: who bears which (identity). Time and randomness are arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

import numpy as np

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U."""
SIGNS = CROCKFORD + "*~$=U"
"""Check characters by remainder modulo 37."""
PREFIX = "KH"
_LENGTH = 8
ENTROPY = 10
"""Random bytes that one UUIDv7 takes (of which 74 bits are used)."""

_DASHED = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"


def uuid7(count: int, now_ms: int, entropy: bytes) -> list[str]:
    """`count` UUIDv7 texts for one moment (Unix milliseconds), ascending; entropy: ENTROPY random bytes for each."""
    random = np.frombuffer(entropy, dtype=np.uint8, count=count * ENTROPY).reshape(count, ENTROPY)
    raw = np.empty((count, 16), dtype=np.uint8)
    raw[:, :6] = np.frombuffer(now_ms.to_bytes(6, "big"), dtype=np.uint8)
    raw[:, 6:] = random
    raw[:, 6] = (raw[:, 6] & 0x0F) | 0x70
    raw[:, 8] = (raw[:, 8] & 0x3F) | 0x80
    texts = np.full((count, len(_DASHED)), ord("-"), dtype=np.uint8)
    texts[:, [place for place, sign in enumerate(_DASHED) if sign != "-"]] = np.frombuffer(
        raw.tobytes().hex().encode(), dtype=np.uint8
    ).reshape(count, 32)
    ordered: list[str] = np.sort(texts.view(f"S{len(_DASHED)}")[:, 0]).astype(str).tolist()
    return ordered


def customer_code(golden_ids: Iterable[str], taken: Set[str] = frozenset()) -> list[str]:
    """One code per golden id: KH, 8 characters of the id's random bits, a check character; letters and digits.

    The last 40 bits give the code; when it is taken, by `taken` or an earlier id here, or its check character would be
    a sign, the window moves on by 5 bits through the 62 random bits, then counts on from there.
    """
    ids = list(golden_ids)
    codes = _first_tries(ids)
    return codes if len(set(codes)) == len(codes) and taken.isdisjoint(codes) else _one_by_one(ids, taken)


def _one_by_one(golden_ids: Iterable[str], taken: Set[str]) -> list[str]:
    used: set[str] = set()
    codes: list[str] = []
    for golden_id in golden_ids:
        for code in _tries(int(golden_id.replace("-", ""), 16)):
            if code not in used and code not in taken:
                break
        used.add(code)
        codes.append(code)
    return codes


def _first_tries(golden_ids: list[str]) -> list[str]:
    """The first of `_tries` for every id, all at once: when none of them meet, these are the codes."""
    digits = np.frombuffer("".join(golden_ids).replace("-", "").lower().encode(), dtype=np.uint8).reshape(-1, 32)[
        :, 16:
    ]
    nibbles = np.where(digits > ord("9"), digits - ord("a") + 10, digits - ord("0")).astype(np.uint64)
    bits = np.bitwise_or.reduce(nibbles << np.arange(60, -4, -4, dtype=np.uint64), axis=1) & np.uint64((1 << 62) - 1)
    values, open_ = np.empty(len(golden_ids), dtype=np.uint64), np.arange(len(golden_ids))
    step = 0
    while open_.size:
        shifted = (bits[open_] >> np.uint64(min(5 * step, 20))) + np.uint64(max(0, step - 4))
        values[open_] = shifted & np.uint64((1 << 5 * _LENGTH) - 1)
        open_ = open_[_IS_SIGN[values[open_] % np.uint64(37)]]
        step += 1
    places = values[:, None] >> np.arange(5 * (_LENGTH - 1), -5, -5, dtype=np.uint64) & np.uint64(31)
    signs = np.concatenate([places, (values % np.uint64(37))[:, None]], axis=1)
    width = _LENGTH + 1
    text = np.frombuffer(SIGNS.encode(), dtype=np.uint8)[signs.astype(np.int64)].tobytes().decode()
    return [PREFIX + text[at : at + width] for at in range(0, len(text), width)]


def _tries(number: int) -> Iterable[str]:
    bits = number & ((1 << 62) - 1)
    step = 0
    while True:
        value = ((bits >> min(5 * step, 20)) + max(0, step - 4)) & ((1 << 5 * _LENGTH) - 1)
        step += 1
        check = SIGNS[value % 37]
        if check.isalnum():
            yield PREFIX + base32(value) + check


def base32(value: int) -> str:
    """Eight characters of a number below 2**40."""
    return _HIGH[value >> 30 & 1023] + _HIGH[value >> 20 & 1023] + _HIGH[value >> 10 & 1023] + _HIGH[value & 1023]


_IS_SIGN = np.array([not sign.isalnum() for sign in SIGNS])
_HIGH = [a + b for a in CROCKFORD for b in CROCKFORD]


def valid_code(code: str) -> bool:
    """Whether a typed code is whole: misread I, L, O, small letters, spaces and dashes are forgiven."""
    plain = code.upper().translate(str.maketrans("", "", "- "))
    body = plain.removeprefix(PREFIX).translate(str.maketrans("ILO", "110"))
    if not plain.startswith(PREFIX) or len(body) != _LENGTH + 1 or any(c not in CROCKFORD for c in body[:-1]):
        return False
    value = 0
    for character in body[:-1]:
        value = value * 32 + CROCKFORD.index(character)
    return SIGNS[value % 37] == body[-1]
