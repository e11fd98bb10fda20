"""Pages out of templates: everything is escaped, nothing is inline.

Belongs here: the template environment, `page`. Does not: what a page shows (pages), the look (templates, static).
"""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from hub.flow.run import utc_now
from hub.web.csrf import token_of
from hub.web.dagster import rights
from hub.web.forms import Forms
from hub.web.ground import ground, who
from hub.web.language import language, messages

THEME = "hub_theme"
THEMES = ("light", "dark")


@cache
def environment() -> Environment:
    """The templates of this package; autoescape is on for all of them."""
    made = Environment(
        loader=PackageLoader("hub.web", "templates"), autoescape=True, undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.policies["ext.i18n.trimmed"] = True
    return made


def theme(request: Request) -> str:
    """light | dark as this browser chose, "" as its system has it."""
    chosen = request.cookies.get(THEME, "")
    return chosen if chosen in THEMES else ""


def page(request: Request, template: str, status: int = 200, /, **values: Any) -> HTMLResponse:
    """A page. Every template knows: who (None: nobody signed in), csrf, language, settings, path, here (path and query),
    f (forms.Forms), theme, dagster (whether its pages are open to who looks), `_`, gettext, ngettext."""
    settings = ground(request).workspace.settings
    code = language(request, settings.language)
    told = messages(code)
    known = {
        "who": who(request), "csrf": token_of(request), "language": code, "settings": settings, "path": request.url.path,
        "_": told.gettext, "gettext": told.gettext, "ngettext": told.ngettext,
        "request_id": request.scope.get("hub.request_id"), "f": Forms(code, settings.timezone, utc_now()),
        "dagster": ground(request).beside.kept and (one := who(request)) is not None and rights.may(one),
        "theme": theme(request), "here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
    }  # fmt: skip
    text = environment().get_template(template).render(known | values)
    return HTMLResponse(text, status, {"cache-control": "no-store", "content-language": code})
