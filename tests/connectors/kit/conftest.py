"""The client as the tests of the kit ask for it: credentials it must not tell, waits that are noted and not waited."""

import pytest

from hub.connectors.kit.auth import Basic
from hub.connectors.kit.http import HttpClient
from hub.connectors.kit.patience import Waiting


@pytest.fixture
def waits():
    return []


@pytest.fixture
def client(vendor, waits):
    made = HttpClient(vendor.url, Basic("hub", "s3cret"), waiting=Waiting(wait=waits.append, jitter=lambda: 1.0))
    yield made
    made.close()
