"""A KiotViet of a few lines, after the documented shapes."""

from __future__ import annotations

from urllib.parse import parse_qs

from fake_vendor import FakeVendor, Reply, Seen


class FakeKiotViet:
    """Customers and documents in lists; offset paging ordered by createdDate."""

    def __init__(self, vendor: FakeVendor) -> None:
        vendor.answer = self._answer
        self.options = {
            "retailer": "cuahang",
            "client_id": "id",
            "client_secret": "s3cret",
            "base_url": vendor.url,
            "token_url": f"{vendor.url}/connect/token",
            "budget_share": 1000.0,
        }
        self.customers: dict[int, dict] = {}
        self.invoices: list[dict] = []
        self.returns: list[dict] = []
        self.groups: list[dict] = []
        self.removed: list[int] = []
        self.spelling = "removedIds"
        self.wrapped = True
        self.tokens = 0
        self.expire_after: int | None = None
        self.refuse_client = False
        self.next_reply: Reply | None = None

    def add(self, count: int, modified: str | None = "2026-11-20T10:00:00.0970000", **fields) -> None:
        for _ in range(count):
            number = len(self.customers) + len(self.removed) + 1
            self.customers[number] = {
                "id": number,
                "code": f"KH{number:06}",
                "name": f"Người {number}",
                "modifiedDate": modified,
                "createdDate": f"2026-01-01T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}.0000000",
                **fields,
            }

    def remove(self, number: int) -> None:
        if self.customers.pop(number, None):
            self.removed.append(number)

    def _answer(self, seen: Seen) -> Reply:
        if self.next_reply:
            reply, self.next_reply = self.next_reply, None
            return reply
        if seen.path == "/connect/token":
            return self._token(seen)
        if self.expire_after is not None and self.tokens <= 1:
            return Reply(401, {"responseStatus": {"errorCode": "TokenException", "message": "het han"}})
        return self._api(seen)

    def _token(self, seen: Seen) -> Reply:
        if self.refuse_client or parse_qs(seen.body.decode())["client_secret"] != ["s3cret"]:
            return Reply(400, {"error": "invalid_client"})
        self.tokens += 1
        return Reply(200, {"access_token": f"token-{self.tokens}", "expires_in": 86400, "token_type": "Bearer"})

    def _api(self, seen: Seen) -> Reply:
        lists = {"/invoices": self.invoices, "/returns": self.returns, "/customers/group": self.groups}
        if seen.method == "GET" and seen.path in lists:
            return self._page(seen, lists[seen.path], [])
        if seen.method == "GET" and seen.path == "/customers":
            rows = [
                row
                for row in self.customers.values()
                if seen.query.get("contactNumber", "") in (row.get("contactNumber") or "")
                and seen.query.get("code", row["code"]) == row["code"]
            ]
            return self._page(seen, rows, self.removed if seen.query.get("includeRemoveIds") == "true" else [])
        return self._one(seen)

    def _page(self, seen: Seen, rows: list[dict], removed: list[int]) -> Reply:
        since = seen.query.get("lastModifiedFrom", "")
        rows = [row for row in rows if (row.get("modifiedDate") or row.get("createdDate") or "9") >= since]
        rows = sorted(rows, key=lambda row: row.get("createdDate") or "")
        at, size = int(seen.query.get("currentItem", 0)), min(100, int(seen.query.get("pageSize", 20)))
        data = {"total": len(rows), "pageSize": size, "data": rows[at : at + size]}
        return Reply(200, {**data, self.spelling: removed} if removed else data)

    def _one(self, seen: Seen) -> Reply:
        if seen.method == "POST":
            self.add(1, **seen.json)
            made = self.customers[max(self.customers)]
            return Reply(200, {"message": "ok", "data": made} if self.wrapped else made)
        number = int(seen.path.rpartition("/")[2])
        if number not in self.customers:
            return Reply(404, {"responseStatus": {"errorCode": "NotFound", "message": "khong co"}})
        if seen.method == "DELETE":
            self.remove(number)
            return Reply(200, {"message": "Xóa dữ liệu thành công"})
        if seen.method == "PUT":
            kept = {
                key: self.customers[number][key]
                for key in ("id", "createdDate", "debt")
                if key in self.customers[number]
            }
            self.customers[number] = {**seen.json, **kept, "modifiedDate": "2026-11-21T10:00:00.0000000"}
        row = self.customers[number]
        return Reply(200, {"data": row} if self.wrapped and seen.method == "PUT" else row)
