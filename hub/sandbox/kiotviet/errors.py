"""KiotViet's refusals: `{"responseStatus": {"errorCode", "message", "errors"}}` with a Vietnamese message.

Error codes other than `TokenException` are not documented; those here are the sandbox's own choice."""

from __future__ import annotations

from hub.sandbox.http import ApiError, Reply


def refusal(status: int, code: str, message: str, field: str | None = None) -> ApiError:
    """The common shape."""
    errors = [] if field is None else [{"errorCode": code, "fieldName": field, "message": message}]
    return ApiError(Reply({"responseStatus": {"errorCode": code, "message": message, "errors": errors}}, status))


def token_refused() -> ApiError:
    """An unknown or expired token."""
    return refusal(401, "TokenException", "Token không hợp lệ hoặc đã hết hạn")


def retailer_refused() -> ApiError:
    """The Retailer header is missing or another shop's."""
    return refusal(401, "RetailerException", "Gian hàng không hợp lệ", "Retailer")


def bad_argument(name: str) -> ApiError:
    """An unknown or ill-typed query parameter."""
    return refusal(400, "ArgumentException", f"Tham số không hợp lệ: {name}", name)


def bad_body(name: str) -> ApiError:
    """An unknown or ill-typed field of a body, or no JSON."""
    return refusal(400, "SerializationException", f"Dữ liệu gửi lên không hợp lệ: {name}", name)


def not_found(what: str) -> ApiError:
    """No such record or path."""
    return refusal(404, "KvNotFoundException", f"{what} không tồn tại")


def invalid(message: str, field: str) -> ApiError:
    """A rule of the shop is broken."""
    return refusal(400, "KvValidateException", message, field)


def over_limit() -> ApiError:
    """Status and body are not documented; 429 is what clients handle. No Retry-After."""
    return refusal(429, "TooManyRequestsException", "Vượt quá giới hạn số lượng yêu cầu trong một giờ")


def oauth_refused(error: str) -> ApiError:
    """The identity server's own shape (RFC 6749)."""
    return ApiError(Reply({"error": error}, 400))
