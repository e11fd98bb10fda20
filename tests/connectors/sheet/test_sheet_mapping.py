"""Landed rows become canonical rows; values pass as typed."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from hub.connectors.kit.columns import Target, parse_columns
from hub.connectors.sheet_file import CONNECTOR
from hub.connectors.sheet_file.book import text_frame
from hub.connectors.sheet_file.header import Header
from hub.connectors.sheet_file.mapping import SCHEMA, consent_words
from hub.connectors.sheet_file.rows import payload
from hub.errors import ConfigError
from hub.model import RawRecord

COLUMNS = {
    "full_name": "Họ tên",
    "phones": ["Điện thoại", "SĐT 2"],
    "phones.work": "Máy bàn",
    "email": "Email",
    "birth_date": "Ngày sinh",
    "address": "Địa chỉ",
    "address.line": "Đường",
    "address.province": "Tỉnh",
    "ids": "Giấy tờ",
    "ids.passport": "Passport",
    "groups": ["Nhóm", "Nhóm 2"],
    "extra.size": "Cỡ",
    "extra.pet": "Thú cưng",
    "consents": {"marketing": {"sms": "Đồng ý nhận tin", "email": "Đồng ý mail"}},
    "created_at": "Ngày tạo",
}


@pytest.fixture
def mapped(make_bench):
    def run(*cells: dict, **options) -> list[dict]:
        bench = make_bench(columns=COLUMNS, separator="|", **options)
        raws = [
            RawRecord(f"kh{n}", json.dumps(c, ensure_ascii=False), "2026-11-01T00:00:00.000Z")
            for n, c in enumerate(cells)
        ]
        result = CONNECTOR.open(bench.context).to_canonical("customers", raws)
        assert list(result.rows.schema.items()) == list(SCHEMA.items())
        return [
            {k: v for k, v in row.items() if v is not None and k not in ("source_id", "updated_at")}
            for row in result.rows.to_dicts()
        ]

    return run


def own(value: str, use: str = "own") -> dict:
    return {"value": value, "use": use}


@pytest.mark.parametrize(
    ("cells", "row"),
    [
        ({"Họ tên": " Lan "}, {"full_name": "Lan"}),
        ({"Mã KH": "KH 01"}, {"code": "KH 01"}),
        (
            {"Điện thoại": "0912 345 678|0987654321 | ", "SĐT 2": "8.49E+10", "Máy bàn": "024"},
            {"phones": [own("0912 345 678"), own("0987654321"), own("8.49E+10"), own("024", "work")]},
        ),
        ({"SĐT 2": '="0912345678"'}, {"phones": [own("0912345678")]}),
        ({"Điện thoại": "'0912345678"}, {"phones": [own("0912345678")]}),
        ({"Điện thoại": "\u00a00912345678\u200b_x000D_"}, {"phones": [own("0912345678")]}),
        ({"Điện thoại": " | "}, {}),
        ({"Email": "a@example.com"}, {"emails": [own("a@example.com")]}),
        (
            {"Địa chỉ": "1 Lê Lợi"},
            {
                "addresses": [
                    {
                        "line": "1 Lê Lợi",
                        "ward": None,
                        "district": None,
                        "province": None,
                        "postal_code": None,
                        "country": None,
                    }
                ]
            },
        ),
        (
            {"Tỉnh": "Hà Nội"},
            {
                "addresses": [
                    {
                        "line": None,
                        "ward": None,
                        "district": None,
                        "province": "Hà Nội",
                        "postal_code": None,
                        "country": None,
                    }
                ]
            },
        ),
        (
            {"Giấy tờ": "CCCD: 012345678901|B123:4|077", "Passport": "C1234567"},
            {
                "ids": [
                    {"type": "CCCD", "value": "012345678901", "issuer": None},
                    {"type": "B123", "value": "4", "issuer": None},
                    {"type": "other", "value": "077", "issuer": None},
                    {"type": "passport", "value": "C1234567", "issuer": None},
                ]
            },
        ),
        ({"Nhóm": "VIP|Bạn bè", "Nhóm 2": "Sỉ"}, {"groups": ["VIP", "Bạn bè", "Sỉ"]}),
        ({"Cỡ": 'M "rộng"'}, {"extra": '{"size":"M \\"rộng\\""}'}),
        ({"Ngày tạo": "01/02/2025"}, {"created_at": "2025-01-31T17:00:00.000Z"}),
        ({"Ngày sinh": "03/02/1990"}, {"birth_date": "03/02/1990"}),
        ({}, {}),
    ],
)
def test_a_cell_becomes_its_field(mapped, cells, row):
    assert mapped(cells) == [row]


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Có", "granted"),
        ("x", "granted"),
        ("ĐỒNG Ý", "granted"),
        ("Không", "withdrawn"),
        ("No", "withdrawn"),
        ("từ chối", "refused"),
        ("chưa rõ", "unknown"),
        ("abc", "unknown"),
    ],
)
def test_a_word_of_consent_becomes_a_status(mapped, word, status):
    consents = mapped({"Đồng ý nhận tin": word, "Điện thoại": "0912345678|0987654321"})[0]["consents"]
    assert consents == [
        {
            "purpose": "marketing",
            "channel": "sms",
            "address": "0912345678",
            "status": status,
            "at": "2026-11-01T00:00:00.000Z",
        }
    ]


def test_a_consent_by_mail_names_the_mail(mapped):
    consents = mapped({"Đồng ý mail": "có", "Email": "a@example.com"}, {"Email": "b@example.com"})
    assert consents[0]["consents"][0]["address"] == "a@example.com"
    assert "consents" not in consents[1]


def test_a_heading_that_is_spelt_otherwise_in_another_file_maps_alike(mapped):
    rows = mapped(
        {"HỌ TÊN": "Lan", "dien thoai": "0912345678"}, {"Họ  tên *": "Hoa"}, {"Họ tên": "Mai", "họ tên": "Tư"}
    )
    assert [r["full_name"] for r in rows] == ["Lan", "Hoa", "Mai"]
    assert rows[0]["phones"] == [own("0912345678")]


def test_values_with_braces_quotes_and_line_ends_survive(mapped):
    nasty = 'a"},{"Họ tên":"x\\\n\t{}'
    assert mapped({"Họ tên": nasty})[0]["full_name"] == nasty


def test_words_of_consent_are_folded_and_known_statuses():
    assert set(consent_words().values()) == {"granted", "withdrawn", "refused", "unknown"}


def test_columns_are_read_from_dotted_and_nested_keys():
    assert parse_columns({"phone": "A", "consents": {"marketing": {"sms": "B"}}, "ids.passport": ["C", "D"]}) == (
        Target("phones", (), ("A",)),
        Target("consents", ("marketing", "sms"), ("B",)),
        Target("ids", ("passport",), ("C", "D")),
    )


@pytest.mark.parametrize(
    ("table", "path"),
    [
        ({}, "columns"),
        ({"fullname": "A"}, "columns.fullname"),
        ({"phones": 3}, "columns.phones"),
        ({"phones": []}, "columns.phones"),
        ({"address.street": "A"}, "columns.address.street"),
        ({"consents.sms": "A"}, "columns.consents.sms"),
        ({"extra": "A"}, "columns.extra"),
    ],
)
def test_a_wrong_mapping_names_its_key(table, path):
    with pytest.raises(ConfigError) as caught:
        parse_columns(table)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("name", "document", "good"),
    [
        ("sheet", {"path": "drop/*.csv", "columns": {"phones": ["A"], "consents": {"marketing": {"sms": "B"}}}}, True),
        ("sheet", {"path": "drop/*.csv", "columns": {}}, False),
        ("sheet", {"path": "a", "columns": {"phones": "A"}, "delimiter": ";"}, False),
        ("sheet.payload", {"Họ tên": "Lan"}, True),
        ("sheet.payload", {"Họ tên": 1}, False),
    ],
)
def test_the_schemas_say_what_is_allowed(name, document, good):
    root = Path(__file__).parents[3] / "schemas" / "connectors"
    schema = json.loads((root / f"{name}.v1.json").read_text("utf-8"))
    assert Draft202012Validator(schema).is_valid(document) is good


@pytest.mark.parametrize("heading", ["Họ tên:", 'Họ "tên"', "Họ \\ tên", 'Họ tên":"', "{Họ tên}"])
def test_headings_with_marks_are_found(make_bench, heading):
    bench = make_bench(columns={"full_name": heading}, id=None)
    bench.put("a.csv", '"' + heading.replace('"', '""') + '",b\nLan,"x:""y"""\n')
    bench.pull()
    assert [r["full_name"] for r in bench.canonical()] == ["Lan"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(st.one_of(st.none(), st.text(max_size=5)), min_size=2, max_size=2), min_size=1, max_size=6),
    st.lists(st.text(min_size=1, max_size=5), min_size=2, max_size=2, unique=True),
)
def test_a_payload_is_the_json_of_the_filled_cells(rows, labels):
    header = Header(1, tuple(labels), {}, ())
    frame = text_frame(list(zip(*rows, strict=True)), range(len(rows)), [None] * len(rows))
    expected = [{k: c for k, c in zip(labels, row, strict=True) if c is not None} for row in rows]
    assert [json.loads(p) for p in payload(frame, header)] == expected


@pytest.mark.parametrize("spelt", ["HỌ TÊN", 'Họ tên":"x', "ho ten"])
def test_a_spelling_deep_inside_a_batch_is_found(mapped, spelt):
    cells = [{"Họ tên": f"P{n}", "Cột": "a"} for n in range(300)]
    cells[250] = {spelt: "Lan", "Họ tên\\": "b"}
    names = [r.get("full_name") for r in mapped(*cells)]
    assert names[249] == "P249"
    assert names[250] == (None if ":" in spelt else "Lan")
