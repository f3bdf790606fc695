"""From a corpus to measures: check, run, measure, label."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from biasbench.cli.options import (
    delimiter_option,
    directions_typed,
    encoding_option,
    json_option,
    reader_option,
)
from biasbench.cli.output import plain_table, records, remark


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--by", default=None, help="Column that makes the groups.")
@reader_option
@encoding_option
@delimiter_option
@click.option("--language", default=None, help="Language of the speech, as in 'fr'.")
@json_option
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
        click.echo(records(found.problems))
    else:
        click.echo(str(found))
        if found.ok:
            corpus = load_corpus(
                source, reader=reader, encoding=encoding, delimiter=delimiter, language=language
            )
            click.echo(plain_table(describe(corpus, by=by)))
    if not found.ok:
        sys.exit(2)


@click.command()
@click.argument("corpus", type=click.Path(path_type=Path))
@click.option("--system", required=True, help="For example asr:faster-whisper/tiny.en")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Run folder.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True)
@click.option("--language", default=None, help="Where the corpus does not say, as in 'fr'.")
@click.option("--overwrite", is_flag=True, help="Replace a run of something else in that folder.")
@click.option(
    "--transcripts", default=None, help="For a scorer of text: a run folder, or 'reference'."
)
@reader_option
@encoding_option
@delimiter_option
@click.option("--progress/--no-progress", default=True, help="Progress bar on stderr.")
def run(
    corpus: Path,
    system: str,
    output: Path,
    workers: int,
    language: str | None,
    overwrite: bool,
    transcripts: str | None,
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
        transcripts=transcripts,
    )
    status = made.transcripts["status"] if len(made.transcripts) else made.scores["status"]
    counts = ", ".join(f"{number} {name}" for name, number in status.value_counts().items())
    remark(f"{output}: {len(status)} rows ({counts})")
    table, name = (
        (made.transcripts, "utterance_id") if len(made.transcripts) else (made.scores, "unit_id")
    )
    broken = table["status"].eq("failed")
    if "missing_reason" in table.columns:
        broken = table["missing_reason"].eq("failed")
    if broken.any():
        first = table[broken].iloc[0]
        remark(f"first failure: {first[name]}: {first['error']}")
    if len(made.events):
        events = ", ".join(f"{n} {kind}" for kind, n in made.events["kind"].value_counts().items())
        remark(f"events: {events}")
    click.echo(str(output))


@click.command()
@click.argument("run", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--corpus", type=click.Path(path_type=Path), default=None,
    help="The corpus that was run on; an import brings its own.",
)  # fmt: skip
@click.option(
    "--metric", "metrics", multiple=True, default=None,
    help="Repeatable. By default wer; of an import without references, all that there is.",
)  # fmt: skip
@click.option(
    "--references", type=click.Path(path_type=Path), default=None,
    help="What people wrote for utterances of an import: utterance_id, reference.",
)  # fmt: skip
@click.option(
    "--normalizer", default=None, help="As in 'en', 'fr', 'minimal'; by the corpus's language."
)
@click.option(
    "--trust-columns", is_flag=True, help="Reference and hypothesis are not swapped: I looked."
)
@click.option(
    "--rules",
    type=click.Path(path_type=Path),
    default=None,
    help="TOML of phrases and opposite prompts; tone:interact's by default.",
)
@click.option(
    "--human",
    type=click.Path(path_type=Path),
    default=None,
    help="Run folder of the same scoring on 'reference', for unfounded prompts.",
)
@click.option(
    "--turns", type=click.Path(path_type=Path), default=None,
    help="Table of when people hear speech: unit_id, start, end, role.",
)  # fmt: skip
@click.option(
    "--beside", multiple=True, type=click.Path(path_type=Path),
    help="Run folder whose scores stand as columns, to be held equal (repeatable).",
)  # fmt: skip
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Table file.")
@reader_option
@encoding_option
@delimiter_option
@json_option
def measure(
    run: tuple[Path, ...],
    corpus: Path | None,
    metrics: tuple[str, ...],
    references: Path | None,
    normalizer: str | None,
    trust_columns: bool,
    rules: Path | None,
    human: Path | None,
    turns: Path | None,
    beside: tuple[Path, ...],
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
        None
        if corpus is None
        else load_corpus(corpus, reader=reader, encoding=encoding, delimiter=delimiter),
        metrics=metrics or None,
        references=references,
        normalizer=normalizer,
        trust_columns=trust_columns,
        rules=rules,
        human=None if human is None else read_run(human),
        turns=turns,
        beside=[read_run(folder) for folder in beside],
    )
    measures.write(output)
    overall = sum_up(measures)
    click.echo(records(overall) if as_json else plain_table(overall))
    remark(str(output))


@click.command()
@click.argument("labels", type=click.Path(path_type=Path))
@click.option(
    "--threshold", type=click.FloatRange(0.5, 1.0), default=0.5, show_default=True,
    help="Share of votes on one side that makes people's word.",
)  # fmt: skip
@click.option(
    "--direction", "directions", multiple=True,
    help="As in 'false_negative_rate=higher is better' (repeatable); higher is worse if not said.",
)  # fmt: skip
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Table file.")
@json_option
def label(
    labels: Path,
    threshold: float,
    directions: tuple[str, ...],
    output: Path,
    as_json: bool,
) -> None:
    """Count labels, and false ones, from a table of what the system and people say.

    LABELS has system, unit_id, label, labelled (1, 0), speaker_id, group columns, and people's
    word: human (1, 0), or n_yes of n_votes.
    """
    from biasbench.measures import sum_up
    from biasbench.measures.labels import label_measures

    measures = label_measures(
        labels, threshold=threshold, directions=directions_typed(directions) or None
    )
    measures.write(output)
    overall = sum_up(measures)
    click.echo(records(overall) if as_json else plain_table(overall))
    remark(str(output))
