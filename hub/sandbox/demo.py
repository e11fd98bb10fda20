"""The demo's folder: made people as the vendors' data, a mailbox, spreadsheets, and the workspace that connects them.

Belongs here: files only. Does not: running anything (the `hub demo` command).
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hub.sandbox import people

SECRETS = ("client_id", "client_secret", "consumer_key", "consumer_secret", "api_key")

WORKSPACE = """# The demo's workspace: five systems on this machine, made people only.
[hub]
region   = "VN"
timezone = "Asia/Ho_Chi_Minh"
language = "{language}"

[sources.pos]
connector = "kiotviet"
retailer  = "{kiotviet[retailer]}"
client_id = "${{KIOTVIET_CLIENT_ID}}"
client_secret = "${{KIOTVIET_CLIENT_SECRET}}"
base_url  = "{kiotviet[base_url]}"
token_url = "{kiotviet[token_url]}"
every     = "15m"
freshness = "1h"
history   = "3650d"

[sources.shop]
connector = "woocommerce"
url       = "{woocommerce[url]}"
consumer_key = "${{WOOCOMMERCE_CONSUMER_KEY}}"
consumer_secret = "${{WOOCOMMERCE_CONSUMER_SECRET}}"
every     = "1h"
history   = "3650d"

[sources.mail]
connector = "mailchimp"
api_key   = "${{MAILCHIMP_API_KEY}}"
audience  = "{mailchimp[audience]}"
base_url  = "{mailchimp[base_url]}"

[sources.mailbox]
connector = "mailbox"
path      = "mail/inbox.mbox"
own       = ["cskh@cuahang.example"]

[sources.events]
connector = "sheet"
path      = "sheets/*"
id        = "Mã KH"
separator = "|"
[sources.events.columns]
full_name  = "Họ tên"
phones     = ["Điện thoại", "SĐT 2"]
emails     = "Email"
birth_date = "Ngày sinh"
gender     = "Giới tính"
address    = "Địa chỉ"
"ids.loyalty" = "Số thẻ"
"ids.national_id" = "CMND/CCCD"
"consents.marketing.email" = "Đồng ý nhận tin"

[destinations.pos]
source = "pos"
max_changes = "100%"
[destinations.pos.fields]
email      = "fill_if_blank"
birth_date = "fill_if_blank"

[destinations.shop]
source = "shop"
max_changes = "100%"
[destinations.shop.fields]
full_name = "hub"
phone     = "fill_if_blank"

[destinations.mail]
source = "mail"
mode   = "upsert"
max_changes = "100%"
[destinations.mail.fields]
email     = "destination"
full_name = "hub"
phone     = "fill_if_blank"

[matching]
own_file = "own.csv"

[survivorship]
sources = ["pos", "shop", "events", "mail", "mailbox"]
"""


def prepare(folder: Path, count: int, seed: int) -> int:
    """Make `count` people and write what the vendors, the mailbox and the spreadsheets know of them; how many records."""
    for name in ("kiotviet", "woocommerce", "mailchimp", "mail", "sheets", "data", "out"):
        shutil.rmtree(folder / name, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return sum(people.write(people.make(seed, count), folder).values())


def connect(folder: Path, info: Mapping[str, Any], language: str) -> None:
    """Write hub.toml and .env for the stand-ins that `info` tells of."""
    (folder / "hub.toml").write_text(WORKSPACE.format(language=language, **info), encoding="utf-8")
    lines = [
        f"{vendor.upper()}_{name.upper()}={value}"
        for vendor in ("kiotviet", "woocommerce", "mailchimp")
        for name, value in info[vendor].items()
        if name in SECRETS
    ]
    secrets = folder / ".env"
    secrets.write_text("\n".join(lines) + "\n", encoding="utf-8")
    secrets.chmod(0o600)
