"""The Content-Security-Policy of every page: scripts are the site's own files and the theme's few inline ones, by hash.

The hashes are taken from the page for missing addresses, which shows nothing from a report, so a script that came in
with a report has none and does not run, whatever the escaping missed. Styles may be inline: charts set heights.
"""

from __future__ import annotations

import base64
import hashlib
import re

PLACEHOLDER = "SCRIPT-HASHES"  # stands in site_src/overrides/main.html
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def script_hashes(page: str) -> str:
    """The sources that allow the inline scripts of a page, which are the same on every page of the site.

    Args:
        page: the finished HTML of a page without any text from reports.
    """
    return " ".join(dict.fromkeys(_hash(script) for script in _INLINE.findall(page)))


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
