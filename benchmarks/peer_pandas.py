"""The peer: what a competent analyst writes in an afternoon, in plain pandas.

Reads the list, repairs and parses phones with phonenumbers, cleans e-mails, groups rows that share a phone or an
e-mail, keeps the newest value per column and writes one table of customers. No names compared, no history kept, no
second run.

    python -m benchmarks.peer_pandas people.csv customers.db
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
import time
from pathlib import Path

import pandas as pd
import phonenumbers

OLD = {
    "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078", "0123": "083", "0124": "084",
    "0125": "085", "0127": "081", "0129": "082", "0162": "032", "0163": "033", "0164": "034", "0165": "035",
    "0166": "036", "0167": "037", "0168": "038", "0169": "039", "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip
NO_PHONE = {"+84900000000", "+84999999999", "+84900123123", "+842838251234"}
NO_EMAIL = {"no@email.com", "noemail@example.com", "khongco@example.com", "test@example.com"}
NOT_PERSONAL = {phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.TOLL_FREE}


def phone(raw: str) -> str | None:
    """The first number of a cell in E.164, or None."""
    first = re.split(r"[;/,]| - ", raw)[0].strip()
    digits = re.sub(r"\D", "", first)
    if len(digits) == 9 and not first.startswith("+"):
        first = "0" + digits
    if len(digits) == 11 and digits[:4] in OLD:
        first = OLD[digits[:4]] + digits[4:]
    try:
        number = phonenumbers.parse(first, "VN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) in NOT_PERSONAL:
        return None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None if e164 in NO_PHONE else e164


def read(path: Path) -> pd.DataFrame:
    """The list with clean phones, e-mails and names."""
    people = pd.read_csv(path, dtype=str)
    for column in ("Điện thoại", "SĐT 2"):
        raw = people[column].dropna()
        people[column] = raw.map({value: phone(value) for value in raw.unique()})
    people["Email"] = people["Email"].str.strip().str.lower()
    people.loc[people["Email"].isin(NO_EMAIL), "Email"] = None
    people["Họ tên"] = people["Họ tên"].str.strip().str.replace(r"\s+", " ", regex=True)
    return people


def group(people: pd.DataFrame) -> pd.Series:
    """A number per row, equal for rows that hang together by phones or e-mail (simple union and find)."""
    parent = list(range(len(people)))

    def find(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    seen: dict[str, int] = {}
    for column in ("Điện thoại", "SĐT 2", "Email"):
        values = people[column].dropna()
        for row, value in zip(values.index.to_list(), values.to_list(), strict=True):
            other = seen.setdefault(value, row)
            if other != row:
                parent[find(row)] = find(other)
    return pd.Series([find(row) for row in range(len(people))], index=people.index)


def customers(people: pd.DataFrame) -> pd.DataFrame:
    """One row per group: the newest value of each column, and how many rows it came from."""
    people["customer"] = group(people)
    newest = people.sort_values("Ngày cập nhật", ascending=False)
    grouped = newest.groupby("customer", sort=False)
    return grouped.first().assign(records=grouped.size()).reset_index()


def main() -> int:
    """Prints rows, customers and seconds per step as JSON."""
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    started = time.perf_counter()
    people = read(source)
    parsed = time.perf_counter()
    table = customers(people)
    grouped = time.perf_counter()
    with sqlite3.connect(target) as database:
        table.to_sql("customers", database, if_exists="replace", index=False)
    written = time.perf_counter()
    steps = {"read and parse": parsed - started, "group": grouped - parsed, "write": written - grouped}
    print(json.dumps({"rows": len(people), "customers": len(table), "steps": steps}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
