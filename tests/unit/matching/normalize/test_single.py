"""One row in plain Python and frames of many rows say the same of a record, to the letter."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from made_rows import OWN

from hub.matching.normalize import canonical_frame, normalize_records
from hub.matching.normalize.single import normalize_single

NAMES = (
    "Nguyễn Thị Lan", "NGUYEN THI LAN", "Chị Lan", "A Hùng (chồng chị Hoa)", "Khách lẻ", "Công ty TNHH An Phát", "Lan",
    "Cty An Phát - chị Hoa", "John Smith", "Smith, John", "test", "Nguyễn V** A***", "nhân viên Lan", "Cửa hàng Hoa",
    "?", "Anh Tuấn ship", "Mr. J. Smith Jr.", "  Trần  Văn   Hùng ", 'Lan "béo"', "Ngân hàng ACB", "0912345678",
    "a\\b", "NguyÔn V¨n An",
)  # fmt: skip
PHONES = (
    "0912345678", "+84 912 345 678", "0912.345.678 - 0987654321", "01234567890", "028 3825 1234", "19006600",
    "0900000000", "09123***78", "8.49E+10", "không có", "84912345678", "0650 3822 123", "001 702 919 1300",
    "+1 702 919 1300", "912345678", "-",
)  # fmt: skip
EMAILS = (
    "Lan.Nguyen+shop@Gmail.com", "lan@example.com", "cskh@cuahang.vn", "x@cuahang.vn", "0912345678@gmail.com", "none",
    "l***@gmail.com", "info@example.com", "a@b", "lan@example.com; hung@example.com", "khong@co.vn",
    "lan@10minutemail.com", "user@facebook.com",
)  # fmt: skip
DATES = (
    "20/05/1990", "1990-05-20", "5/20/1990", "1990", "31/02/1990", "20 tháng 5 năm 1990", "1/1/0001", "không",
    "32874", "2990-01-01", "18/8/1861",
)  # fmt: skip
PLACES = ("TP.HCM", "Tỉnh Bình Dương", "Hồ Chí Minh", "California", "Cà Mau")
WORDS = ("nữ", "Nam", "male", "x?", "doanh nghiệp", "business", "cá nhân", "staff", "tổ chức", "person", "")
TIMES = ("2016-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z")


def contact(values):
    uses = st.sampled_from([None, "own", "recipient", "work", "zalo"])
    return st.lists(st.fixed_dictionaries({"value": st.sampled_from(values)}, optional={"use": uses}), max_size=3)


def said(*values):
    return st.sampled_from([*values, None, ""])


ADDRESS = st.fixed_dictionaries(
    {"line": said("12 Lê Lợi", "12 Lê Lợi, Phường 1, Quận 1, TP.HCM", " x  y ", "5, Việt Nam")},
    optional={"province": said(*PLACES), "ward": said("P. 1"), "country": said("VN", "Việt Nam", "US")},
)
ROW = st.fixed_dictionaries(
    {"source_id": st.just("1"), "full_name": said(*NAMES)},
    optional={
        "family_name": said("Nguyễn", "Smith", "Trần "),
        "given_name": said("Lan", "Văn Hùng", "John"),
        "honorific": said("Chị", " "),
        "company_name": said("Công ty TNHH An Phát", "ACB", "Lan"),
        "phones": contact(PHONES),
        "emails": contact(EMAILS),
        "birth_date": said(*DATES),
        "gender": said(*WORDS),
        "customer_type": said(*WORDS),
        "kind": said(*WORDS),
        "code": said("KH 1"),
        "note": said("hay mua  áo ", "x\u200by", 'gọi "sau"'),
        "tags": st.lists(st.sampled_from(["vip", " vip ", "x"]), max_size=3),
        "addresses": st.lists(ADDRESS, max_size=2),
        "created_at": said(*TIMES),
        "updated_at": said(*TIMES),
        "points": st.sampled_from([7, 1.5, None]),
        "ids": st.sampled_from([None, [{"type": "loyalty", "value": "1"}]]),
    },
)


def both(row):
    """What each says of a row: the record, its identifiers, its refusals; None for what is left to frames."""
    many = normalize_records(canonical_frame([row]), region="VN", own=OWN, today="2026-11-01")
    single = normalize_single(row, region="VN", own=OWN, today="2026-11-01")
    told = (
        many.records.to_dicts()[0],
        many.identifiers.drop("source_id").to_dicts(),
        many.refusals.select("field", "code", "n").rows(),
    )
    if single is None:
        return None, told
    shown = [{name: value for name, value in one.items() if name != "n"} for one in single.identifiers]
    return (single.record, shown, list(single.refusals)), told


@settings(deadline=None, max_examples=120)
@given(ROW)
def test_one_row_and_many_say_the_same(row):
    single, many = both(row)
    assert single is None or single == many


def test_an_ordinary_row_is_for_here():
    row = {"source_id": "1", "full_name": "Nguyễn Thị Lan", "phones": [{"value": "0912345678"}], "updated_at": TIMES[1]}
    single, many = both(row)
    assert single == many


def test_what_only_frames_read_is_left_to_them():
    assert normalize_single({"source_id": "1", "ids": [{"type": "loyalty", "value": "1"}]}, region="VN") is None
    assert normalize_single({"source_id": "1", "note": "a\nb"}, region="VN") is None


def test_a_masked_email_joins_nobody():
    many = both({"source_id": "1", "emails": [{"value": "l***@gmail.com"}]})[1]
    assert [one["key"] for one in many[1]] == [False]
