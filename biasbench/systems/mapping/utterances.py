"""Utterances from rows: who says what, from when to when."""

from __future__ import annotations

from collections.abc import Sequence

from biasbench.systems import Score
from biasbench.systems.exports import Notes, Remark, Said
from biasbench.systems.mapping.columns import Columns
from biasbench.systems.mapping.scored import bad_cell, is_blank

NEGATIVE = Remark("Times before the start of the call", "Instants antérieurs au début de l’appel")
BACKWARD = Remark("Ends before their starts", "Fins antérieures à leur début")
NO_TEXT = Remark(
    "Rows of no transcript (null, or empty where that means not transcribed)",
    "Lignes sans transcription (valeur nulle, ou vide si cela veut dire non transcrit)",
)
NO_ROLE = Remark(
    "Rows whose word for the role is not under [roles]",
    "Lignes dont le mot qui désigne le rôle n’est pas sous [roles]",
)


def said_in_rows(
    columns: Columns, origins: Sequence[str | None], scores: Sequence[tuple[Score, ...]]
) -> list[Said | None]:
    """An utterance for every row; None where nothing was transcribed, which is counted."""
    words = columns.texts("role")
    speakers = columns.texts("speaker") if "speaker" in columns.told.columns else words
    starts, ends = spans(columns, origins)
    rows = zip(_texts(columns), starts, ends, speakers, roles(columns, words), scores, strict=True)
    return [
        None
        if text is None
        else Said(
            text, start, end, speaker=speaker, role=role, confidence=confidence, scores=row_scores
        )
        for (text, start, end, speaker, role, row_scores), confidence in zip(
            rows, _confidences(columns), strict=True
        )
    ]


def roles(columns: Columns, words: Sequence[str | None]) -> list[str | None]:
    """The roles that [roles] gives the words; a word that is not there has none."""
    known = columns.told.roles
    found = [None if word is None else known.get(word.casefold()) for word in words]
    unknown = sum(
        word is not None and role is None for word, role in zip(words, found, strict=True)
    )
    columns.notes.count(NO_ROLE, unknown)
    return found


def spans(
    columns: Columns, origins: Sequence[str | None]
) -> tuple[list[float | None], list[float | None]]:
    """Starts and ends in seconds from the start of the call; the end may be told as a duration."""
    starts = columns.offsets("start", origins)
    ends = columns.offsets("end", origins)
    if "duration" in columns.told.columns:
        lasting = [
            None if start is None or lasts is None else start + lasts
            for start, lasts in zip(starts, columns.lengths("duration"), strict=True)
        ]
        ends = [
            end if end is not None else by_length
            for end, by_length in zip(ends, lasting, strict=True)
        ]
    _count_oddities(columns.notes, starts, ends)
    return starts, ends


def _count_oddities(
    notes: Notes, starts: Sequence[float | None], ends: Sequence[float | None]
) -> None:
    notes.count(NEGATIVE, sum(time is not None and time < 0 for time in (*starts, *ends)))
    backward = sum(
        start is not None and end is not None and end < start
        for start, end in zip(starts, ends, strict=True)
    )
    notes.count(BACKWARD, backward)


def _texts(columns: Columns) -> list[str | None]:
    """An empty text is an answer; a null, or a word for it, says that nobody transcribed."""
    source, told = columns.source, columns.told
    heading = told.columns["text"]
    found: list[str | None] = []
    for place, cell in zip(source.places, source.column(heading), strict=True):
        if isinstance(cell, str) and cell.strip() in told.null_words and cell.strip():
            found.append(None)
        elif is_blank(cell):
            is_null = cell is None and source.blank_is_null
            found.append(None if is_null or told.blank_hypothesis == "skipped" else "")
        elif isinstance(cell, str):
            found.append(cell)
        else:
            raise bad_cell(source, place, heading, cell, "not a text")
    columns.notes.count(NO_TEXT, found.count(None))
    return found


def _confidences(columns: Columns) -> list[float | None]:
    found = columns.numbers("confidence")
    for place, value in zip(columns.source.places, found, strict=True):
        if value is not None and not 0 <= value <= 1:
            heading = columns.told.columns["confidence"]
            raise bad_cell(
                columns.source,
                place,
                heading,
                value,
                "not a confidence in 0 to 1; write percent = true for one in 0 to 100",
            )
    return found
