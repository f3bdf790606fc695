"""The command line: one command per verb, the same names and defaults as in Python.

Files in, files out; what was found on stdout, progress and remarks on stderr. Exit codes:
0 done, 1 beyond policy, 2 wrong usage or bad input with nothing written, 3 the data cannot
decide.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from biasbench import __version__
from biasbench.errors import BiasbenchError, OptionError

if TYPE_CHECKING:
    import pandas as pd

    from biasbench.evidence import Evidence
    from biasbench.tables import Direction

CANNOT_DECIDE = 3

_LANG = click.Choice(["fr", "en"])
_lang_option = click.option(
    "--lang", type=_LANG, default="en", show_default=True, help="Language of what is written."
)
_reader_option = click.option(
    "--reader", default=None, help="Corpus reader, when the folder does not tell."
)
_encoding_option = click.option(
    "--encoding", default="utf-8-sig", show_default=True, help="Of the corpus's text tables."
)
_delimiter_option = click.option(
    "--delimiter", default=None, help="Of the corpus's text tables; by default, the heading's."
)
_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead.")


class _Commands(click.Group):
    """Turns the package's own errors into one line on stderr and their exit code."""

    def invoke(self, context: click.Context) -> Any:  # noqa: ANN401 - as click has it
        try:
            return super().invoke(context)
        except BiasbenchError as error:
            click.echo(f"biasbench: {error}", err=True)
            context.exit(error.exit_code)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="biasbench")
def main() -> None:
    r"""Statistical evidence about whom call-centre speech analytics treat worse.

    \b
    biasbench demo                                     see it work, on synthetic speech
    biasbench check CORPUS --by accent                 all that is wrong with a corpus
    biasbench run CORPUS --system SYSTEM -o RUN        listen (slow, cached, resumable)
    biasbench measure RUN --corpus CORPUS -o measures.parquet
    biasbench assess measures.parquet --by accent --margin 0.03 -o evidence.json
    biasbench report evidence.json -o report.html --lang fr

    Exit codes: 0 done, 1 beyond policy, 2 wrong usage or bad input, 3 the data cannot decide.
    """


@main.command()
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path("biasbench-demo"),
    show_default=True, help="Folder to write into.",
)  # fmt: skip
@click.option("--workers", type=click.IntRange(1), default=None, help="Processes that listen.")
@_lang_option
def demo(
    output: Path,
    workers: int | None,
    lang: Literal["fr", "en"],
) -> None:
    """Run everything once, on synthetic speech that comes along."""
    from biasbench.demo import demo as run_demo

    evidence, written = run_demo(output, workers=workers, lang=lang, tell=_remark)
    print_evidence(evidence, lang)
    for path in written:
        click.echo(str(path))


@main.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--by", default=None, help="Column that makes the groups.")
@_reader_option
@_encoding_option
@_delimiter_option
@click.option("--language", default=None, help="Language of the speech, as in 'fr'.")
@_json_option
def check(
    source: Path,
    by: str | None,
    reader: str | None,
    encoding: str,
    delimiter: str | None,
    language: str | None,
    as_json: bool,
) -> None:
    """Report every problem of a corpus at once, by group; exit 2 if there is any."""
    from biasbench.corpus import check as check_corpus
    from biasbench.corpus import describe, load_corpus

    found = check_corpus(
        source, by=by, reader=reader, encoding=encoding, delimiter=delimiter, language=language
    )
    if as_json:
        click.echo(_records(found.problems))
    else:
        click.echo(str(found))
        if found.ok:
            corpus = load_corpus(
                source, reader=reader, encoding=encoding, delimiter=delimiter, language=language
            )
            click.echo(_plain_table(describe(corpus, by=by)))
    if not found.ok:
        sys.exit(2)


@main.command()
@click.argument("corpus", type=click.Path(path_type=Path))
@click.option("--system", required=True, help="For example asr:faster-whisper/tiny.en")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Run folder.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True)
@click.option("--language", default=None, help="Where the corpus does not say, as in 'fr'.")
@click.option("--overwrite", is_flag=True, help="Replace a run of something else in that folder.")
@_reader_option
@_encoding_option
@_delimiter_option
@click.option("--progress/--no-progress", default=True, help="Progress bar on stderr.")
def run(
    corpus: Path,
    system: str,
    output: Path,
    workers: int,
    language: str | None,
    overwrite: bool,
    reader: str | None,
    encoding: str,
    delimiter: str | None,
    progress: bool,
) -> None:
    """Listen to a corpus with a system. Cached and resumable; one row per utterance."""
    from biasbench.corpus import load_corpus
    from biasbench.runs import run as run_system

    made = run_system(
        load_corpus(corpus, reader=reader, encoding=encoding, delimiter=delimiter),
        system,
        output=output,
        workers=workers,
        language=language,
        overwrite=overwrite,
        progress=progress,
    )
    status = made.transcripts["status"] if len(made.transcripts) else made.scores["status"]
    counts = ", ".join(f"{number} {name}" for name, number in status.value_counts().items())
    _remark(f"{output}: {len(status)} rows ({counts})")
    failed = made.transcripts[made.transcripts["status"] == "failed"]
    if len(failed):
        first = failed.iloc[0]
        _remark(f"first failure: {first['utterance_id']}: {first['error']}")
    click.echo(str(output))


@main.command("import")
@click.argument("export_format")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--mapping", type=click.Path(path_type=Path), default=None, help="TOML of columns.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Run folder.")
@click.option("--overwrite", is_flag=True, help="Replace a run of something else in that folder.")
def import_(
    export_format: str, path: Path, mapping: Path | None, output: Path, overwrite: bool
) -> None:
    """Read what a system wrote elsewhere.

    EXPORT_FORMAT is 'table' for a CSV, TSV, XLSX, JSONL or Parquet file.
    """
    from biasbench.runs import import_export

    made = import_export(export_format, path, mapping=mapping, output=output, overwrite=overwrite)
    _remark(made.provenance.facts().get("report", ""))
    click.echo(str(output))


@main.command()
@click.argument("run", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--corpus", required=True, type=click.Path(path_type=Path))
@click.option(
    "--metric", "metrics", multiple=True, default=("wer",), show_default=True, help="Repeatable."
)
@click.option(
    "--normalizer", default=None, help="As in 'en', 'fr', 'minimal'; by the corpus's language."
)
@click.option(
    "--trust-columns", is_flag=True, help="Reference and hypothesis are not swapped: I looked."
)
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Table file.")
@_reader_option
@_encoding_option
@_delimiter_option
@_json_option
def measure(
    run: tuple[Path, ...],
    corpus: Path,
    metrics: tuple[str, ...],
    normalizer: str | None,
    trust_columns: bool,
    output: Path,
    reader: str | None,
    encoding: str,
    delimiter: str | None,
    as_json: bool,
) -> None:
    """Count, per utterance, a numerator and a denominator for each metric."""
    from biasbench.corpus import load_corpus
    from biasbench.measures import measure as measure_runs
    from biasbench.measures import sum_up
    from biasbench.runs import read_run

    measures = measure_runs(
        [read_run(folder) for folder in run],
        load_corpus(corpus, reader=reader, encoding=encoding, delimiter=delimiter),
        metrics=metrics,
        normalizer=normalizer,
        trust_columns=trust_columns,
    )
    measures.write(output)
    overall = sum_up(measures)
    click.echo(_records(overall) if as_json else _plain_table(overall))
    _remark(str(output))


@main.command()
@click.argument("measures", type=click.Path(path_type=Path))
@click.option("--by", required=True, help="Column that makes the groups.")
@click.option(
    "--against",
    default="rest",
    show_default=True,
    help="The other side: a group, or everybody else.",
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
@_lang_option
@_json_option
def assess(
    measures: Path,
    by: str,
    against: str,
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

    Without --margin there are intervals and no verdicts, and that is not a failure.
    """
    from biasbench.evidence import assess as assess_measures

    evidence = assess_measures(
        measures,
        by=by,
        against=against,
        metrics=list(metrics) or None,
        margin=_margins(margins),
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
        _remark(str(output))
    if as_json:
        click.echo(_records(evidence.findings))
    else:
        print_evidence(evidence, lang)
    # Without a margin no verdict was asked for, so there is nothing that could not be decided.
    no_verdict_asked = evidence.findings["verdict"].isna().any()
    if not evidence.decided and not no_verdict_asked:
        sys.exit(CANNOT_DECIDE)


@main.command()
@click.argument("evidence", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path),
    help="The ending chooses the format: .html, .csv",
)  # fmt: skip
@click.option("--corpus", type=click.Path(path_type=Path), default=None, help="To show utterances.")
@click.option("--run", "runs", multiple=True, type=click.Path(path_type=Path), help="Likewise.")
@_reader_option
@_encoding_option
@_delimiter_option
@click.option("--title", default=None)
@_lang_option
def report(
    evidence: Path,
    output: Path,
    corpus: Path | None,
    runs: tuple[Path, ...],
    reader: str | None,
    encoding: str,
    delimiter: str | None,
    title: str | None,
    lang: Literal["fr", "en"],
) -> None:
    """Write the report of an evidence file, in French or English."""
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
    )
    click.echo(str(written))


def print_evidence(evidence: Evidence, lang: Literal["fr", "en"]) -> None:
    """The disparity table, a line per comparison, then what is needed to read it."""
    from biasbench.report.terminal import evidence_lines

    for line in evidence_lines(evidence, lang):
        click.echo(line)


def _margins(given: Sequence[str]) -> float | dict[str, float] | None:
    """`0.03` alone, or `metric=0.03` for each."""
    if not given:
        return None
    if len(given) == 1 and "=" not in given[0]:
        return _number(given[0])
    named = {}
    for text in given:
        metric, equals, value = text.rpartition("=")
        if not equals:
            raise OptionError(f"--margin {text}: with several margins write each as metric={text}")
        named[metric] = _number(value)
    return named


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise OptionError(f"--margin {text!r} is not a number; write it as in 0.03") from None


def _records(table: pd.DataFrame) -> str:
    rows = json.loads(table.to_json(orient="records", double_precision=15))
    return json.dumps(rows, ensure_ascii=False, indent=1)


def _plain_table(table: pd.DataFrame) -> str:
    return table.to_string(
        index=False,
        float_format=lambda value: f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}",
        na_rep="–",
    )


def _remark(text: str) -> None:
    click.echo(text, err=True)


if __name__ == "__main__":
    main()
