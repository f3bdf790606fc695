"""Text that does nothing but be read: no control character, no bidirectional override.

A group's name, a quote or a transcript comes from somebody else. XML refuses its control
characters, and a bidirectional override (U+202E) makes a page show letters in another order than
a search, a copy or a check would read them ("Trojan Source", CVE-2021-42574). Both are shown by
their code instead of obeyed; right-to-left scripts themselves need no control and are kept.

Every renderer passes each text of a document through `inert_text` before escaping it.
"""

from __future__ import annotations

import re

#: Control characters but newline and tab; the bidirectional controls of Unicode UAX #9.
_SHOWN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)
#: Half a character, and the code points that XML 1.0 forbids: nothing that could be shown.
_BROKEN = re.compile("[\ud800-\udfff\ufffe\uffff]")


def inert_text(text: str) -> str:
    r"""The text with each control character shown as its code, and each broken one as U+FFFD.

    Newlines (also as CR LF or CR) and tabs are kept, and so is everything else, emoji included.

    >>> inert_text("abc\u202egnp.exe")
    'abc⟨U+202E⟩gnp.exe'
    >>> inert_text("a\x00b\ud83d")
    'a⟨U+0000⟩b\ufffd'
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _SHOWN.sub(_code, _BROKEN.sub("\ufffd", lines))


def _code(found: re.Match[str]) -> str:
    return f"⟨U+{ord(found.group()):04X}⟩"
