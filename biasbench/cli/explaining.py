"""From a gap to what else could explain it: explain."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Literal

import click

from biasbench.cli.options import json_option, lang_option
from biasbench.cli.output import records, remark

CANNOT_DECIDE = 3


@click.command()
@click.argument("measures", type=click.Path(path_type=Path))
@click.option("--by", required=True, help="Column that makes the groups.")
@click.option("--group", required=True, help="The group that the gap is about.")
@click.option("--against", default="rest", show_default=True, help="The other side.")
@click.option("--metric", default=None, help="May be left out if the table has one.")
@click.option("--system", default=None, help="Likewise.")
@click.option("--covariate", "covariates", multiple=True, help="Column to hold equal (repeatable).")
@click.option("--sentence", default=None, help="Column that says which sentence was read.")
@click.option("--match-on", multiple=True, help="Column to match rows on (repeatable).")
@click.option("--rating", default=None, help="Column of human ratings to compare at.")
@click.option(
    "--rating-bins", type=click.IntRange(2), default=None,
    help="Cut ratings of many values into so many ranges.",
)  # fmt: skip
@click.option(
    "--factor", "factors", multiple=True, help="Column that may mix the sides (repeatable)."
)
@click.option("--without", multiple=True, help="Leave out each level of this column (repeatable).")
@click.option("--level", type=click.FloatRange(0.5, 0.9999), default=0.95, show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), default=None, help=".csv, .xlsx …")
@lang_option
@json_option
def explain(
    measures: Path,
    by: str,
    group: str,
    against: str,
    metric: str | None,
    system: str | None,
    covariates: tuple[str, ...],
    sentence: str | None,
    match_on: tuple[str, ...],
    rating: str | None,
    rating_bins: int | None,
    factors: tuple[str, ...],
    without: tuple[str, ...],
    level: float,
    output: Path | None,
    lang: Literal["fr", "en"],
    as_json: bool,
) -> None:
    """What else could explain a gap: the same comparison under each alternative.

    Exit 3 if the data can answer none of the explanations asked for.
    """
    from biasbench.explain import explain_gap
    from biasbench.report.alternatives_lines import alternatives_lines
    from biasbench.tables import write_table

    found = explain_gap(
        measures,
        by=by,
        group=group,
        against=against,
        metric=metric,
        system=system,
        covariates=covariates,
        sentence=sentence,
        match_on=match_on,
        rating=rating,
        rating_bins=rating_bins,
        factors=factors,
        without=without,
        level=level,
    )
    if output is not None:
        remark(str(write_table(found.table, output)))
    if as_json:
        rows = json.loads(records(found.table))
        content = {"alternatives": rows, "cautions": list(found.cautions)}
        click.echo(json.dumps(content, ensure_ascii=False, indent=1))
    else:
        for line in alternatives_lines(found, lang):
            click.echo(line)
    if found.n_refused and not found.n_answered:
        sys.exit(CANNOT_DECIDE)
