"""One sandbox for all tests of this folder, emptied and set to its defaults before each."""

import dataclasses

import pytest
import vendor_clients

from hub.sandbox.server import Sandbox


@pytest.fixture(scope="session")
def _running():
    with Sandbox() as box:
        yield box


@pytest.fixture
def box(_running):
    for options in _running.options.values():
        for field in dataclasses.fields(options):
            setattr(options, field.name, field.default)
    for state in _running.vendors.values():
        state.clock.run()
    _running.gate.latency = 0.0
    _running.reset()
    _running.hostile.seed(0)
    return _running


@pytest.fixture
def kiot(box):
    client = vendor_clients.kiotviet(box.info()["kiotviet"])
    yield client
    client.http.close()


@pytest.fixture
def shop(box):
    client = vendor_clients.woocommerce(box.info()["woocommerce"])
    yield client
    client.http.close()


@pytest.fixture
def mail(box):
    client = vendor_clients.mailchimp(box.info()["mailchimp"])
    yield client
    client.http.close()


@pytest.fixture
def control(box):
    client = vendor_clients.Client(box.info()["control"])
    yield client
    client.http.close()
