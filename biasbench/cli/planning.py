"""The plan and the case: plan new, plan check, plan seal; examine."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import click

from biasbench.cli.options import (
    delimiter_option,
    encoding_option,
    json_option,
    lang_option,
    reader_option,
)
from biasbench.cli.output import print_evidence, remark

if TYPE_CHECKING:
    import pandas as pd

    from biasbench.measures import Measures

CANNOT_DECIDE = 3


@click.group()
def plan() -> None:
    """Decide everything before seeing a result: begin a plan, check it, seal it."""


@plan.command("new")
@click.argument("measures", required=False, type=click.Path(path_type=Path))
@click.option("--by", required=True, help="Column that makes the groups.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path("plan.toml"),
    show_default=True, help="The plan, .toml.",
)  # fmt: skip
@lang_option
def new(measures: Path | None, by: str, output: Path, lang: Literal["fr", "en"]) -> None:
    """Write a plan to begin with, explained section by section.

    Of MEASURES (a table, or the run folder of an import) it names metrics, groups and columns, and
    reads no value.
    """
    from biasbench.plans.writing import new_plan

    table = None if measures is None else _table(measures)
    click.echo(str(new_plan(output, by=by, table=table, lang=lang)))
    remark(f"fill in every margin and why, then: biasbench plan check {output}")


@plan.command("check")
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@click.argument("measures", required=False, type=click.Path(path_type=Path))
@lang_option
@json_option
def check(plan_file: Path, measures: Path | None, lang: Literal["fr", "en"], as_json: bool) -> None:
    """What is missing in a plan; with MEASURES, whether people are enough for its margins.

    No group's value is looked at. Exit 3 if no primary comparison has the people for a verdict.
    """
    from biasbench.plans import read_plan
    from biasbench.plans.checking import check_plan
    from biasbench.report.plan_lines import feasible_lines, plan_lines

    read = read_plan(plan_file)
    if not as_json:
        for line in plan_lines(read, lang):
            click.echo(line)
    if measures is None:
        return
    found = check_plan(read, _table(measures))
    if as_json:
        rows = [asdict(one) for one in found.comparisons]
        click.echo(json.dumps({"comparisons": rows}, ensure_ascii=False, indent=1))
    else:
        for line in feasible_lines(found, lang):
            click.echo(line)
    if not found.can_decide:
        sys.exit(CANNOT_DECIDE)


@plan.command("seal")
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@click.option("--reason", default="", help="Of an amendment; it is printed in the report.")
@click.option(
    "--timestamp", is_flag=True,
    help="Also write plan.tsq, to be sent to a time-stamping authority (RFC 3161).",
)  # fmt: skip
def seal(plan_file: Path, reason: str, timestamp: bool) -> None:
    """Fix a plan by its SHA-256, with the time; a changed plan needs a reason.

    The time is this machine's: it shows an order on your word. A time stamp by an authority shows
    it to others.
    """
    from biasbench.custody import write_request
    from biasbench.plans import seal_plan
    from biasbench.plans.sealing import seal_path

    sealed = seal_plan(plan_file, reason=reason)
    click.echo(f"{sealed.last.sha256}  {sealed.last.at}")
    remark(str(seal_path(plan_file)))
    if timestamp:
        remark(str(write_request(sealed.last.sha256, plan_file.with_suffix(".tsq"))))


@click.command()
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@click.option(
    "--measures", type=click.Path(path_type=Path), default=None, help="A table of measures; or:"
)
@click.option(
    "--run", "runs", multiple=True, type=click.Path(path_type=Path),
    help="What systems put out (repeatable); an import brings its own corpus.",
)  # fmt: skip
@click.option("--corpus", type=click.Path(path_type=Path), default=None, help="Of the runs.")
@click.option(
    "--human", type=click.Path(path_type=Path), default=None,
    help="Run of the same scoring on human transcripts.",
)  # fmt: skip
@click.option(
    "--own", type=click.Path(path_type=Path), default=None,
    help="Table of person-months: speaker_id, period, paid, other figures.",
)  # fmt: skip
@click.option(
    "--record", type=click.Path(path_type=Path), default=None,
    help="record.toml: where files come from, what was asked, answered, said.",
)  # fmt: skip
@reader_option
@encoding_option
@delimiter_option
@click.option(
    "--lang", "langs", multiple=True, type=click.Choice(["fr", "en"]),
    help="Of the reports (repeatable); the plan's by default.",
)  # fmt: skip
@click.option(
    "--format", "formats", multiple=True, default=("html", "pdf", "docx", "xlsx"),
    show_default=True, help="Of the reports (repeatable).",
)  # fmt: skip
@click.option(
    "--log", type=click.Path(path_type=Path), default=None,
    help="Log of releases: what an earlier report would give away is withheld. Kept by you.",
)  # fmt: skip
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="The case: a folder."
)
def examine(
    plan_file: Path,
    measures: Path | None,
    runs: tuple[Path, ...],
    corpus: Path | None,
    human: Path | None,
    own: Path | None,
    record: Path | None,
    reader: str | None,
    encoding: str,
    delimiter: str | None,
    langs: tuple[str, ...],
    formats: tuple[str, ...],
    log: Path | None,
    output: Path,
) -> None:
    """Carry out a plan: everything it asks for, the reports, and what it takes to redo them.

    Exit 3 if the data can decide none of the primary comparisons; the case is written all the same.
    """
    from biasbench.bundles import examine_case
    from biasbench.corpus import load_corpus

    case = examine_case(
        plan_file,
        output,
        measures=measures,
        runs=list(runs),
        corpus=load_corpus(corpus, reader=reader, encoding=encoding, delimiter=delimiter)
        if corpus
        else None,
        human=human,
        own=own,
        record=record,
        langs=cast("tuple[Literal['fr', 'en'], ...]", langs),
        formats=formats,
        log=log,
    )
    print_evidence(case.evidence, case.inputs.plan.lang)
    for path in sorted(output.iterdir()):
        if path.stem.split(".")[0] in ("report", "summary", "findings"):
            click.echo(str(path))
    if not case.evidence.decided:
        sys.exit(CANNOT_DECIDE)


def _table(path: Path) -> pd.DataFrame:
    """A table of measures, or what can be measured of an import."""
    from biasbench.measures import measure, read_measures
    from biasbench.runs import read_run

    found: Measures = measure(read_run(path)) if path.is_dir() else read_measures(path)
    return found.table
