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


def uuid7(count: int, now_ms: int, entropy: bytes) -> list[str]:
    """`count` UUIDv7 texts for one moment (Unix milliseconds), ascending; entropy: ENTROPY random bytes for each."""
    random = np.frombuffer(entropy, dtype=np.uint8, count=count * ENTROPY).reshape(count, ENTROPY)
    raw = np.empty((count, 16), dtype=np.uint8)
    raw[:, :6] = np.frombuffer(now_ms.to_bytes(6, "big"), dtype=np.uint8)
    raw[:, 6:] = random
    raw[:, 6] = (raw[:, 6] & 0x0F) | 0x70
    raw[:, 8] = (raw[:, 8] & 0x3F) | 0x80
    text = raw.tobytes().hex()
    return sorted(_dashed(text[at : at + 32]) for at in range(0, 32 * count, 32))


def _dashed(text: str) -> str:
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def customer_code(golden_ids: Iterable[str], taken: Set[str] = frozenset()) -> list[str]:
    """One code per golden id: KH, 8 characters of the id's random bits, a check character; letters and digits.

    The last 40 bits give the code; when it is taken, by `taken` or an earlier id here, or its check character would be
    a sign, the window moves on by 5 bits through the 62 random bits, then counts on from there.
    """
    used: set[str] = set()
    codes: list[str] = []
    for golden_id in golden_ids:
        for code in _tries(int(golden_id.replace("-", ""), 16)):
            if code not in used and code not in taken:
                break
        used.add(code)
        codes.append(code)
    return codes


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
