"""Why something was not computed, in the report's language.

Computations give their reasons in English, for whoever runs them. A reason of a known kind is said
in a sentence; any other stands as it is, as a quotation.
"""

from __future__ import annotations

import re

from biasbench.report.numbers import Lang
from biasbench.report.wording import say

#: The first that is found holds.
_KINDS = (
    (r"has \d+ degrees? where", "degrees"),
    (r"sentences? in common|sentences? on each side|shared|sentences that both", "sentences"),
    (r"one person alone|cannot be told from the person", "person"),
    (r"in every row|leave it out", "constant"),
    (r"levels? here|no level of", "levels"),
    (r"every person|the same value|no spread", "spread"),
    (r"no event|too few events|N-ERR|were picked", "events"),
    (r"overlap|apart|was recorded where|nobody alike|propensity", "apart"),
    (r"\b(person|people)\b.*(needed|least|has|takes)|N-SIZE|fewer than \d+ people", "people"),
)


def reason_in(reason: str, lang: Lang) -> str:
    """The reason in that language.

    >>> reason_in("covariate 'codec' is 'opus' in every row; leave it out", "en")
    'The variable has the same value everywhere.'
    >>> reason_in("something else went wrong", "en")
    'Reason given by the computation: “something else went wrong”'
    """
    for pattern, kind in _KINDS:
        if re.search(pattern, reason):
            return say(f"REASON-{kind}", lang)
    return say("REASON-other", lang, {"reason": reason})
