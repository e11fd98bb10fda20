"""One cell about e-mail to addresses: the reference that the bulk path must agree with.

Belongs here: cutting a cell, the form of an address, its class, the weaker key, e-mails made from phones.
Does not: what an address proves (matching.rules), whole columns (email_bulk.py).
Tables: email_domains.tsv, email_providers.tsv, email_roles.tsv, email_placeholders.tsv.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

import idna

from hub.matching.normalize.phone import is_placeholder as is_placeholder_phone
from hub.matching.normalize.phone import normalize_phone
from hub.matching.normalize.tables import read_table
from hub.matching.normalize.text import folded, plain

_HARD = re.compile(r"[;,|<>()\[\]\"\n\r\t]+")
_SLASH = re.compile(r"[;,|<>()\[\]\"\n\r\t/\\]+")
_AROUND_AT = re.compile(r"[ \u00a0]*@[ \u00a0]*")
_CONNECTORS = frozenset({"-", "&", "+", "hoặc", "hoac", "or", "và", "va", "and", "email", "e-mail", "mail"})
_EDGES = ".,:;'\"`!?"
_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_TOP = re.compile(r"[a-z]{2,}|xn--[a-z0-9-]+")
_MASKED = re.compile(r"[*•●∗]|\.{3,}")
_PHONE = re.compile(r"(?:0|84|\+84)[0-9]{9,10}|\+[0-9]{9,15}|[0-9]{9,15}")


@dataclass(frozen=True, slots=True)
class Email:
    """One address found in a cell.

    raw: the cell as typed, or the piece of it when the cell holds several. value: small letters, the domain in IDNA;
    None when it may not be used: email.empty | invalid | placeholder | masked | phone (then `phone` is the number in
    E.164 that the address was made from). weak: the mailbox behind the provider's spellings, None when none are known
    or the address is no person's. cls: personal | role | disposable | relay, None without a value.
    """

    raw: str
    value: str | None
    weak: str | None
    cls: str | None
    phone: str | None
    reason: str | None


def normalize_email(text: str, region: str) -> tuple[Email, ...]:
    """Every address in a cell, in order, each once, at least one answer; `region` reads phones in local parts."""
    cell = plain(text, "NFC")
    pieces = _pieces(cell)
    if not pieces:
        return (_refused(text, _nothing(cell)),)
    if len(pieces) == 1:
        return (_address(pieces[0], text, region),)
    found: dict[str, Email] = {}
    for email in (_address(piece, piece, region) for piece in pieces):
        found.setdefault(email.value or email.phone or email.raw, email)
    return tuple(found.values()) if len(found) > 1 else (_address(pieces[0], text, region),)


def _nothing(cell: str) -> str:
    if not any(c.isalnum() for c in cell):
        return "masked" if "*" in cell else "empty"
    return "placeholder" if folded(cell) in placeholders("word") else "invalid"


def _pieces(cell: str) -> list[str]:
    """Words with an `@`. A word before one, with only a space between, may belong to it: then nothing is guessed."""
    cell = _AROUND_AT.sub("@", cell)
    found: list[str] = []
    for chunk in (_SLASH if cell.count("@") > 1 else _HARD).split(cell):
        before = ""
        for word in chunk.split():
            if "@" in word:
                found.append(f"{before} {word}" if _may_belong(before) else word)
            before = word
    return found


def _may_belong(before: str) -> bool:
    told_apart = not before or "@" in before or before.endswith(":") or before.lower() in _CONNECTORS
    return not told_apart


def _address(piece: str, raw: str, region: str) -> Email:
    address = piece.lower().removeprefix("mailto:").strip(_EDGES)
    if _MASKED.search(address):
        return _refused(raw, "masked")
    local, at, host = address.partition("@")
    domain = domain_ascii(host)
    if not at or domain is None or len(local) > 64 or not _LOCAL.fullmatch(local):
        return _refused(raw, "invalid")
    value = f"{local}@{domain}"
    if is_placeholder(local, value):
        return _refused(raw, "placeholder")
    phone = phone_of(local, domain, region)
    if phone:
        return Email(raw, None, None, None, phone, "email.phone")
    cls = class_of(local, domain)
    return Email(raw, value, weak_key(local, domain) if cls == "personal" else None, cls, None, None)


def _refused(raw: str, why: str) -> Email:
    return Email(raw, None, None, None, None, f"email.{why}")


@lru_cache(maxsize=65536)
def domain_ascii(host: str) -> str | None:
    """The domain in ASCII (IDNA 2008 after UTS 46), None when no mail can go there (no dot, digits, too long)."""
    try:
        domain = idna.encode(host, uts46=True, std3_rules=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return None
    top = domain.rpartition(".")[2]
    return domain if "." in domain and len(domain) <= 253 and _TOP.fullmatch(top) else None


def is_placeholder(local: str, value: str) -> bool:
    """Whether people type this address for "none" (email_placeholders.tsv; 0123456789 before the `@`)."""
    counted = _PHONE.fullmatch(local) is not None and is_placeholder_phone(local)
    return counted or value in placeholders("address") or local in placeholders("local")


@cache
def placeholders(kind: str) -> frozenset[str]:
    """Values of one kind of email_placeholders.tsv: address | local | word."""
    return frozenset(row["value"] for row in read_table("email_placeholders.tsv") if row["kind"] == kind)


def phone_of(local: str, domain: str, region: str) -> str | None:
    """The phone that a local part is: written whole (no zero to be guessed), a valid mobile or landline."""
    if not _PHONE.fullmatch(local) or domain_class(domain) == "numeric":
        return None
    (phone, *others) = normalize_phone(local, region)
    usable = phone.line in {"mobile", "landline"} and not phone.flags & {"repaired"} and not others
    return phone.e164 if usable else None


def class_of(local: str, domain: str) -> str:
    """relay and disposable by domain, role by local part, else personal."""
    by_domain = domain_class(domain)
    if by_domain in {"relay", "disposable"}:
        return by_domain
    return "role" if local.partition("+")[0] in roles() else "personal"


@lru_cache(maxsize=65536)
def domain_class(domain: str) -> str:
    """relay | disposable | numeric, "" for all others; a listed domain stands for its subdomains too."""
    labels = domain.split(".")
    parents = (".".join(labels[n:]) for n in range(len(labels) - 1))
    return next((_domains()[parent] for parent in parents if parent in _domains()), "")


@cache
def _domains() -> Mapping[str, str]:
    return {row["domain"]: row["class"] for row in read_table("email_domains.tsv")}


@cache
def roles() -> frozenset[str]:
    """Local parts that name a task (email_roles.tsv)."""
    return frozenset(row["local"] for row in read_table("email_roles.tsv"))


@cache
def providers() -> Mapping[str, Mapping[str, str]]:
    """Domain -> its row of email_providers.tsv."""
    return {row["domain"]: row for row in read_table("email_providers.tsv")}


def weak_key(local: str, domain: str) -> str | None:
    """One spelling for all that reach the same mailbox; None where the provider's rules are not known."""
    rule = providers().get(domain)
    if rule is None:
        return None
    bare = local.partition(rule["tag"])[0]
    bare = bare.replace(".", "") if rule["dots"] else bare
    return f"{bare}@{rule['same']}" if bare else None
