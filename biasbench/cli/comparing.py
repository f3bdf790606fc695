"""Several models side by side: compare."""

from __future__ import annotations

from pathlib import Path

import click

from biasbench.cli.options import json_option
from biasbench.cli.output import remark


@click.command()
@click.argument("models", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--by", required=True, help="Column that makes the groups.")
@click.option("--metric", default=None, help="May be left out where there is one.")
@click.option(
    "--against",
    default="rest",
    show_default=True,
    help="The other side: a group, or everybody else.",
)
@click.option("--group", "groups", multiple=True, help="Repeatable; all by default.")
@click.option("--corpus", type=click.Path(path_type=Path), default=None, help="Of the runs.")
@click.option(
    "--key", type=click.Path(path_type=Path), default=None,
    help="Key file that baselines were written with.",
)  # fmt: skip
@click.option(
    "--min-people", type=int, default=10, show_default=True,
    help="On each side; a group with fewer has no figure.",
)  # fmt: skip
@click.option("--alpha", type=float, default=0.05, show_default=True, help="Intervals: 1 - alpha.")
@click.option(
    "-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path),
    help="Repeatable; the ending chooses: .csv, .json, .md, .txt, or the figure: .svg, .png, .pdf",
)  # fmt: skip
@json_option
def compare(
    models: tuple[Path, ...],
    by: str,
    metric: str | None,
    against: str,
    groups: tuple[str, ...],
    corpus: Path | None,
    key: Path | None,
    min_people: int,
    alpha: float,
    outputs: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Set models side by side, in the order given; nothing is ranked.

    MODELS are tables of measures (each of its systems is a model), run folders, or baselines;
    changes in a gap are measured from the first.

    \b
    biasbench compare old.parquet new.parquet --by accent --metric wer -o models.csv -o models.svg
    """  # noqa: D301 - click reads the backspace
    from biasbench.gates.comparing import compare as set_side_by_side
    from biasbench.gates.comparing.outputs import check_outputs

    check_outputs(outputs)
    found = set_side_by_side(
        models,
        by=by,
        metric=metric,
        against=against,
        corpus=corpus,
        groups=groups or None,
        min_people=min_people,
        alpha=alpha,
        key=key,
    )
    for path in found.write(*outputs):
        remark(str(path))
    click.echo(found.to_json() if as_json else "\n".join(found.lines()), nl=not as_json)
