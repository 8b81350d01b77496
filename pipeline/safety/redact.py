"""Contact data out of text that is published: telephone, mobile, identity numbers, e-mail, named contacts.

The filed bytes stay as they are; what leaves the pipeline is redacted.
"""

from __future__ import annotations

import re

LEFT_OUT = "［略］"
_D = "[0-9０-９]"
_GAP = r"[\s\-－—–]?"
PATTERNS = (
    re.compile(r"[A-Za-z0-9._%+\-]{1,64}[@＠][A-Za-z0-9\-]{1,64}(?:[.．][A-Za-z0-9\-]{1,64}){1,5}"),
    re.compile(rf"(?<!{_D}){_D}{{17}}[0-9０-９XxＸｘ](?!{_D})"),  # resident identity number
    re.compile(rf"(?<!{_D})[1１][3-9３-９]{_D}{_GAP}{_D}{{4}}{_GAP}{_D}{{4}}(?!{_D})"),  # mobile
    re.compile(rf"(?<!{_D})[(（]?[0０]{_D}{{2,3}}[)）]?{_GAP}{_D}{{7,8}}(?!{_D})"),  # landline with area code
    re.compile(rf"(?<=电话)([:：]?\s*){_D}{{7,8}}(?!{_D})"),  # landline without
    re.compile(r"(?<=联系人)[:：]\s*[\u4e00-\u9fff·]{2,8}"),
)


def redact(text: str) -> str:
    """Text with contact data replaced by ``［略］``.

    Args:
        text: of any length, with full-width or half-width digits.

    Returns:
        the text itself where it has no contact data; empty for empty text.

    >>> redact("（联系电话：0812-3986050）")
    '（联系电话：［略］）'
    """
    for pattern in PATTERNS:
        text = pattern.sub(LEFT_OUT, text)
    return text
