"""Fixtures of mappings: `NAME.json` is a payload as the vendor documents it, `NAME.expected.json` what it must become.

`python tests/connectors/fixture_cases.py` writes the expectations anew (look at the difference before keeping it);
the tests compare.
"""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

from hub.connectors.email_mailchimp import mapping as mailchimp
from hub.connectors.pos_kiotviet import mapping as kiotviet
from hub.connectors.shop_woocommerce import mapping as woocommerce

HERE = Path(__file__).resolve().parent
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
MAPPINGS = {
    "kiotviet/customer": lambda payload: kiotviet.to_canonical(payload, VIETNAM),
    "kiotviet/invoice": lambda payload: kiotviet.to_order("invoice", payload, VIETNAM),
    "kiotviet/return": lambda payload: kiotviet.to_order("return", payload, VIETNAM),
    "woocommerce/customer": woocommerce.to_canonical,
    "woocommerce/guest": woocommerce.to_canonical,
    "woocommerce/order": woocommerce.to_order,
    "mailchimp/member": mailchimp.to_canonical,
}


def inputs(vendor):
    """The payload files of one vendor."""
    return sorted(
        path for path in (HERE / vendor / "fixtures").glob("*.json") if not path.name.endswith(".expected.json")
    )


def expectation(path):
    """The file beside it."""
    return path.with_name(f"{path.stem}.expected.json")


def mapped(path):
    """What today's mapping makes of a payload; the file's first word names the mapping."""
    kind = f"{path.parent.parent.name}/{path.stem.partition('_')[0]}"
    return MAPPINGS[kind](json.loads(path.read_text(encoding="utf-8")))


if __name__ == "__main__":
    for name in ("kiotviet", "woocommerce", "mailchimp"):
        for case in inputs(name):
            text = json.dumps(mapped(case), ensure_ascii=False, indent=2, sort_keys=True)
            expectation(case).write_text(text + "\n", encoding="utf-8")
