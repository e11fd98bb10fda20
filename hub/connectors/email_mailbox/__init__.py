"""A mailbox as a source: people from From, Reply-To, To and Cc, by IMAP or from files (`connector = "mailbox"`).

Belongs here: what the connector is and can do. Does not: how (connection and the modules under it).
"""

from __future__ import annotations

from hub.connectors.email_mailbox.connection import SENTENCES, open_connection
from hub.connectors.kit.port import Capabilities, Connector, Description, StreamInfo

CONNECTOR = Connector(
    description=Description(
        name="mailbox",
        channel="email",
        title_en="Mailbox (IMAP, mbox, Maildir)",
        title_vi="Hộp thư (IMAP, mbox, Maildir)",
        settings_schema="connectors/mailbox.v1",
        payload_schema="connectors/mailbox.payload.v1",
        capabilities=Capabilities(
            streams=(StreamInfo("customers", deletions="none", incremental=True, timed=True),),
            creates=False,
        ),
    ),
    open=open_connection,
    sentences=lambda: SENTENCES,
)
