"""Claims, coming back and lifting one of several holds, by the command line."""

from __future__ import annotations

import pytest
from test_query_commands import run
from test_review_commands import CONFIG, asked_shop, first, told


@pytest.fixture
def shop(tmp_path):
    return asked_shop(tmp_path)


def test_a_claim_is_told_to_the_second_with_exit_code_2_and_stands_in_the_list(shop, capsysbinary):
    asked = first(shop, capsysbinary)
    assert told(shop, capsysbinary, "review", "claim", asked[:6], "--by", "lan")["claimed"] is True
    second = told(shop, capsysbinary, "review", "claim", asked, "--by", "mai", code=2)
    assert (second["author"], second["claimed"]) == ("lan", False)
    _, out, _ = run(shop, capsysbinary, "review", "list")
    assert "(lan looks at it)" in out


def test_only_ones_own_claim_is_given_back(shop, capsysbinary):
    asked = first(shop, capsysbinary)
    told(shop, capsysbinary, "review", "claim", asked, "--by", "lan")
    assert told(shop, capsysbinary, "review", "release", asked, "--by", "mai")["released"] is False
    assert told(shop, capsysbinary, "review", "release", asked, "--by", "lan")["released"] is True
    assert told(shop, capsysbinary, "review", "claim", asked, "--by", "mai")["claimed"] is True


def test_a_claim_bars_no_answer(shop, capsysbinary):
    asked = first(shop, capsysbinary)
    told(shop, capsysbinary, "review", "claim", asked, "--by", "lan")
    assert told(shop, capsysbinary, "review", "decide", asked, "apart", "--by", "mai")["applied"] is True


@pytest.mark.parametrize(
    ("language", "words"), [("en", ("You look at question", "is free")), ("vi", ("đang xem câu hỏi", "Đã nhường"))]
)
def test_claims_speak_both_languages(shop, capsysbinary, language, words):
    (shop / "hub.toml").write_text(CONFIG.format(language=language), encoding="utf-8")
    asked = first(shop, capsysbinary)
    for what, said in zip(("claim", "release"), words, strict=True):
        code, out, err = run(shop, capsysbinary, "review", what, asked, "--by", "lan")
        assert (code, err, said in out) == (0, "", True)


def test_what_was_put_off_is_asked_again_at_once(shop, capsysbinary):
    asked = first(shop, capsysbinary)
    told(shop, capsysbinary, "review", "decide", asked, "later", "--until", "2099-01-01")
    (line,) = told(shop, capsysbinary, "review", "list", "--state", "later")["questions"]
    assert line["review_id"] == asked
    assert told(shop, capsysbinary, "review", "back", asked[:6])["count"] == 1
    assert told(shop, capsysbinary, "review", "list")["later"] == 0


def test_what_was_never_put_off_does_not_come_back(shop, capsysbinary):
    code, _, err = run(shop, capsysbinary, "review", "back", first(shop, capsysbinary))
    assert (code, "nothing of this is put off" in err) == (2, True)


def test_of_two_holds_one_is_lifted_by_its_reason(shop, capsysbinary):
    told(shop, capsysbinary, "hold", "events:001", "--reason", "we ask them")
    told(shop, capsysbinary, "review", "report", "events:001", "--comment", "two names", "--by", "till")
    assert len(told(shop, capsysbinary, "hold", "--list")) == 2
    told(shop, capsysbinary, "hold", "events:001", "--release", "--only", "we ask them")
    (left,) = told(shop, capsysbinary, "hold", "--list")
    assert left["author"] == "till"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("hold", "events:001", "--only", "x"), "--only goes with --release"),
        (("hold", "events:001", "--release", "--only", "nothing such"), "hold"),
        (("review", "claim", "ZZZZZZZZ"), "no question"),
    ],
)
def test_a_mistake_about_holds_and_claims_is_told_and_exits_2(shop, capsysbinary, args, words):
    code, out, err = run(shop, capsysbinary, *args, "--json")
    assert (code, words in err + out) == (2, True)
