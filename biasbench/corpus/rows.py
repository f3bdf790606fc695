"""Wrong cells of the utterances table: beyond its columns, times and forms that cannot be."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from biasbench.corpus.drafts import Draft, numbers
from biasbench.tables import UTTERANCES, Problem, is_empty

#: ISO 639-1 ('fr'), with a region or script behind it where the corpus writes one ('fr-CA').
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]+)*")

_CHANNEL = re.compile(r"\d+(?:\.0)?|mix")


def draft_problems(draft: Draft) -> list[Problem]:
    """All that keeps a draft from being a corpus, most basic first."""
    found = list(draft.problems)
    told = {problem.column for problem in found if not problem.positions}
    table = [
        problem
        for problem in UTTERANCES.problems(draft.frame, source=draft.file)
        if problem.positions or problem.column not in told
    ]
    if len(draft.frame) == 0:
        found.append(Problem(draft.file, "", "holds no utterance, only a heading"))
    return found + table + _time_problems(draft) + _form_problems(draft)


def _time_problems(draft: Draft) -> list[Problem]:
    frame, found = draft.frame, []
    nothing = pd.Series(np.nan, index=frame.index)
    start = numbers(frame["start"]) if "start" in frame.columns else nothing
    end = numbers(frame["end"]) if "end" in frame.columns else nothing
    for column, values in (("start", start), ("end", end)):
        for at in np.flatnonzero((values < 0) | np.isinf(values)).tolist():
            found.append(
                Problem(
                    draft.file,
                    column,
                    f"{draft.row(at)}: {column} is {frame[column].iloc[at]!r}; write seconds from "
                    "the beginning of the file",
                    (at,),
                )
            )
    for at in np.flatnonzero(end <= start.fillna(0.0)).tolist():
        found.append(
            Problem(
                draft.file,
                "end",
                f"{draft.row(at)}: end {end.iloc[at]:g} s is not after start "
                f"{start.fillna(0.0).iloc[at]:g} s. Both are seconds from the beginning of the "
                "file; a length belongs in a column 'duration'",
                (at,),
            )
        )
    return found


def _form_problems(draft: Draft) -> list[Problem]:
    wanted = {
        "channel": (_CHANNEL, "a channel number counted from 0, or 'mix'"),
        "language": (LANGUAGE, "an ISO 639-1 code such as 'en' or 'fr'"),
    }
    found = []
    for column, (form, meaning) in wanted.items():
        if column not in draft.frame.columns:
            continue
        values = draft.frame[column]
        good = is_empty(values) | values.map(
            lambda value, form=form: bool(form.fullmatch(str(value)))
        )
        wrong = tuple(int(at) for at in np.flatnonzero(~good.to_numpy(dtype=bool)))
        if wrong:
            more = f", and {len(wrong) - 1} more like it" if len(wrong) > 1 else ""
            message = (
                f"{draft.row(wrong[0])}: {column} is {values.iloc[wrong[0]]!r}, not {meaning}{more}"
            )
            found.append(Problem(draft.file, column, message, wrong))
    return found
