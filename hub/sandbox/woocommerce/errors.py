"""WooCommerce's refusals: `{"code", "message", "data": {"status", ...}}`."""

from __future__ import annotations

from hub.sandbox.http import ApiError, Reply
from hub.sandbox.rows import Json


def refusal(status: int, code: str, message: str, **data: Json) -> ApiError:
    """The common shape."""
    return ApiError(Reply({"code": code, "message": message, "data": {"status": status, **data}}, status))


def no_key(verb: str) -> ApiError:
    """No key was sent."""
    return refusal(401, f"woocommerce_rest_cannot_{verb}", f"Sorry, you cannot {_WORDS[verb]}.")


def bad_key(what: str) -> ApiError:
    """A key or secret nobody issued."""
    return refusal(401, "woocommerce_rest_authentication_error", f"{what} is invalid.")


def read_only_key() -> ApiError:
    """The key may not write."""
    message = "The API key provided does not have write permissions."
    return refusal(401, "woocommerce_rest_authentication_error", message)


def bad_param(name: str, reason: str) -> ApiError:
    """A parameter or field is wrong."""
    details = {name: {"code": "rest_invalid_type", "message": reason, "data": {"param": name}}}
    message = f"Invalid parameter(s): {name}"
    return refusal(400, "rest_invalid_param", message, params={name: reason}, details=details)


def missing_param(name: str) -> ApiError:
    """A required field is absent."""
    return refusal(400, "rest_missing_callback_param", f"Missing parameter(s): {name}", params=[name])


def bad_json() -> ApiError:
    """The body is no JSON object."""
    return refusal(400, "rest_invalid_json", "Invalid JSON body passed.", json_error_code=4)


def invalid_id(status: int) -> ApiError:
    """No such customer."""
    return refusal(status, "woocommerce_rest_invalid_id", "Invalid resource ID.")


def email_exists() -> ApiError:
    """A customer has this e-mail, in any case; the message holds HTML."""
    message = (
        'An account is already registered with your email address. <a href="#" class="showlogin">Please log in.</a>'
    )
    return refusal(400, "registration-error-email-exists", message)


def username_exists() -> ApiError:
    """A customer has this user name."""
    message = "An account is already registered with that username. Please choose another."
    return refusal(400, "registration-error-username-exists", message)


def email_refused() -> ApiError:
    """An update to an e-mail that another customer has."""
    return refusal(400, "woocommerce_rest_customer_invalid_email", "Email address is invalid.")


def username_fixed() -> ApiError:
    """User names never change."""
    return refusal(400, "woocommerce_rest_customer_invalid_argument", "Username isn't editable.")


def no_trash() -> ApiError:
    """Deleting needs force."""
    return refusal(501, "woocommerce_rest_trash_not_supported", "Customers do not support trashing.")


def too_many(limit: int) -> ApiError:
    """A batch is too long."""
    message = f"Unable to accept more than {limit} items for this request."
    return refusal(413, "woocommerce_rest_request_entity_too_large", message)


def no_route() -> ApiError:
    """No such path."""
    return refusal(404, "rest_no_route", "No route was found matching the URL and request method.")


_WORDS = {
    "view": "list resources",
    "create": "create resources",
    "edit": "edit this resource",
    "delete": "delete this resource",
    "batch": "batch manipulate this resource",
}
