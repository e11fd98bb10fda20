"""Over IMAP, against a server that is not ours."""

import imaplib

import pytest
from mailbox_bench import Box, mail

from hub.connectors.email_mailbox import CONNECTOR
from hub.connectors.email_mailbox import imap as room
from hub.connectors.email_mailbox.imap import Fetched, from_utf7, parse_fetch, quoted, to_utf7, uid_set
from hub.errors import AuthError, ConfigError, TransientError

WHEN = '"11-Nov-2026 19:46:59 +0000"'


@pytest.fixture
def box(imap_port, tmp_path) -> Box:
    return Box(tmp_path, host="127.0.0.1", port=imap_port, tls="none", user="shop@example.vn", password="s3cret")


def put(imap: imaplib.IMAP4, content: bytes, folder: str = "INBOX") -> None:
    assert imap.append(folder, None, WHEN, content)[0] == "OK"


def test_inbox_and_sent_give_people(imap, box):
    imap.create("Sent")
    put(imap, mail("=?utf-8?B?Tmd1eeG7hW4gVsSDbiBB?= <a@example.com>"))
    put(imap, mail("shop@example.vn").replace(b"To: Shop <shop@example.vn>", b"To: Hoa <hoa@example.com>"), "Sent")
    box.pull()
    assert box.known("a@example.com")["names"] == {"Nguyễn Văn A": "2026-11"}
    assert box.known("hoa@example.com")["seen_as"] == ["to"]
    assert box.times["a@example.com"] == "2026-11-11T19:46:59.000Z"


def test_only_new_mails_are_read_and_nothing_is_marked_as_seen(imap, box):
    put(imap, mail())
    box.pull()
    assert box.pull() == []
    put(imap, mail("Mai <mai@example.com>"))
    assert [r.source_id for p in box.pull() for r in p.records] == ["mai@example.com"]
    imap.select("INBOX", readonly=True)
    assert b"Seen" not in b"".join(imap.fetch("1:*", "(FLAGS)")[1])


def test_chunks_are_pages_and_a_killed_pull_goes_on(imap, box, monkeypatch):
    monkeypatch.setattr(room, "CHUNK", 4)
    monkeypatch.setattr(room, "WINDOW", 7)
    for n in range(10):
        put(imap, mail(f"P{n} <p{n}@example.com>"))
    box.pull(stop_after=1)
    first = set(box.landed)
    box.pull()
    assert len(first) < 10
    assert set(box.landed) == {f"p{n}@example.com" for n in range(10)}
    assert box.versions == 10


def test_a_new_uidvalidity_is_read_again_without_doubling(imap, box):
    imap.create("Kho")
    box.context.options["folders"] = ["Kho"]
    put(imap, mail(), "Kho")
    box.pull()
    imap.delete("Kho")
    imap.create("Kho")
    put(imap, mail(), "Kho")
    put(imap, mail("Mai <mai@example.com>"), "Kho")
    pages = box.pull()
    assert [r.source_id for p in pages for r in p.records] == ["mai@example.com"]
    assert box.versions == 2


def test_a_deleted_mail_deletes_nobody(imap, box):
    put(imap, mail())
    box.pull()
    imap.select("INBOX")
    imap.store("1:*", "+FLAGS", "\\Deleted")
    imap.expunge()
    pages = box.pull(full=True)
    assert [t for p in pages for t in p.tombstones] == []
    assert set(box.landed) == {"lan@example.com"}


def test_folders_have_vietnamese_names(imap, box):
    imap.create(quoted(to_utf7("Đơn hàng")))
    put(imap, mail(), quoted(to_utf7("Đơn hàng")))
    box.context.options["folders"] = ["Đơn hàng"]
    box.pull()
    assert set(box.landed) == {"lan@example.com"}


def test_a_folder_that_is_not_there_is_named(imap, box):
    box.context.options["folders"] = ["Nowhere"]
    with pytest.raises(ConfigError, match="Nowhere"):
        box.pull()


def test_a_refused_password_is_never_tried_twice(imap, box, monkeypatch):
    tries = []
    monkeypatch.setattr(
        room, "_authenticate", lambda link, user, password: (tries.append(1), link.login(user, "wrong"))
    )
    with pytest.raises(AuthError):
        box.pull()
    assert tries == [1]
    assert [f.status for f in CONNECTOR.open(box.context).check()] == ["auth"]


def test_a_server_that_is_not_there_is_the_network(box):
    box.context.options["port"] = 1
    with pytest.raises(TransientError):
        box.pull()
    assert [f.status for f in CONNECTOR.open(box.context).check()] == ["network"]


def test_a_good_mailbox_is_ok(imap, box):
    assert [f.status for f in CONNECTOR.open(box.context).check()] == ["ok"]


def test_a_lost_connection_is_opened_again(imap, box, monkeypatch):
    put(imap, mail())
    real, lost = room.Server._fetch, []

    def lose(self, uids):
        if not lost:
            lost.append(1)
            self.link.shutdown()
        return real(self, uids)

    monkeypatch.setattr(room.Server, "_fetch", lose)
    box.pull()
    assert lost == [1]
    assert set(box.landed) == {"lan@example.com"}


def test_a_mailbox_is_never_written(box):
    from hub.model import Write

    receipts = list(CONNECTOR.open(box.context).write([Write("update", "g", "a@example.com", {}, {}, "k1")]))
    assert [(r.key, r.outcome, r.reason) for r in receipts] == [("k1", "rejected", "mailbox.read_only")]


def test_what_is_said_of_a_mail_may_stand_behind_its_header():
    answer = [
        (b"1 (BODY[HEADER.FIELDS (FROM)] {5}", b"From:"),
        b' UID 7 INTERNALDATE "01-Nov-2026 00:00:00 +0000")',
        b"2 (UID 8)",
    ]
    assert list(parse_fetch(answer)) == [Fetched(7, "2026-11-01T00:00:00.000Z", b"From:")]


def test_uid_sets_are_short():
    assert uid_set([1, 2, 3, 7, 9, 10]) == "1:3,7,9:10"


@pytest.mark.parametrize("name", ["INBOX", "Đã gửi", "A&B", "Sent/Đơn & hàng 2026", "日本語"])
def test_folder_names_survive_modified_utf7(name):
    assert from_utf7(to_utf7(name)) == name
    assert to_utf7(name).isascii()


def test_folder_names_as_in_the_standard():
    assert to_utf7("~peter/mail/日本語/台北") == "~peter/mail/&ZeVnLIqe-/&U,BTFw-"
