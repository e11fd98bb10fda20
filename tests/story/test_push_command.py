"""`hub push --recreate` and `--retry`, and what `hub plan` says of one customer's several cards: the commands, over real HTTP."""

from __future__ import annotations

import sys

import orjson
import pytest
from databases import fresh
from sqlalchemy import select

from hub.cli import cli
from hub.cli.common import run_cli
from hub.connectors.pos_kiotviet.writes import Writer
from hub.errors import PermanentError
from hub.flow.workspace import open_workspace
from hub.sandbox.server import Sandbox
from hub.store import tables

CONFIG = """[hub]
language = "{language}"
database = "${{DB}}"
[sources.pos]
connector = "kiotviet"
retailer  = "{kiotviet[retailer]}"
client_id = "${{ID}}"
client_secret = "${{SECRET}}"
base_url  = "{kiotviet[base_url]}"
token_url = "{kiotviet[token_url]}"
[sources.events]
connector = "sheet"
path = "drop/*.csv"
id = "Mã"
[sources.events.columns]
full_name = "Tên"
phones = "SĐT"
[destinations.pos]
source = "pos"
mode   = "upsert"
mark   = "code"
max_changes = "100%"
fields = {{ full_name = "fill_if_blank", phone = "fill_if_blank" }}
"""
LAN = [
    {"id": n, "name": "Nguyễn Thị Lan", "contactNumber": "0912345678", "totalPoint": points, "rewardPoint": points}
    for n, points in ((1, 120), (2, 45))
]
HUNG = "0938271564"


class Till:
    """A workspace of one till and one spreadsheet; the commands as people type them."""

    def __init__(self, folder, box, database, capture):
        self.folder, self.box, self.capture = folder, box, capture
        told = box.info()
        secrets = {"ID": told["kiotviet"]["client_id"], "SECRET": told["kiotviet"]["client_secret"], "DB": database}
        (folder / "drop").mkdir(parents=True)
        (folder / "drop" / "a.csv").write_text(f"Mã,Tên,SĐT\n7,Trần Văn Hùng,{HUNG}\n", encoding="utf-8")
        (folder / ".env").touch(0o600)
        (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in secrets.items()))
        self.speak("en")

    def speak(self, language):
        text = CONFIG.format(language=language, **self.box.info())
        (self.folder / "hub.toml").write_text(text, encoding="utf-8")

    def run(self, *args):
        """Exit code, standard output and standard error."""
        before, sys.argv = sys.argv, ["hub", *args, "--config", str(self.folder)]
        try:
            with pytest.raises(SystemExit) as end:
                run_cli(cli)
        finally:
            sys.argv = before
        out, err = self.capture.readouterr()
        return end.value.code, out.decode(), err.decode()

    def said(self, *args):
        """The JSON of a command that ends well."""
        code, out, err = self.run(*args, "--json")
        assert code in (0, 1), err
        return orjson.loads(out)

    @property
    def cards(self):
        return [row for row in self.box.kiotviet.rows("customers") if row["contactNumber"].replace(" ", "") == HUNG]

    def rows(self, table):
        workspace = open_workspace(self.folder)
        with workspace.store.read() as conn:
            found = [dict(row) for row in conn.execute(select(table)).mappings()]
        workspace.store.dispose()
        return found


@pytest.fixture(scope="module")
def box():
    with Sandbox() as running:
        yield running


@pytest.fixture
def till(request, store_kind, tmp_path, box, capsysbinary):
    box.reset()
    box.kiotviet.seed(customers=[dict(row) for row in LAN])
    with fresh(request, store_kind, tmp_path / "data") as url:
        made = Till(tmp_path / "shop", box, url, capsysbinary)
        made.said("sync", "--direct")
        yield made


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "2 cards of one customer stay apart in KiotViet (point of sale) (1, 2): that system lets no program merge "
               "them; points 120 and 45 are not added"),
        ("vi", "2 thẻ của cùng một khách vẫn nằm riêng ở KiotViet (phần mềm bán hàng) (1, 2): hệ thống đó không cho "
               "chương trình gộp; điểm 120 và 45 không được cộng lại"),
    ],
)  # fmt: skip
def test_a_plan_says_plainly_what_becomes_of_two_cards_and_their_points(till, language, sentence):
    till.speak(language)
    assert sentence in till.run("plan", "pos")[1]
    assert [one["sentence"] for one in till.said("plan", "pos")["pos"]["doubles"]] == [sentence]


def test_a_card_deleted_there_is_made_again_only_when_a_person_asks(till):
    till.said("push", "pos", "--yes")
    (card,) = till.cards
    till.said("sync", "--direct")
    till.box.kiotviet.clerk_delete("customers", card["id"])
    till.said("sync", "--direct")
    till.said("push", "pos", "--yes")
    assert till.cards == []
    part = till.said("push", "pos", "--recreate", HUNG, "--yes")["pos"]
    assert part["acked"] == 1
    assert len(till.cards) == 1
    assert till.rows(tables.push_wishes) == []
    assert "push.recreate" in {row["action"] for row in till.rows(tables.audit)}


def test_recreate_without_yes_only_plans_it(till):
    till.said("push", "pos", "--yes")
    till.said("sync", "--direct")
    till.box.kiotviet.clerk_delete("customers", till.cards[0]["id"])
    till.said("sync", "--direct")
    part = till.said("push", "pos", "--recreate", HUNG)["pos"]
    assert (part["state"], part["planned"]["create"], till.cards) == ("waiting", 1, [])


def test_what_was_refused_is_sent_again_only_when_a_person_asks(till, monkeypatch):
    def refuse(self, write):
        raise PermanentError("KiotViet does not want it", code="rejected")

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "_one", refuse)
        assert till.said("push", "pos", "--yes")["pos"]["rejected"] == 1
    again = till.said("push", "pos", "--yes")["pos"]
    assert (again["planned"]["blocked"], again["acked"], till.cards) == (1, 0, [])
    assert till.said("push", "pos", "--retry", HUNG, "--yes")["pos"]["acked"] == 1
    assert len(till.cards) == 1
    assert "push.retry" in {row["action"] for row in till.rows(tables.audit)}


@pytest.mark.parametrize("option", ["--recreate", "--retry"])
def test_they_ask_for_one_destination_one_customer_and_no_plan(till, option):
    for wrong in ([option, HUNG], ["pos", option, HUNG, "--plan", "x"], ["pos", option, "nobody@example.vn"]):
        code, out, err = till.run("push", *wrong)
        assert (code, out) == (2, "")
        assert "Traceback" not in err
