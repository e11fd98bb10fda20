"""The data and the workspace that the benchmark runs in: made once per size, in a cache folder."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.measure import ROOT

SEED = 1
SETTINGS = """\
[hub]
database = "{database}"
region = "VN"
timezone = "Asia/Ho_Chi_Minh"

[sources.events]
connector = "sheet"
channel = "sheet"
path = "drop/*.csv"
id = "Mã KH"
complete = true
date_order = "dmy"

[sources.events.columns]
full_name = "Họ tên"
phones = ["Điện thoại", "SĐT 2"]
emails = "Email"
birth_date = "Ngày sinh"
gender = "Giới tính"
address = "Địa chỉ"
updated_at = "Ngày cập nhật"

[sources.till]
connector = "api"

[matching]
own = [{own}]
compare_up_to = 0
"""
"""Nothing is compared by score: the peers compare nothing either, and a million is above the default anyway."""
_MAKE = """
import sys
from pathlib import Path
from hub.sandbox.people import write_csv
write_csv(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
"""


def _maker() -> str:
    """A short digest of the maker of people, so that a changed maker makes new data."""
    files = sorted(file for file in (ROOT / "hub/sandbox/people").rglob("*") if file.suffix in (".py", ".tsv"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:10]


def data(cache: Path, records: int) -> Path:
    """A flat list of RECORDS made people, with its truth beside; made by a process of its own when it is not there."""
    cache.mkdir(parents=True, exist_ok=True)
    path = cache / f"people-{records}-{_maker()}.csv"
    if not path.exists():
        half = path.with_suffix(".part.csv")
        subprocess.run([sys.executable, "-c", _MAKE, str(half), str(records), str(SEED)], check=True, cwd=ROOT)
        half.with_suffix(".truth.csv").rename(path.with_suffix(".truth.csv"))
        half.rename(path)
    return path


def workspace(cache: Path, list_of_people: Path, database: str) -> Path:
    """A fresh workspace with one sheet source; the list is linked, not copied, where the disk allows it."""
    folder = cache / f"work-{list_of_people.stem}"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "drop").mkdir(parents=True)
    try:
        (folder / "drop" / "people.csv").hardlink_to(list_of_people)
    except OSError:
        shutil.copy(list_of_people, folder / "drop" / "people.csv")
    shop = (ROOT / "hub/sandbox/people/data/shop.tsv").read_text(encoding="utf-8").splitlines()
    what = dict.fromkeys(("phone", "landline", "hotline", "email", "domain"))
    own = [value for kind, value in (line.split("\t") for line in shop) if kind in what]
    settings = SETTINGS.format(database=database, own=", ".join(f'"{value}"' for value in own))
    (folder / "hub.toml").write_text(settings, encoding="utf-8")
    return folder
