"""From measures to evidence and report: assess, report, power."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from biasbench.cli.options import (
    delimiter_option,
    encoding_option,
    json_option,
    lang_option,
    margins_typed,
    reader_option,
)
from biasbench.cli.output import print_evidence, records, remark
from biasbench.errors import OptionError

if TYPE_CHECKING:
    from biasbench.measures import Measures
    from biasbench.tables import Direction

CANNOT_DECIDE = 3


@click.command()
@click.argument("measures", type=click.Path(path_type=Path))
@click.option("--by", required=True, help="Column that makes the groups.")
@click.option(
    "--against",
    default="rest",
    show_default=True,
    help="The other side: a group, or everybody else.",
)
@click.option(
    "--group", "groups", multiple=True, help="Planned comparison (repeatable); all by default."
)
@click.option("--metric", "metrics", multiple=True, help="Repeatable; all by default.")
@click.option(
    "--margin", "margins", multiple=True,
    help="Smallest gap that matters, in the metric's unit: 0.03, or wer=0.03 (repeatable).",
)  # fmt: skip
@click.option("--level", type=click.FloatRange(0.5, 0.9999), default=0.95, show_default=True)
@click.option(
    "--audience", type=click.Choice(["public", "restricted"]), default="public", show_default=True,
    help="Who will read it: fewer than 10 people a group never leave a restricted circle.",
)  # fmt: skip
@click.option("--method", default="cr3", show_default=True, help="How p-values are made.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--n-resamples", type=click.IntRange(99), default=9999, show_default=True)
@click.option(
    "--condition", "conditions", multiple=True,
    help="Column of recording conditions (repeatable); the usual names by default.",
)  # fmt: skip
@click.option(
    "--direction",
    type=click.Choice(["higher is worse", "higher is better", "neither"]),
    default=None,
    help="For a metric of your own that does not say which way is worse.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), default=None, help="evidence.json")
@lang_option
@json_option
def assess(
    measures: Path,
    by: str,
    against: str,
    groups: tuple[str, ...],
    metrics: tuple[str, ...],
    margins: tuple[str, ...],
    level: float,
    audience: Literal["public", "restricted"],
    method: str,
    seed: int,
    n_resamples: int,
    conditions: tuple[str, ...],
    direction: Direction | None,
    output: Path | None,
    lang: Literal["fr", "en"],
    as_json: bool,
) -> None:
    """Compare groups of people; exit 3 if the data can decide none of the comparisons.

    MEASURES is a table of measures, or the run folder of an import: then all that can be measured
    of it without human transcripts is.

    Without --margin there are intervals and no verdicts, and that is not a failure.
    """
    from biasbench.evidence import assess as assess_measures

    evidence = assess_measures(
        _measured(measures) if measures.is_dir() else measures,
        by=by,
        against=against,
        groups=groups or None,
        metrics=list(metrics) or None,
        margin=margins_typed(margins),
        level=level,
        audience=audience,
        method=method,
        seed=seed,
        n_resamples=n_resamples,
        conditions=list(conditions) or None,
        direction=direction,
    )
    if output is not None:
        evidence.write(output)
        remark(str(output))
    if as_json:
        click.echo(records(evidence.findings))
    else:
        print_evidence(evidence, lang)
    # Without a margin no verdict was asked for, so there is nothing that could not be decided.
    no_verdict_asked = evidence.findings["verdict"].isna().any()
    if not evidence.decided and not no_verdict_asked:
        sys.exit(CANNOT_DECIDE)


def _measured(folder: Path) -> Measures:
    from biasbench.measures import measure
    from biasbench.runs import read_run

    return measure(read_run(folder))


@click.command()
@click.argument("evidence", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path),
    help="The ending chooses the format: .html, .pdf, .docx, .xlsx, .csv, .md, .tex, .json",
)  # fmt: skip
@click.option("--corpus", type=click.Path(path_type=Path), default=None, help="To show utterances.")
@click.option("--run", "runs", multiple=True, type=click.Path(path_type=Path), help="Likewise.")
@reader_option
@encoding_option
@delimiter_option
@click.option("--title", default=None)
@click.option("--summary", is_flag=True, help="One page instead of the whole report.")
@lang_option
def report(
    evidence: Path,
    output: Path,
    corpus: Path | None,
    runs: tuple[Path, ...],
    reader: str | None,
    encoding: str,
    delimiter: str | None,
    title: str | None,
    summary: bool,
    lang: Literal["fr", "en"],
) -> None:
    """Write the report of an evidence file, or of the folder of a case, in French or English."""
    if evidence.is_dir():
        from biasbench.bundles import report_case

        if corpus or runs or title:
            raise OptionError(
                f"{evidence}: a case has its own corpus, runs and title (in its plan); leave "
                "--corpus, --run and --title out"
            )
        click.echo(str(report_case(evidence, output, lang=lang, summary=summary)))
        return
    from biasbench.corpus import load_corpus
    from biasbench.evidence import read_evidence
    from biasbench.report import write_report
    from biasbench.runs import read_run

    written = write_report(
        read_evidence(evidence),
        output,
        lang=lang,
        corpus=load_corpus(corpus, reader=reader, encoding=encoding, delimiter=delimiter)
        if corpus
        else None,
        run=[read_run(folder) for folder in runs] or None,
        title=title,
        summary=summary,
    )
    click.echo(str(written))


@click.command()
@click.argument("pilot", required=False, type=click.Path(path_type=Path))
@click.option("--by", default=None, help="Column that makes the groups of the pilot.")
@click.option("--against", default="rest", show_default=True, help="The other side.")
@click.option("--metric", default=None, help="Of the pilot; may be left out if it has one.")
@click.option("--system", default=None, help="Of the pilot; likewise.")
@click.option("--cv", type=float, default=None, help="Without a pilot: relative SD between people.")
@click.option("--against-cv", type=float, default=None, help="The other side's; the same if left.")
@click.option("--rate", type=float, default=None, help="Without a pilot: the other side's rate.")
@click.option("--margin", type=float, default=None, help="Difference to be seen, metric's unit.")
@click.option("--ratio", "ratios", type=float, multiple=True, help="Ratio to be seen (repeatable).")
@click.option("--people", type=int, multiple=True, help="People in the group (repeatable).")
@click.option(
    "--against-per-person", type=float, default=1.0, show_default=True,
    help="People on the other side for each of the group.",
)  # fmt: skip
@click.option("--level", type=click.FloatRange(0.5, 0.9999), default=0.95, show_default=True)
@click.option("--power", "power_", type=click.FloatRange(0.5, 0.999), default=0.80,
              show_default=True)  # fmt: skip
@click.option("--n-comparisons", type=click.IntRange(1), default=None,
              help="In the family; those of the pilot, or 1, by default.")  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=None,
    help="The curve: .svg, .png, or its points as .csv",
)  # fmt: skip
@lang_option
@json_option
def power(
    pilot: Path | None,
    by: str | None,
    against: str,
    metric: str | None,
    system: str | None,
    cv: float | None,
    against_cv: float | None,
    rate: float | None,
    margin: float | None,
    ratios: tuple[float, ...],
    people: tuple[int, ...],
    against_per_person: float,
    level: float,
    power_: float,
    n_comparisons: int | None,
    output: Path | None,
    lang: Literal["fr", "en"],
    as_json: bool,
) -> None:
    """How many people it takes, and what so many people can see.

    From a PILOT, a measures table, with --by; or from assumptions, with --cv.

    \b
    biasbench power measures.parquet --by accent --margin 0.03
    biasbench power --cv 0.5 --rate 0.12 --n-comparisons 4 -o curve.png
    """  # noqa: D301 - click reads the backspace
    from biasbench.evidence.planning import planning
    from biasbench.report.planning_lines import planning_lines
    from biasbench.report.planning_plot import write_planning_curve

    if (pilot is None) == (cv is None):
        raise OptionError("give either a pilot (a measures table, with --by) or --cv, not both")
    targets = tuple(ratios) or planning.USUAL_RATIOS
    counts = tuple(people) or planning.USUAL_PEOPLE
    if pilot is not None:
        if by is None:
            raise OptionError("--by is missing: the column that makes the groups of the pilot")
        if rate is not None or against_cv is not None:
            raise OptionError("--rate and --against-cv go with --cv; a pilot has its own")
        plan = planning.plan_from_pilot(
            pilot,
            by=by,
            against=against,
            metric=metric,
            system=system,
            margin=margin,
            ratios=targets,
            people=counts,
            against_per_person=against_per_person,
            level=level,
            power=power_,
            n_comparisons=n_comparisons,
        )
    elif cv is not None:
        plan = planning.plan_from_assumptions(
            cv=cv,
            rate=rate,
            against_cv=against_cv,
            margin=margin,
            ratios=targets,
            people=counts,
            against_per_person=against_per_person,
            level=level,
            power=power_,
            n_comparisons=n_comparisons or 1,
        )
    if output is not None:
        remark(str(write_planning_curve(plan, output, lang=lang)))
    if as_json:
        click.echo(plan.to_json())
        return
    for line in planning_lines(plan, lang):
        click.echo(line)
