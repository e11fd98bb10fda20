"""What normalize_email promises, cell by cell."""

import pytest

from hub.matching.normalize.email import normalize_email


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("KUSHA123@Example.COM", "kusha123@example.com"),
        ("  lan@example.vn\t", "lan@example.vn"),
        ("Maria <maria@example.com>", "maria@example.com"),
        ('"Jay Jones" <jay@example.com>', "jay@example.com"),
        ('"Smith, John" <john@example.com>', "john@example.com"),
        ("Maria Sentosa<maria@example.com>", "maria@example.com"),
        ("mailto:lan@example.vn", "lan@example.vn"),
        ("lan @ example.vn", "lan@example.vn"),
        ("lan@example.vn.", "lan@example.vn"),
        ('="lan@example.vn"', "lan@example.vn"),
        ("lan\u200b@example.vn", "lan@example.vn"),
        ("lan@công-ty.vn", "lan@xn--cng-ty-ixa.vn"),
        ("lan@co\u0302ng-ty.vn", "lan@xn--cng-ty-ixa.vn"),
        ("email: lan@example.vn (cơ quan)", "lan@example.vn"),
    ],
)
def test_an_address_has_one_normal_form(cell: str, value: str) -> None:
    assert [email.value for email in normalize_email(cell, "VN")] == [value]


@pytest.mark.parametrize(
    "cell",
    [
        "a@example.com; b@example.vn",
        "a@example.com/b@example.vn",
        "a@example.com, b@example.vn",
        "a@example.com b@example.vn",
        "a@example.com\nb@example.vn",
        "a@example.com hoặc b@example.vn",
        "A <a@example.com>, B <b@example.vn>",
    ],
)
def test_a_cell_may_hold_several(cell: str) -> None:
    assert [email.value for email in normalize_email(cell, "VN")] == ["a@example.com", "b@example.vn"]


def test_an_address_that_is_its_own_display_name_counts_once() -> None:
    assert len(normalize_email('"a@example.com" <a@example.com>', "VN")) == 1


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", "email.empty"),
        ("-", "email.empty"),
        ("không có", "email.placeholder"),
        ("no@email.com", "email.placeholder"),
        ("khongcoemail@example.com", "email.placeholder"),
        ("0123456789@example.com", "email.placeholder"),
        ("n***@example.com", "email.masked"),
        ("*******", "email.masked"),
        ("lan@example", "email.invalid"),
        ("lan@@example.com", "email.invalid"),
        ("la..n@example.com", "email.invalid"),
        ("lan@1.2.3.4", "email.invalid"),
        ("lân@example.com", "email.invalid"),
        ("lan@example .com", "email.invalid"),
        ("0912345678", "email.invalid"),
    ],
)
def test_what_is_no_address_is_refused_with_its_reason(cell: str, reason: str) -> None:
    (email,) = normalize_email(cell, "VN")
    assert (email.value, email.reason) == (None, reason)


def test_an_address_with_a_space_in_it_is_not_guessed() -> None:
    assert normalize_email("lan nguyen@example.com", "VN")[0].reason == "email.invalid"


@pytest.mark.parametrize(
    ("cell", "cls"),
    [
        ("lan@example.com", "personal"),
        ("info@example.vn", "role"),
        ("no-reply@example.vn", "role"),
        ("cskh+a@example.vn", "role"),
        ("abc@privaterelay.appleid.com", "relay"),
        ("abc@mailinator.com", "disposable"),
        ("abc@x.mailinator.com", "disposable"),
    ],
)
def test_classes(cell: str, cls: str) -> None:
    assert normalize_email(cell, "VN")[0].cls == cls


@pytest.mark.parametrize(
    ("cell", "weak"),
    [
        ("Ma.ria+shop@gmail.com", "maria@gmail.com"),
        ("maria@googlemail.com", "maria@gmail.com"),
        ("ma.ria+a@outlook.com", "ma.ria@outlook.com"),
        ("maria+a@example.com", None),
        ("info@gmail.com", None),
    ],
)
def test_the_weak_key_follows_the_provider(cell: str, weak: str | None) -> None:
    assert normalize_email(cell, "VN")[0].weak == weak


def test_the_weak_key_never_rewrites_the_address() -> None:
    assert normalize_email("Ma.ria+shop@gmail.com", "VN")[0].value == "ma.ria+shop@gmail.com"


@pytest.mark.parametrize(
    ("cell", "region", "phone"),
    [
        ("0912345678@example.com", "VN", "+84912345678"),
        ("84912345678@example.com", "VN", "+84912345678"),
        ("01201234567@example.com", "VN", "+84701234567"),
        ("2025550113@example.com", "US", "+12025550113"),
    ],
)
def test_an_email_made_from_a_phone_is_evidence_of_the_phone(cell: str, region: str, phone: str) -> None:
    (email,) = normalize_email(cell, region)
    assert (email.value, email.phone, email.reason) == (None, phone, "email.phone")


@pytest.mark.parametrize(
    "cell", ["912345678@example.com", "0912345678@qq.com", "19001234@example.com", "123456@example.com"]
)
def test_digits_that_are_no_whole_phone_stay_an_email(cell: str) -> None:
    assert normalize_email(cell, "VN")[0].value == cell
