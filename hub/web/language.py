"""The reader's language: chosen on a page, else their browser's, else the shop's. Sentences by gettext.

Belongs here: choosing, loading message files (hub/web/locale/LANG.po). Does not: sentences of the flow.
"""

from __future__ import annotations

import gettext
from functools import cache
from importlib import resources

from starlette.requests import Request

from hub.web.catalogue import Catalogue

LANGUAGES = ("vi", "en")
COOKIE = "hub_language"


def language(request: Request, usual: str) -> str:
    """vi or en."""
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    for part in request.headers.get("accept-language", "").split(","):
        head = part.strip()[:2].lower()
        if head in LANGUAGES:
            return head
    return usual


@cache
def messages(code: str) -> gettext.NullTranslations:
    """The sentences of a language; without a file, as they stand in the templates."""
    file = resources.files("hub.web") / "locale" / f"{code}.po"
    return Catalogue(file.read_text(encoding="utf-8")) if file.is_file() else gettext.NullTranslations()
