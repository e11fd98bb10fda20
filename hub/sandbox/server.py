"""One sandbox: the three vendors, their gate and their control, served on 127.0.0.1 by a thread.

`with Sandbox() as box:` then `box.info()` has the addresses and keys a connector needs."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from hub.sandbox import control, seeding
from hub.sandbox.gate import Gate
from hub.sandbox.hostile import Hostile
from hub.sandbox.journal import Journal
from hub.sandbox.kiotviet.app import routes as kiotviet_routes
from hub.sandbox.kiotviet.state import KiotVietOptions, KiotVietState
from hub.sandbox.mailchimp.app import routes as mailchimp_routes
from hub.sandbox.mailchimp.state import MailchimpOptions, MailchimpState
from hub.sandbox.profiles import Profile
from hub.sandbox.vendor import VendorState
from hub.sandbox.woocommerce.app import routes as woo_routes
from hub.sandbox.woocommerce.state import WooOptions, WooState

HOST = "127.0.0.1"
START_SECONDS = 10.0


class Sandbox:
    """`kiotviet`, `woocommerce`, `mailchimp`: the vendors' states (seed them, edit them as a clerk, read their rows).
    `journal`: accepted writes and faults. `hostile`: profiles. `directory`: where a snapshot is kept."""

    def __init__(
        self,
        *,
        port: int = 0,
        directory: Path | None = None,
        profile: Profile | str = "calm",
        seed: int = 0,
        kiotviet: KiotVietOptions | None = None,
        woocommerce: WooOptions | None = None,
        mailchimp: MailchimpOptions | None = None,
    ) -> None:
        self.journal = Journal()
        self.kiotviet = KiotVietState(self.journal, kiotviet or KiotVietOptions())
        self.woocommerce = WooState(self.journal, woocommerce or WooOptions())
        self.mailchimp = MailchimpState(self.journal, mailchimp or MailchimpOptions())
        self.vendors: dict[str, VendorState] = {
            state.name: state for state in (self.kiotviet, self.woocommerce, self.mailchimp)
        }
        self.options: dict[str, Any] = {
            "kiotviet": self.kiotviet.options,
            "woocommerce": self.woocommerce.options,
            "mailchimp": self.mailchimp.options,
        }
        self.directory = directory
        self.hostile = Hostile(self.vendors, seed)
        self.hostile.set(profile)
        limits = {"mailchimp": self.mailchimp.options.connections}
        self.gate = Gate(self._app(), self.vendors, self.hostile, self.journal, limits)
        self._port = port
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    # -- life --------------------------------------------------------------------------------------------------------

    def start(self) -> Sandbox:
        """Listens; returns when requests are answered. Raises RuntimeError when it does not come up."""
        listener = _listener(self._port)
        self._port = int(listener.getsockname()[1])
        config = uvicorn.Config(
            self.gate,
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            date_header=False,
            loop="asyncio",
            ws="none",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name="sandbox", daemon=True)
        self._thread.start()
        self._wait(self._server, self._thread)
        return self

    def stop(self) -> None:
        """Ends the thread; the state stays readable."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(START_SECONDS)
        self._server = self._thread = None

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # -- addresses and keys ------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The sandbox's address, once started."""
        return f"http://{HOST}:{self._port}"

    def info(self) -> dict[str, Any]:
        """Per vendor the keys its connector's settings take, and the address of the control API."""
        shop, web, mail = self.kiotviet.options, self.woocommerce.options, self.mailchimp.options
        return {
            "port": self._port,
            "control": f"{self.url}/_sandbox",
            "kiotviet": {
                "base_url": f"{self.url}/kiotviet",
                "token_url": f"{self.url}/kiotviet/connect/token",
                "retailer": shop.retailer,
                "client_id": shop.client_id,
                "client_secret": shop.client_secret,
            },
            "woocommerce": {
                "url": f"{self.url}/woocommerce",
                "consumer_key": web.consumer_key,
                "consumer_secret": web.consumer_secret,
            },
            "mailchimp": {
                "base_url": f"{self.url}/mailchimp/3.0",
                "api_key": mail.api_key,
                "audience": mail.list_id,
            },
        }

    # -- state as a whole --------------------------------------------------------------------------------------------

    def load(self, directory: Path | str) -> dict[str, dict[str, int]]:
        """Seeds from JSONL files, see seeding.py. Returns rows per vendor and table."""
        return seeding.load_directory(Path(directory), self.vendors)

    def save(self, path: Path | None = None) -> Path:
        """A snapshot of all vendors, default in `directory`. Raises ValueError without either."""
        target = path or self._snapshot()
        seeding.write_snapshot(target, {name: state.dump() for name, state in self.vendors.items()})
        return target

    def restore(self, path: Path | None = None) -> None:
        """Puts every vendor back as a snapshot has it."""
        saved = seeding.read_snapshot(path or self._snapshot())
        for name, state in self.vendors.items():
            state.restore(saved[name])

    def reset(self) -> None:
        """Empty vendors, an empty journal, calm."""
        for state in self.vendors.values():
            state.clear()
        self.journal.clear()
        self.hostile.calm()

    def _snapshot(self) -> Path:
        if self.directory is None:
            raise ValueError("a sandbox without a directory needs a path for its snapshot")
        return self.directory / seeding.SNAPSHOT

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Mount("/_sandbox", routes=control.routes(self)),
                Mount("/kiotviet", routes=kiotviet_routes(self.kiotviet)),
                Mount("/woocommerce", routes=woo_routes(self.woocommerce)),
                Mount("/mailchimp/3.0", routes=mailchimp_routes(self.mailchimp)),
            ]
        )

    def _wait(self, server: uvicorn.Server, thread: threading.Thread) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the sandbox did not start")
            time.sleep(0.005)


def _listener(port: int) -> socket.socket:
    """The protocol is named because asyncio turns Nagle's delay off only then (40 ms an answer else)."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    listener.listen(128)
    return listener
