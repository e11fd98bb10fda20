"""Where Debian's Chromium and its driver are, and what to do when they are missing."""

from __future__ import annotations

import shutil

BINARY, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
MISSING = "browser tests left out: no chromium here (apt-get install chromium chromium-driver)"
