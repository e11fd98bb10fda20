"""Mails in files: mbox that grows or is rewritten, Maildir whose mails move."""

import json

import pytest
from jsonschema import Draft202012Validator
from mailbox_bench import Box, mail

from hub.connectors.email_mailbox import CONNECTOR
from hub.errors import ConfigError
from hub.model import RawRecord


def entry(content: bytes, day: int = 11) -> bytes:
    return f"From MAILER Wed Nov {day:2d} 10:00:00 2026\n".encode() + content.replace(b"\r\n", b"\n") + b"\n"


@pytest.fixture
def box(tmp_path) -> Box:
    (tmp_path / "post.mbox").write_bytes(entry(mail()) + entry(mail("Hoa <hoa@example.com>"), 12))
    return Box(tmp_path, path="post.mbox", own=["shop@example.vn"])


def test_the_people_of_an_mbox_land(box):
    box.pull()
    assert box.known("lan@example.com") == {
        "address": "lan@example.com",
        "names": {"Lan": "2026-11"},
        "seen_as": ["from"],
        "months": ["2026-11"],
        "first_seen": "2026-11-11",
        "last_seen": "2026-11",
        "changed": "2026-11-11T10:00:00.000Z",
    }
    assert box.times == {"lan@example.com": "2026-11-11T10:00:00.000Z", "hoa@example.com": "2026-11-12T10:00:00.000Z"}


def test_a_second_pull_reads_nothing(box):
    box.pull()
    assert box.pull() == []


def test_a_grown_mbox_is_continued(box, tmp_path):
    box.pull()
    with (tmp_path / "post.mbox").open("ab") as file:
        file.write(entry(mail("Mai <mai@example.com>")))
    pages = box.pull()
    assert [r.source_id for p in pages for r in p.records] == ["mai@example.com"]


def test_a_rewritten_mbox_is_read_again_without_doubling(box, tmp_path):
    box.pull()
    landed = dict(box.landed)
    mails = entry(mail("Tư <tu@example.com>")), entry(mail()), entry(mail("Hoa <hoa@example.com>"), 12)
    (tmp_path / "post.mbox").write_bytes(b"".join(mails))
    box.pull()
    assert {k: v for k, v in box.landed.items() if k != "tu@example.com"} == landed
    assert box.versions == 3


def test_a_mail_whose_header_is_still_being_written_waits(box, tmp_path):
    path = tmp_path / "post.mbox"
    whole = path.read_bytes()
    path.write_bytes(whole + b"From X Wed Nov 11 10:00:00 2026\nFrom: Half <half@exam")
    box.pull()
    assert "half@example.com" not in box.landed
    path.write_bytes(whole + b"From X Wed Nov 11 10:00:00 2026\nFrom: Half <half@example.com>\n\nbody\n")
    box.pull()
    assert "half@example.com" in box.landed


def test_a_body_line_that_begins_with_from_is_no_mail(tmp_path):
    body = mail().replace(b"hello", b"hello\r\nFrom: nobody <nobody@example.com>\r\n>From me\r\nFrom here on")
    (tmp_path / "m").write_bytes(entry(body))
    box = Box(tmp_path, path="m", own=["shop@example.vn"])
    box.pull()
    assert list(box.landed) == ["lan@example.com"]


def test_a_killed_pull_goes_on_and_ends_alike(tmp_path):
    people = b"".join(entry(mail(f"P{n % 400} <p{n % 400}@example.com>"), 1 + n % 20) for n in range(1000))
    (tmp_path / "m").write_bytes(people)
    whole, cut = Box(tmp_path, path="m", own=["shop@example.vn"]), Box(tmp_path, path="m", own=["shop@example.vn"])
    whole.pull()
    cut.pull(stop_after=1)
    cut.pull(stop_after=2)
    cut.pull()
    assert cut.landed == whole.landed
    assert len(whole.landed) == 400


def test_what_is_set_apart_is_counted(tmp_path):
    (tmp_path / "m").write_bytes(entry(mail("x@example.com", "List-Id: <x>")) + entry(mail("noreply@example.com")))
    box = Box(tmp_path, path="m", own=["shop@example.vn"])
    box.pull()
    assert box.landed == {}
    assert box.apart == {"lists": 1, "no_reply": 1}


def test_a_mail_from_the_future_gives_no_time(tmp_path):
    (tmp_path / "m").write_bytes(b"From - -\n" + mail(date="Wed, 11 Nov 2099 10:00:00 +0700").replace(b"\r\n", b"\n"))
    box = Box(tmp_path, path="m", own=["shop@example.vn"])
    box.pull()
    assert box.times == {"lan@example.com": None}


@pytest.fixture
def maildir(tmp_path):
    for part in ("new", "cur", "tmp", ".Sent/cur", ".Sent/new", ".Junk/cur", ".Junk/new"):
        (tmp_path / "post" / part).mkdir(parents=True)
    (tmp_path / "post/new/1794000000.M1.host").write_bytes(mail())
    (tmp_path / "post/.Sent/cur/1794000001.M2.host:2,S").write_bytes(
        mail("Shop <shop@example.vn>").replace(b"To: Shop <shop@example.vn>", b"To: Hoa <hoa@example.com>")
    )
    (tmp_path / "post/.Junk/cur/1794000002.M3.host:2,").write_bytes(mail("Spam <spam@example.com>"))
    return tmp_path / "post"


def test_a_maildir_gives_inbox_and_sent_and_no_junk(maildir, tmp_path):
    box = Box(tmp_path, path="post", own=["shop@example.vn"])
    box.pull()
    assert {a: box.known(a)["seen_as"] for a in box.landed} == {"lan@example.com": ["from"], "hoa@example.com": ["to"]}
    assert box.times["lan@example.com"].startswith("2026-11-06T")


def test_a_read_mail_moves_and_lands_no_second_time(maildir, tmp_path):
    box = Box(tmp_path, path="post", own=["shop@example.vn"])
    box.pull()
    (maildir / "new/1794000000.M1.host").rename(maildir / "cur/1794000000.M1.host:2,S")
    (maildir / "new/1794000009.M9.host").write_bytes(mail("Mai <mai@example.com>"))
    pages = box.pull()
    assert [r.source_id for p in pages for r in p.records] == ["mai@example.com"]


def test_a_mailbox_that_is_not_there_is_a_setting_to_mend(tmp_path):
    with pytest.raises(ConfigError):
        Box(tmp_path, path="nowhere").pull()
    assert [f.status for f in CONNECTOR.open(Box(tmp_path, path="nowhere").context).check()] == ["config"]


def test_evidence_maps_to_a_record_and_keeps_its_schema(box, schema):
    box.pull()
    raw = RawRecord("lan@example.com", box.landed["lan@example.com"], box.times["lan@example.com"])
    mapped = CONNECTOR.open(box.context).to_canonical("customers", [raw, RawRecord("x", "[]")])
    emails = [{"value": "lan@example.com", "use": "own"}]
    assert mapped.rows == [
        {
            "source_id": "lan@example.com",
            "emails": emails,
            "full_name": "Lan",
            "created_at": "2026-11-11T00:00:00.000Z",
            "updated_at": "2026-11-11T10:00:00.000Z",
        }
    ]
    assert [u.code for u in mapped.unusable] == ["mailbox.payload"]
    for payload in box.landed.values():
        Draft202012Validator(schema("mailbox.payload")).validate(json.loads(payload))
