"""How each vendor says that it is limited, broken, down or that the key is worth nothing. Shapes only."""

from __future__ import annotations

from hub.sandbox.http import Reply
from hub.sandbox.kiotviet import errors as kiotviet
from hub.sandbox.mailchimp import errors as mailchimp
from hub.sandbox.woocommerce import errors as woocommerce

HTML = (
    "<!DOCTYPE html><html><head><title>503 Service Temporarily Unavailable</title></head>"
    "<body><center><h1>503 Service Temporarily Unavailable</h1></center><hr><center>nginx</center></body></html>"
)


def limited(vendor: str, retry_after: str | None) -> Reply:
    """`retry_after` is the header's text; KiotViet documents none, so it never gets one."""
    if vendor == "kiotviet":
        return kiotviet.over_limit().reply
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    if vendor == "mailchimp":
        reply = mailchimp.too_many().reply
        return Reply(reply.body, reply.status, headers, reply.media)
    return Reply("<html><body><h1>429 Too Many Requests</h1></body></html>", 429, headers, "text/html; charset=utf-8")


def broken(vendor: str) -> Reply:
    """A 500 in the vendor's shape."""
    if vendor == "kiotviet":
        return kiotviet.refusal(500, "InternalServerError", "Có lỗi xảy ra, vui lòng thử lại").reply
    if vendor == "mailchimp":
        detail = "An unexpected internal error has occurred. Please contact Support for more information."
        return mailchimp.problem(500, "Internal Server Error", detail).reply
    message = "<p>There has been a critical error on this website.</p>"
    return woocommerce.refusal(500, "internal_server_error", message).reply


def unavailable() -> Reply:
    """As a proxy before the vendor answers."""
    return Reply(HTML, 503, media="text/html; charset=utf-8")


def expired(vendor: str, path: str) -> Reply:
    """The key was withdrawn: no token any more, and tokens given before are refused."""
    if vendor == "kiotviet":
        token = path.endswith("/connect/token")
        return (kiotviet.oauth_refused("invalid_client") if token else kiotviet.token_refused()).reply
    return (mailchimp.no_key() if vendor == "mailchimp" else woocommerce.bad_key("Consumer key")).reply
