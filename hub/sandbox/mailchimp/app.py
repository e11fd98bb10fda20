"""Mailchimp's routes, below /3.0."""

from __future__ import annotations

from starlette.routing import Route

from hub.sandbox.http import METHODS, Call, Reply, route
from hub.sandbox.mailchimp import audience, errors, members
from hub.sandbox.mailchimp.params import guard, open_guard
from hub.sandbox.mailchimp.state import MailchimpState

ONE = "/lists/{list_id}"
MEMBER = f"{ONE}/members/{{hash}}"


def routes(state: MailchimpState) -> list[Route]:
    """All routes below /3.0."""
    read, post = ("GET",), ("POST",)
    table = [
        ("/ping", read, audience.ping),
        ("/lists", read, audience.list_lists),
        (ONE, read, audience.get_list),
        (ONE, post, audience.batch_members),
        (f"{ONE}/merge-fields", read, audience.list_merge_fields),
        (f"{ONE}/merge-fields", post, audience.add_merge_field),
        (f"{ONE}/members", read, members.list_members),
        (f"{ONE}/members", post, members.add_member),
        (MEMBER, read, members.get_member),
        (MEMBER, ("PUT",), members.put_member),
        (MEMBER, ("PATCH",), members.patch_member),
        (MEMBER, ("DELETE",), members.archive_member),
        (f"{MEMBER}/actions/delete-permanent", post, members.erase_member),
        (f"{MEMBER}/tags", read, members.list_tags),
        (f"{MEMBER}/tags", post, members.set_tags),
    ]
    guarded = [route(state, path, methods, handler, guard) for path, methods, handler in table]
    return [*guarded, route(state, "/{rest:path}", METHODS, _nothing_here, open_guard)]


def _nothing_here(state: MailchimpState, call: Call) -> Reply:
    raise errors.not_found()
