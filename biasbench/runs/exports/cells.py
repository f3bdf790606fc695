"""What stands in a cell: words, and what a score is made of, as JSON."""

from __future__ import annotations

import json

from biasbench.systems import Score, Trace, Word

#: Written compactly, and by one encoder: making one for every cell costs as much as its work.
as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def words_cell(words: tuple[Word, ...]) -> str | None:
    """Words as the cell of a table of transcripts; None where there are none.

    >>> words_cell((Word("yes", 0.5, 0.75, 0.9),))
    '[{"word":"yes","start":0.5,"end":0.75,"confidence":0.9}]'
    """
    if not words:
        return None
    cells = []
    for word in words:
        cell: dict[str, object] = {"word": word.text, "start": word.start, "end": word.end}
        if word.confidence is not None:
            cell["confidence"] = word.confidence
        if word.role is not None:
            cell["role"] = word.role
        cells.append(cell)
    return as_json(cells)


def trace_cell(score: Score) -> str | None:
    """What the score is made of; of a value that has no trace, what the reader says about it.

    A remark about a missing score is no trace: it says why there is none, and stands in 'error'.
    """
    steps = score.trace
    if not steps and score.value is not None and score.note is not None:
        steps = (Trace(score.note, ""),)
    if not steps:
        return None
    return as_json(
        [
            {"rule": s.rule, "found": s.found, "points": s.points, "start": s.start, "end": s.end}
            for s in steps
        ]
    )
