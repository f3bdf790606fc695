"""From a score to pay: pay, substitute, trace."""

from __future__ import annotations

import json
import math
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from biasbench.cli.options import (
    delimiter_option,
    encoding_option,
    json_option,
    lang_option,
    reader_option,
)
from biasbench.cli.output import remark
from biasbench.errors import OptionError

if TYPE_CHECKING:
    from biasbench.consequences import Chain
    from biasbench.evidence import Evidence
    from biasbench.report.numbers import Lang
    from biasbench.runs import Run
    from biasbench.tables import Direction

CANNOT_DECIDE = 3

_audience = click.option(
    "--audience", type=click.Choice(["public", "restricted"]), default="public", show_default=True,
    help="Who will read it: fewer than 10 people a group never leave a restricted circle.",
)  # fmt: skip
_level = click.option(
    "--level", type=click.FloatRange(0.5, 0.9999), default=0.95, show_default=True
)
_seed = click.option("--seed", type=int, default=0, show_default=True)


@click.command()
@click.argument("measures", type=click.Path(path_type=Path))
@click.option("--by", required=True, help="Column that makes the groups.")
@click.option("--group", required=True, help="The group that the gap is about.")
@click.option("--margin", type=float, required=True, help="Smallest score gap that matters.")
@click.option("--against", default="rest", show_default=True, help="The other side.")
@click.option("--metric", default=None, help="May be left out if the table has one.")
@click.option("--system", default=None, help="Likewise.")
@click.option("--threshold", type=float, default=None, help="Score from which a person passes.")
@click.option("--period", default=None, help="Column that names each call's month.")
@click.option("--scale", type=click.Path(path_type=Path), default=None, help="Bonus scale, TOML.")
@click.option(
    "--own", type=click.Path(path_type=Path), default=None,
    help="Table of person-months: speaker_id, period, paid, other figures.",
)  # fmt: skip
@click.option("--rating", default=None, help="Column of human ratings, for denial.")
@click.option(
    "--human", type=click.Path(path_type=Path), default=None,
    help="Measures of the same scoring on human transcripts.",
)  # fmt: skip
@click.option(
    "--lowest", type=click.FloatRange(0.001, 0.5), default=0.1, show_default=True,
    help="Share counted as the lowest-scored.",
)  # fmt: skip
@click.option(
    "--direction", type=click.Choice(["higher is worse", "higher is better"]), default=None,
    help="For a score of your own that does not say which way is worse.",
)  # fmt: skip
@_level
@_audience
@_seed
@click.option("-o", "--output", type=click.Path(path_type=Path), default=None, help=".html")
@lang_option
@json_option
def pay(
    measures: Path,
    by: str,
    group: str,
    margin: float,
    against: str,
    metric: str | None,
    system: str | None,
    threshold: float | None,
    period: str | None,
    scale: Path | None,
    own: Path | None,
    rating: str | None,
    human: Path | None,
    lowest: float,
    direction: Direction | None,
    level: float,
    audience: Literal["public", "restricted"],
    seed: int,
    output: Path | None,
    lang: Literal["fr", "en"],
    as_json: bool,
) -> None:
    """What a gap in a score does to one group: threshold, denial, bonus, link by link.

    Exit 3 if the data cannot decide the score gap; what was observed is printed all the same.
    """
    from biasbench.consequences import follow_to_pay
    from biasbench.evidence import assess
    from biasbench.evidence.rows import rows_of
    from biasbench.measures import Measures
    from biasbench.tables import read_table

    if output is not None and output.suffix.lower() != ".html":
        raise OptionError(
            f"{output}: from score to pay is written as .html, not '{output.suffix}'; for the "
            "findings alone there is biasbench report"
        )
    rows = rows_of(measures, by=by, group=group, against=against, metric=metric, system=system)
    table, provenance = read_table(measures)
    chain = follow_to_pay(
        measures,
        by=by,
        group=group,
        margin=margin,
        against=against,
        metric=rows.metric,
        system=rows.system,
        threshold=threshold,
        period=period,
        scale=scale,
        own=own,
        rating=rating,
        human=human,
        lowest=lowest,
        direction=direction,
        level=level,
        audience=audience,
        seed=seed,
    )
    evidence = assess(
        Measures(table[table["system"] == rows.system], provenance),
        by=by,
        against=against,
        groups=[group],
        metrics=[rows.metric],
        margin=margin,
        direction=chain.direction,
        level=level,
        audience=audience,
        seed=seed,
    )
    if output is not None:
        from biasbench.report import write_report

        remark(str(write_report(evidence, output, lang=lang, chain=chain)))
    for note in () if chain.bonus is None else chain.bonus.notes:
        remark(note)
    if as_json:
        click.echo(json.dumps(_plain(chain), ensure_ascii=False, indent=1))
    else:
        _show(evidence, chain, lang)
    if not evidence.decided:
        sys.exit(CANNOT_DECIDE)


@click.command()
@click.argument("transcripts", type=click.Path(path_type=Path))
@click.option("--corpus", required=True, type=click.Path(path_type=Path))
@click.option("--scorer", default="tone:interact", show_default=True, help="A scorer of text.")
@click.option("--metric", default="mean_score:quality", show_default=True)
@click.option("--by", required=True, help="Column that makes the groups.")
@click.option("--group", required=True, help="The group that the gap is about.")
@click.option("--margin", type=float, required=True, help="Smallest score gap that matters.")
@click.option("--against", default="rest", show_default=True, help="The other side.")
@click.option("--threshold", type=float, default=None, help="Score from which a person passes.")
@click.option("--period", default=None, help="Column that names each call's month.")
@_level
@_audience
@_seed
@click.option("--n-resamples", type=click.IntRange(99), default=1999, show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), default=None, help="Folder.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True)
@click.option("--progress/--no-progress", default=True, help="Progress bar on stderr.")
@reader_option
@encoding_option
@delimiter_option
@lang_option
@json_option
def substitute(
    transcripts: Path,
    corpus: Path,
    scorer: str,
    metric: str,
    by: str,
    group: str,
    margin: float,
    against: str,
    threshold: float | None,
    period: str | None,
    level: float,
    audience: Literal["public", "restricted"],
    seed: int,
    n_resamples: int,
    output: Path | None,
    workers: int,
    progress: bool,
    reader: str | None,
    encoding: str,
    delimiter: str | None,
    lang: Literal["fr", "en"],
    as_json: bool,
) -> None:
    """Score the human transcript in place of the automatic one: does the gap stay?

    TRANSCRIPTS is a recogniser's run folder. The same scorer reads what it wrote and what people
    wrote; what changes, changes by the recogniser's words. Exit 3 if the data cannot decide whether
    the gap changes.
    """
    from biasbench.consequences import Chain
    from biasbench.corpus import load_corpus
    from biasbench.evidence import assess
    from biasbench.measures import Measures
    from biasbench.substitution import substitute as substitute_transcripts

    done = substitute_transcripts(
        transcripts,
        load_corpus(corpus, reader=reader, encoding=encoding, delimiter=delimiter),
        scorer=scorer,
        metric=metric,
        by=by,
        group=group,
        margin=margin,
        against=against,
        threshold=threshold,
        period=period,
        level=level,
        audience=audience,
        seed=seed,
        n_resamples=n_resamples,
        output=output,
        workers=workers,
        progress=progress,
    )
    found = done.outcome
    if done.n_untimed:
        remark(
            f"word times left out of {done.n_untimed} transcripts, of which the other one has "
            "none: both are scored by the same calculation"
        )
    if output is not None:
        remark(str(done.measures.write(output / "measures.parquet")))
    undecided = bool(found.refused) or found.mechanism in (None, "undecided")
    if as_json:
        click.echo(json.dumps(_plain(found), ensure_ascii=False, indent=1))
        sys.exit(CANNOT_DECIDE if undecided else 0)
    table = done.measures.table
    evidence = assess(
        Measures(table[table["system"] == found.automatic], done.measures.provenance),
        by=by,
        against=against,
        groups=[group],
        metrics=[metric],
        margin=margin,
        level=level,
        audience=audience,
        seed=seed,
    )
    score = metric.partition(":")[2] or metric
    chain = Chain(score, group, found.against, found.direction, period, substitution=found)
    _show(evidence, chain, lang, runs=(done.automatic,))
    sys.exit(CANNOT_DECIDE if undecided else 0)


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--unit", "units", multiple=True, help="Utterance or call (repeatable); all if none.")
@click.option(
    "--rules", type=click.Path(path_type=Path), default=None,
    help="The TOML that the run was scored by, for the wording of its prompts.",
)  # fmt: skip
@lang_option
@json_option
def trace(
    run: Path,
    units: tuple[str, ...],
    rules: Path | None,
    lang: Literal["fr", "en"],
    as_json: bool,
) -> None:
    """What each score and prompt of a run is made of: rule, words, points, times."""
    from biasbench.runs import read_run
    from biasbench.runs.traces import chosen, readings
    from biasbench.systems.interact import explain, read_rules

    scored = read_run(run)
    of_unit = chosen(readings(scored), units)
    given = read_rules(rules)
    # Another file's wording would be put into the mouth of the one that scored.
    is_of_run = given.version in scored.provenance.facts().get("system_version", "")
    if rules is not None and not is_of_run:
        raise OptionError(f"{rules}: the run was not scored by these rules ({given.label})")
    if as_json:
        click.echo(json.dumps(_plain(of_unit), ensure_ascii=False, indent=1))
        return
    for unit, reading in of_unit.items():
        click.echo(unit)
        for line in explain(reading, lang=lang, rules=given if is_of_run else None):
            click.echo(f"  {line}")


def _show(evidence: Evidence, chain: Chain, lang: Lang, *, runs: tuple[Run, ...] = ()) -> None:
    """The links as lines; `runs` declare the scales of their scores."""
    from biasbench.report.context import Context
    from biasbench.report.pay_lines import pay_lines

    context = Context(evidence, lang, runs=runs, withholds=False, chain=chain)
    for line in pay_lines(context):
        click.echo(line)


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a result holds
    """Dataclasses and tables as what JSON can hold; null where there is no number."""
    import pandas as pd

    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, pd.DataFrame):
        return [_plain(row) for row in value.astype(object).to_dict("records")]
    if isinstance(value, dict):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value.item() if hasattr(value, "item") else value
