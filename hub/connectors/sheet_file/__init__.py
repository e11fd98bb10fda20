"""Spreadsheet files as a source and, written beside, as a destination (`connector = "sheet"`).

Belongs here: what the connector is and can do. Does not: how (connection and the modules under it).
"""

from __future__ import annotations

from hub.connectors.kit.port import Capabilities, Connector, Description, StreamInfo
from hub.connectors.sheet_file.connection import open_connection, sentences
from hub.connectors.sheet_file.writer import WRITE_FIELDS

CONNECTOR = Connector(
    description=Description(
        name="sheet",
        channel="sheet",
        title_en="Spreadsheet files (csv, tsv, xls, xlsx, ods)",
        title_vi="Tệp bảng tính (csv, tsv, xls, xlsx, ods)",
        settings_schema="connectors/sheet.v1",
        payload_schema="connectors/sheet.payload.v1",
        capabilities=Capabilities(
            streams=(StreamInfo("customers", deletions="full_snapshot", incremental=True, timed=False),),
            writes=frozenset({"create", "update", "deactivate", "delete"}),
            write_fields=WRITE_FIELDS,
            phone_form="national",
            idempotency=True,
            batch=20_000,
            frames=True,
            rereads=True,
        ),
    ),
    open=open_connection,
    sentences=sentences,
)
