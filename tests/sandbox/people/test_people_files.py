"""The files hold what the truth says, in the ids that connectors will use."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import mailbox
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr
from pathlib import Path

import openpyxl
import pytest

from hub.sandbox.people import World, make, write_csv, write_maildir, write_variants
from hub.sandbox.people.__main__ import main
from hub.sandbox.people.emit import sheets
from hub.sandbox.people.emit.cells import windows_1258
from hub.sandbox.people.emit.mailbox import encoded


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def told(folder: Path, source: str) -> set[str]:
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        return {row["source_id"] for row in csv.DictReader(file) if row["source"] == source}


def squeezed(text: str) -> str:
    return " ".join(text.lower().split())


def test_the_truth_names_every_customer_of_the_till(folder: Path) -> None:
    assert {str(row["id"]) for row in lines(folder / "kiotviet/customers.jsonl")} == told(folder, "pos")


def test_the_truth_names_every_account_and_guest_of_the_shop(folder: Path) -> None:
    accounts = {str(row["id"]) for row in lines(folder / "woocommerce/customers.jsonl")}
    guests = set()
    for order in lines(folder / "woocommerce/orders.jsonl"):
        bill = order["billing"]
        if order["customer_id"] == 0:
            parts = (bill["phone"], bill["email"], f"{bill['first_name']} {bill['last_name']}")  # type: ignore[index]
            key = "\n".join(squeezed(part) for part in parts)
            guests.add("guest:" + hashlib.sha256(key.encode()).hexdigest()[:16])
    assert accounts | guests == told(folder, "shop")


def test_the_truth_names_every_member_of_the_audience(folder: Path) -> None:
    emails = [str(row["email_address"]).lower() for row in lines(folder / "mailchimp/members.jsonl")]
    hashes = {hashlib.md5(email.encode()).hexdigest() for email in emails}
    assert hashes == told(folder, "mail")
    assert len(hashes) == len(emails)


def letters(folder: Path) -> Iterator[mailbox.mboxMessage]:
    box = mailbox.mbox(folder / "mail" / "inbox.mbox", create=False)
    yield from box
    box.close()


def nobodys(mail: mailbox.mboxMessage) -> bool:
    marks = ("List-Id", "Auto-Submitted", "Precedence", "X-Kind")
    return any(mail[mark] for mark in marks)


def test_the_truth_names_every_writer_of_a_letter(folder: Path) -> None:
    people = set()
    for mail in letters(folder):
        if not nobodys(mail):
            sender = str(mail["Reply-To"] or mail["From"])
            people.add(sender[sender.rindex("<") + 1 : -1].lower())
    assert people == told(folder, "mailbox")


def test_mail_that_is_nobodys_stands_between_the_letters(folder: Path) -> None:
    assert sum(nobodys(mail) for mail in letters(folder)) >= 6


def test_an_old_mailer_writes_raw_bytes_into_the_header(folder: Path) -> None:
    heads = (folder / "mail" / "inbox.mbox").read_bytes().splitlines()
    assert any(line.startswith(b"From: ") and not line.isascii() for line in heads)


def test_encoded_names_read_back_and_keep_to_75_characters() -> None:
    name = "Nguyễn Thị Thùy Dương Phượng Quỳnh Hương Trần Lê Thảo Vy"
    line = encoded(name)
    assert str(make_header(decode_header(line))) == name
    assert max(map(len, line.split("\n "))) <= 75


def test_a_maildir_holds_the_same_letters(world: World, folder: Path, tmp_path: Path) -> None:
    assert write_maildir(world, tmp_path / "box") == len(list(letters(folder)))
    assert len(mailbox.Maildir(tmp_path / "box", create=False)) == len(list(letters(folder)))


def table(path: Path) -> Sequence[Sequence[object]]:
    """The rows below the header, whatever the file is."""
    if path.suffix == ".xlsx":
        found = [list(row) for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)]
        start = next(n for n, row in enumerate(found) if row[0] == sheets.CODE)
        return [row for row in found[start + 1 :] if row[0] != "Tổng cộng"]
    raw = path.read_bytes()
    code = {"su-kien-3.csv": "cp1258", "su-kien-4.tsv": "utf-16", "su-kien-5.csv": "utf-8-sig"}[path.name]
    separator = {"cp1258": ";", "utf-16": "\t", "utf-8-sig": ","}[code]
    return [list(row) for row in csv.reader(io.StringIO(raw.decode(code)), delimiter=separator)][1:]


def test_the_truth_names_every_row_of_the_sheets(folder: Path) -> None:
    codes = [str(row[0]) for path in (folder / "sheets").iterdir() for row in table(path)]
    assert set(codes) == told(folder, "events")
    assert len(codes) == len(set(codes))


def test_a_workbook_has_titles_above_and_a_total_below(folder: Path) -> None:
    sheet = openpyxl.load_workbook(folder / "sheets/su-kien-1.xlsx").worksheets[0]
    column = [row[0] for row in sheet.iter_rows(max_col=1, values_only=True)]
    assert column[3] == sheets.CODE
    assert column[-1] == "Tổng cộng"


def test_a_workbook_holds_some_phones_as_numbers(folder: Path) -> None:
    cells = [row[2] for row in table(folder / "sheets/su-kien-1.xlsx")]
    assert any(isinstance(cell, int) for cell in cells)
    assert any(isinstance(cell, str) for cell in cells)


def test_the_windows_text_reads_back_in_its_code_page() -> None:
    text = "Nguyễn Thị Hồng Ặ đ Ơ ướ"
    import unicodedata

    assert unicodedata.normalize("NFC", windows_1258(text).decode("cp1258")) == text


@pytest.mark.parametrize("way", ["titled", "bom"])
def test_a_list_comes_copied_renamed_corrected_and_with_a_column_gone(world: World, tmp_path: Path, way: str) -> None:
    paths = write_variants(sheets.rows(world).head(30), tmp_path, way)
    original = paths["original"].read_bytes()
    assert paths["copied"].read_bytes() == paths["renamed"].read_bytes() == original
    assert len({path.read_bytes() for path in paths.values()}) == 3


def test_the_list_with_a_column_gone_lacks_the_phone(world: World, tmp_path: Path) -> None:
    path = write_variants(sheets.rows(world).head(3), tmp_path)["column_gone"]
    assert sheets.PHONE not in path.read_text(encoding="utf-8-sig").splitlines()[0]


def test_a_flat_list_has_as_many_rows_as_asked_and_its_truth_the_same_ids(tmp_path: Path) -> None:
    beside = write_csv(tmp_path / "flat.csv", records=500, seed=1)
    with (tmp_path / "flat.csv").open(encoding="utf-8") as file, beside.open(encoding="utf-8") as who:
        codes = [row["Mã KH"] for row in csv.DictReader(file)]
        assert codes == [row["source_id"] for row in csv.DictReader(who)]
    assert len(set(codes)) == 500


def test_the_command_writes_the_files_and_counts_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [str(tmp_path / "w"), "--people", "40", "--seed", "2", "--until", "2026-01-31"]
    assert main([*words, "--maildir", "--flat", str(tmp_path / "flat.csv")]) == 0
    counts = json.loads(capsys.readouterr().out)
    assert counts["kiotviet/customers"] == len(lines(tmp_path / "w/kiotviet/customers.jsonl"))


def test_web_forms_hide_the_customer_in_reply_to() -> None:
    from hub.sandbox.people.emit.mailbox import letters as made

    mails = [message_from_bytes(raw) for _, raw in made(make(seed=4, people=100))]
    hidden = [mail for mail in mails if mail["Reply-To"]]
    assert hidden
    assert {parseaddr(mail["From"])[1] for mail in hidden} == {"noreply@cuahang.example"}
