"""Several tables of one moment as files with a manifest: in a folder, on an SFTP server, in S3; after a sync as settings say."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from fakes import make_run
from once import once
from paramiko import Transport
from servers import PASSWORD, USER, Gate, sftp
from sqlalchemy import insert
from steps import HUNG, LAN, SETTINGS, bring, person, rows, settle

from hub.connectors.kit.remote import shown
from hub.errors import AuthError, ConfigError, TransientError
from hub.flow import export_set as sets
from hub.flow.workspace import Workspace
from hub.settings import Export
from hub.store import tables

TABLES = ("customers", "xref", "changes")


@pytest.fixture
@once
def couple(store):
    bring(store, person("1", *LAN), person("2", *HUNG))
    settle(store)
    return store


@pytest.fixture
def place(couple, tmp_path):
    return Workspace(replace(SETTINGS, path=tmp_path / "hub.toml"), couple)


def checked(manifest, read):
    """Every file of a manifest as it came, its checksum compared."""
    files = {}
    for name, part in manifest["tables"].items():
        files[name] = read(part["file"])
        assert hashlib.sha256(files[name]).hexdigest() == part["sha256"]
        assert len(files[name]) == part["bytes"]
    return files


@pytest.mark.parametrize("format_", ["csv", "jsonl", "parquet"])
def test_a_folder_gets_every_table_and_a_manifest(place, tmp_path, format_):
    told = sets.export_set(place, make_run(9), Export("bi", "out/bi", format_, TABLES))
    folder = tmp_path / "out" / "bi"
    assert json.loads((folder / "manifest.json").read_text()) == told
    assert set(checked(told, lambda name: (folder / name).read_bytes())) == set(TABLES)
    assert (told["tables"]["customers"]["rows"], told["schema_version"]) == (2, "v1")
    assert told["feed_position"] == max(row["seq"] for row in rows(place.store, tables.changes))
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [*(f"{name}.{format_}" for name in TABLES), "manifest.json"]
    )


def test_all_tables_are_of_one_snapshot(place, monkeypatch):
    written, late = sets.export_rows, {"at": "x", "kind": "updated", "golden_id": "g", "version": 1, "run_id": "r"}

    def slowly(conn, name, *rest):
        count = written(conn, name, *rest)
        with place.store.begin() as other:
            other.execute(insert(tables.changes).values(late))
        return count

    monkeypatch.setattr(sets, "export_rows", slowly)
    told = sets.export_set(place, make_run(9), Export("bi", "out", "jsonl", TABLES))
    assert (told["feed_position"], told["tables"]["changes"]["rows"]) == (2, 2)


def test_an_sftp_server_gets_the_same_and_no_half_file(place, tmp_path):
    root = tmp_path / "server"
    root.mkdir()
    with sftp(root) as (port, key):
        wish = Export(
            "bi",
            f"sftp://{USER}@127.0.0.1:{port}/in/bi",
            "csv",
            TABLES,
            options={"password": PASSWORD, "host_key": key},
        )
        sets.export_set(place, make_run(8), wish)
        told = sets.export_set(place, make_run(9), wish)
    folder = root / "in" / "bi"
    checked(told, lambda name: (folder / name).read_bytes())
    assert {path.name for path in folder.iterdir()} == {"customers.csv", "xref.csv", "changes.csv", "manifest.json"}


def test_a_server_of_another_key_or_a_wrong_password_is_refused(place, tmp_path):
    with sftp(tmp_path) as (port, key):
        path = f"sftp://{USER}@127.0.0.1:{port}/x"
        for options in ({"password": PASSWORD, "host_key": "SHA256:other"}, {"password": "no", "host_key": key}):
            with pytest.raises(AuthError) as caught:
                sets.export_set(place, make_run(9), Export("bi", path, options=options))
            assert PASSWORD not in str(caught.value)
    assert list(tmp_path.glob("x/*")) == []


def test_a_server_that_nobody_wrote_down_is_refused_with_the_key_to_compare(place, tmp_path):
    with sftp(tmp_path) as (port, key):
        path = f"sftp://{USER}@127.0.0.1:{port}/x"
        with pytest.raises(ConfigError) as caught:
            sets.export_set(place, make_run(9), Export("bi", path, options={"password": PASSWORD}))
    assert caught.value.code == "remote.host_key"
    assert f'host_key = "{key}"' in str(caught.value)
    assert list(tmp_path.glob("x/*")) == []


@pytest.mark.parametrize("line", ["", "right"])
def test_a_known_hosts_file_tells_which_server_is_meant(place, tmp_path, line):
    with sftp(tmp_path) as (port, _):
        path = f"sftp://{USER}@127.0.0.1:{port}/x"
        with Transport(("127.0.0.1", port)) as asked:
            asked.start_client(timeout=5)
            key = asked.get_remote_server_key()
        text = f"[127.0.0.1]:{port} {key.get_name()} {key.get_base64()}\n" if line else "\n"
        (place.settings.workspace / "hosts").write_text(text)
        wish = Export("bi", path, "csv", TABLES, options={"password": PASSWORD, "known_hosts": "hosts"})
        if not line:
            with pytest.raises(AuthError, match="not in known_hosts"):
                sets.export_set(place, make_run(9), wish)
            return
        sets.export_set(place, make_run(9), wish)
    assert (tmp_path / "x" / "manifest.json").exists()


def test_no_password_leaves_before_the_server_is_known(place, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(Gate, "check_auth_password", lambda self, *given: asked.append(given))
    options = {"password": PASSWORD, "host_key": "SHA256:other"}
    with sftp(tmp_path) as (port, _):
        wish = Export("bi", f"sftp://{USER}@127.0.0.1:{port}/x", options=options)
        with pytest.raises(AuthError):
            sets.export_set(place, make_run(9), wish)
    assert asked == []


@pytest.fixture(scope="module")
def storage():
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.mark.filterwarnings("ignore")
def test_s3_gets_the_same(place, storage):
    import fsspec

    options = {"key": "k", "secret": "s", "endpoint": storage, "region": "us-east-1"}
    files = fsspec.filesystem("s3", key="k", secret="s", client_kwargs={"endpoint_url": storage})
    bucket = f"bi-{'sqlite' if place.store.sqlite else 'postgres'}"
    files.mkdir(bucket)
    told = sets.export_set(place, make_run(9), Export("bi", f"s3://{bucket}/day", "parquet", TABLES, options=options))
    checked(told, lambda name: files.cat_file(f"{bucket}/day/{name}"))
    assert json.loads(files.cat_file(f"{bucket}/day/manifest.json")) == told


def test_a_place_that_cannot_be_reached_is_told_without_its_password(place):
    with pytest.raises(TransientError) as caught:
        sets.export_set(place, make_run(9), Export("bi", "sftp://u:hidden@127.0.0.1:1/x"))
    assert "hidden" not in str(caught.value)
    assert shown("sftp://u:hidden@host/x") == "sftp://host/x"


@pytest.mark.parametrize("path", ["ftp://host/x", "hub.toml"])
def test_no_folder_is_refused(place, tmp_path, path):
    (tmp_path / "hub.toml").touch()
    with pytest.raises(ConfigError):
        sets.export_set(place, make_run(9), Export("bi", path))


def after(place, number, **wish):
    settings = replace(place.settings, exports={"bi": Export("bi", "out", **wish)})
    return sets.after_sync(Workspace(settings, place.store), make_run(number))


def test_after_a_sync_it_is_written_when_something_changed(place):
    assert after(place, 10)["bi"]["status"] == "ok"
    assert after(place, 11) == {}
    bring(place.store, person("3", "Lê Thu", "0977000111"), number=12)
    settle(place.store, 12)
    assert after(place, 13)["bi"]["rows"] == 3
    assert after(place, 14, tables=("xref",))["bi"]["rows"] == 3


def test_it_is_not_written_more_often_than_wished(place):
    assert after(place, 10, every=3_600)
    bring(place.store, person("3", "Lê Thu", "0977000111"), number=12)
    settle(place.store, 12)
    assert after(place, 13, every=3_600) == {}
    assert after(place, 80, every=3_600)["bi"]["rows"] == 3


def test_one_that_failed_is_tried_again(place, tmp_path):
    (tmp_path / "out").write_text("a file")
    told = after(place, 10)["bi"]
    assert (told["status"], told["error"]["code"]) == ("failed", "config")
    (tmp_path / "out").unlink()
    assert after(place, 11)["bi"]["status"] == "ok"


def test_it_is_in_the_audit_log(place):
    sets.export_set(place, make_run(9), Export("bi", "out"))
    (line,) = rows(place.store, tables.audit)
    assert (line["action"], json.loads(line["details"])["path"]) == ("export", "out")


def test_a_segment_alone_is_written_and_again_on_another_day(place, tmp_path):
    wish = Export("bi", "out/bi", segment="never")
    place = replace(place, settings=replace(place.settings, exports={"bi": wish}))
    assert sets.export_set(place, make_run(9), replace(wish, segment="once"))["tables"]["customers"]["rows"] == 0
    told = [sets.after_sync(place, make_run(number, day)) for number, day in ((10, 2), (11, 2), (12, 3))]
    assert [one.get("bi", {}).get("rows") for one in told] == [2, None, 2]
    assert json.loads((tmp_path / "out" / "bi" / "manifest.json").read_text())["segment"] == "never"
