"""What a cell of a score means: a value on its declared scale, or missing for a reason."""

from __future__ import annotations

from collections.abc import Sequence

from biasbench.errors import TableError
from biasbench.systems import Score
from biasbench.systems.mapping.cells import length, number
from biasbench.systems.mapping.meaning import ScoreColumn, TableMapping
from biasbench.systems.mapping.source import Source


def scores_of(
    source: Source, told: TableMapping, score: ScoreColumn
) -> tuple[list[Score], str, bool]:
    """The score of every row, the decimal mark they were read with, whether the column is there."""
    is_there = not score.optional or source.has(score.column)
    cells = source.column(score.column) if is_there else [None] * len(source.rows)
    mark = decimal_mark(source, told, cells, own=score.decimal)
    low, high = scale_of(score)
    scores = []
    for place, cell in zip(source.places, cells, strict=True):
        reason = missing_reason(cell, told, score) if is_there else "not exported"
        value, note = None, None
        if reason is None:
            value = value_of(cell, score, mark, source, place)
        else:
            found = "is empty" if is_blank(cell) else f"is {cell!r}"
            note = f"'{score.column}' {found if is_there else 'is not in the file'}"
        scores.append(
            Score(
                score.name,
                value,
                low,
                high,
                score.direction,
                missing_reason=reason,
                note=note,
                modality=None if score.modality == "unknown" else score.modality,
            )
        )
    return scores, mark, is_there


def missing_reason(cell: object, told: TableMapping, score: ScoreColumn) -> str | None:
    """Why a cell has no value; None if it has one."""
    if not is_blank(cell):
        word = str(cell).strip()
        if word in score.missing:
            return score.missing[word]
        if word not in told.null_words:
            return None
    return score.missing_reason


def is_blank(cell: object) -> bool:
    """Whether a cell is empty, or holds spaces only."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def value_of(cell: object, score: ScoreColumn, mark: str, source: Source, place: str) -> float:
    """The value of a cell that has one. Raises TableError with line, column, value."""
    if score.values:
        label = str(cell).strip()
        if label not in score.values:
            known = ", ".join(f"'{known}'" for known in score.values)
            raise bad_cell(source, place, score.column, cell, f"not one of the values {known}")
        return score.values[label]
    try:
        if score.time_unit is not None:
            value = length(cell, score.time_unit, decimal=mark)
        else:
            value = number(cell, decimal=mark, percent=score.percent)
    except ValueError as error:
        raise bad_cell(source, place, score.column, cell, str(error)) from error
    low, high = scale_of(score)
    if (low is not None and value < low) or (high is not None and value > high):
        scale = f"{score.scale_min} to {score.scale_max}"
        raise bad_cell(source, place, score.column, cell, f"outside the declared scale {scale}")
    return value


def scale_of(score: ScoreColumn) -> tuple[float | None, float | None]:
    """The scale of the values: that of the column, as fractions where it has percentages."""
    by = 100 if score.percent else 1
    low, high = score.scale_min, score.scale_max
    return None if low is None else low / by, None if high is None else high / by


def decimal_mark(
    source: Source, told: TableMapping, cells: Sequence[object], *, own: str | None = None
) -> str:
    """As declared; in a ';' file that declares none, a comma where the column has one."""
    if own is not None or told.decimal is not None:
        return own or told.decimal or "."
    has_comma = any(isinstance(cell, str) and "," in cell for cell in cells)
    return "," if source.delimiter == ";" and has_comma else "."


def bad_cell(source: Source, place: str, column: str, cell: object, why: str) -> TableError:
    """The error that a cell cannot be used: file, line, column, value, why."""
    return TableError(f"{source.name}: {place}: {column} is {cell!r}, {why}")
