"""Mailchimp's refusals: problem+json `{type, title, status, detail, instance, errors?}`."""

from __future__ import annotations

import uuid

from hub.sandbox.http import ApiError, Reply

GLOSSARY = "https://mailchimp.com/developer/marketing/docs/errors/"


def problem(status: int, title: str, detail: str, errors: list[dict[str, str]] | None = None) -> ApiError:
    """The common shape."""
    body = {"type": GLOSSARY, "title": title, "status": status, "detail": detail, "instance": str(uuid.uuid4())}
    listed = {} if errors is None else {"errors": errors}
    return ApiError(Reply({**body, **listed}, status, media="application/problem+json"))


def no_key() -> ApiError:
    """No key or a wrong one."""
    detail = "Your API key may be invalid, or you've attempted to access the wrong datacenter."
    return problem(401, "API Key Invalid", detail)


def not_found() -> ApiError:
    """No such resource."""
    return problem(404, "Resource Not Found", "The requested resource could not be found.")


def bad_method() -> ApiError:
    """The resource does not do this."""
    return problem(405, "Method Not Allowed", "The requested method and resource are not compatible.")


def too_many() -> ApiError:
    """More requests at once than the key may have."""
    return problem(429, "Too Many Requests", "You have exceeded the limit of 10 simultaneous connections.")


def bad_json() -> ApiError:
    """The body is no JSON."""
    return problem(400, "JSON Parse Error", "We encountered an unspecified JSON parsing error.")


def invalid(field: str, message: str) -> ApiError:
    """A field or parameter is wrong."""
    detail = "The resource submitted could not be validated. For field-specific details, see the 'errors' array."
    return problem(400, "Invalid Resource", detail, [{"field": field, "message": message}])


def fake(email: str) -> ApiError:
    """An address no person has."""
    return problem(400, "Invalid Resource", f"{email} looks fake or invalid, please enter a real email address.")


def merge_refused(field: str, message: str) -> ApiError:
    """A merge field's value is wrong."""
    detail = "Your merge fields were invalid."
    return problem(400, "Invalid Resource", detail, [{"field": field, "message": message}])


def member_exists(email: str) -> ApiError:
    """The address is already in the audience."""
    detail = f"{email} is already a list member. Use PUT to insert or update list members."
    return problem(400, "Member Exists", detail)


def forgotten(email: str) -> ApiError:
    """The address was deleted for good."""
    detail = f"{email} was permanently deleted and cannot be re-imported. The contact must re-subscribe."
    return problem(400, "Forgotten Email Not Subscribed", detail)


def compliance(email: str) -> ApiError:
    """The member left or bounced and can come back only by their own act."""
    why = "is in a compliance state due to unsubscribe, bounce, or compliance review and cannot be subscribed."
    return problem(400, "Member In Compliance State", f"{email} {why}")
