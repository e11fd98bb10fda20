"""All files of a made world in one folder, as the sandbox, the demo, tests and benchmarks read them."""

from __future__ import annotations

from pathlib import Path

from hub.sandbox.people import tables
from hub.sandbox.people.emit import kiotviet, mailbox, mailchimp, sheets, woocommerce
from hub.sandbox.people.world import World, truth


def write(world: World, folder: Path) -> dict[str, int]:
    """Vendors' JSON lines, a mailbox, spreadsheets, `truth.csv` and the shop's `own.csv`; gives rows per file."""
    counts = {}
    for name, table in (
        ("kiotviet/branches", lambda _: kiotviet.branches()),
        ("kiotviet/customers", kiotviet.customers),
        ("kiotviet/invoices", kiotviet.invoices),
        ("woocommerce/customers", woocommerce.customers),
        ("woocommerce/orders", woocommerce.orders),
        ("mailchimp/members", mailchimp.members),
    ):
        path = folder / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = table(world)
        rows.write_ndjson(path)
        counts[name] = len(rows)
    (folder / "mail").mkdir(exist_ok=True)
    counts["mail/inbox"] = mailbox.write_mbox(world, folder / "mail" / "inbox.mbox")
    sheets.write_sheets(world, folder / "sheets")
    who = truth(world)
    who.write_csv(folder / "truth.csv")
    (folder / "own.csv").write_text("\n".join((*tables.own(), "")), encoding="utf-8")
    return counts | {"truth": len(who)}
