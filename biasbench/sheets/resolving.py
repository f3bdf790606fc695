"""One reference where two people wrote two, by a rule declared before.

    first     what A wrote, then B …; where A understood nothing, there is no reference
    longer    what has more words; of two alike in that, A's
    exclude   no reference where the words differ, or where one of the two understood nothing

Rows are dealt out by lot, so 'first' favours nobody and chooses nothing. 'longer' trusts whoever
heard more. 'exclude' keeps what is easy to hear: it makes a recogniser look better, and more so
for the group that people find harder. Words are compared as the normaliser writes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import pandas as pd

from biasbench.errors import OptionError
from biasbench.measures.normalize import Normalizer
from biasbench.tables.sheets import REFERENCES

if TYPE_CHECKING:
    from biasbench.sheets.reading import Sheets

Resolve = Literal["first", "longer", "exclude"]

#: Answers that can be a reference: all of what was said, or that nothing was.
USABLE = ("transcribed", "nothing said")


def check_resolve(resolve: str) -> None:
    """Raise OptionError for a rule that there is not."""
    if resolve not in get_args(Resolve):
        raise OptionError(
            f"resolve={resolve!r} is none of {', '.join(map(repr, get_args(Resolve)))}"
        )


def resolved(
    transcriptions: pd.DataFrame, unit: str, resolve: Resolve, normal: Normalizer
) -> tuple[pd.DataFrame, set[str]]:
    """Table REFERENCES, and the utterances that the rule leaves without one.

    A row left blank is nobody's word: where one of two is blank, the other's stands alone.
    """
    done = transcriptions[transcriptions["state"].ne("blank")].sort_values(["unit_id", "coder"])
    if unit == "call":
        done = done.iloc[:0]
    rows, excluded = [], set()
    for unit_id, answers in done.groupby("unit_id", sort=False):
        usable = answers[answers["state"].isin(USABLE)]
        if usable.empty:
            continue
        words = [normal.normalize(text or "").split() for text in usable["text"]]
        differ = any(one != words[0] for one in words) or len(usable) < len(answers)
        lengths = [len(one) for one in words]
        place = lengths.index(max(lengths)) if differ and resolve == "longer" else 0
        first_failed = resolve == "first" and answers["state"].iloc[0] not in USABLE
        if first_failed or (differ and resolve == "exclude"):
            excluded.add(str(unit_id))
            continue
        rows.append((unit_id, usable["text"].iloc[place], len(usable), int(differ)))
    table = pd.DataFrame(rows, columns=list(REFERENCES.columns), dtype=object)
    return REFERENCES.check(table), excluded


def mean_ratings(sheets: Sheets) -> pd.DataFrame:
    """unit_id and a column for each rating: the mean of those who rated it, NaN where nobody did.

    To stand beside a score in its table of measures, for `explain.score_at_equal_rating`.
    """
    wide = sheets.ratings.pivot_table(
        index="unit_id", columns="rating", values="value", aggfunc="mean"
    )
    wide.columns.name = None
    return wide.reset_index()
