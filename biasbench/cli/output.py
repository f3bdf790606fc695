"""How a command prints: what was found on stdout, remarks on stderr."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import pandas as pd

    from biasbench.evidence import Evidence
    from biasbench.report.numbers import Lang


def print_evidence(evidence: Evidence, lang: Lang) -> None:
    """The disparity table, a line per comparison, then what is needed to read it."""
    from biasbench.report.terminal import evidence_lines

    for line in evidence_lines(evidence, lang):
        click.echo(line)


def records(table: pd.DataFrame) -> str:
    """A table as JSON, a record per row."""
    rows = json.loads(table.to_json(orient="records", double_precision=15))
    return json.dumps(rows, ensure_ascii=False, indent=1)


def plain_table(table: pd.DataFrame) -> str:
    """A table as aligned text."""
    return table.to_string(
        index=False,
        float_format=lambda value: f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}",
        na_rep="–",
    )


def remark(text: str) -> None:
    """Say something about the work, not of what was found."""
    click.echo(text, err=True)
