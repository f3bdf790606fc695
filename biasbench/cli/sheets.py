"""From an export to what people heard in it: transcribe-sheet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from biasbench.cli.options import json_option, lang_option
from biasbench.cli.output import plain_table, records, remark
from biasbench.errors import InsufficientDataError, OptionError

if TYPE_CHECKING:
    from biasbench.sheets import Sample, Sheets

_path = click.Path(path_type=Path)


@click.command("transcribe-sheet")
@click.argument("run", type=_path)
@click.option(
    "-o", "--output", required=True, type=_path,
    help="The sheet (.xlsx, .csv); with --read, the table of references.",
)  # fmt: skip
@click.option("--by", default=None, help="Column that makes the groups (to write a sheet).")
@click.option(
    "--sample", "n", type=click.IntRange(1), default=200, show_default=True,
    help="Utterances in all, as many of each group.",
)  # fmt: skip
@click.option("--unit", type=click.Choice(["utterance", "call"]), default="utterance",
              show_default=True, help="Calls are rated, not transcribed.")  # fmt: skip
@click.option("--group", "groups", multiple=True, help="Draw from this group alone (repeatable).")
@click.option(
    "--role", default="agent", show_default=True, help="Whose speech; 'any' for everybody's."
)
@click.option("--recording", default=None, help="Column that names the recordings, neutrally.")
@click.option("--coders", type=click.IntRange(1, 9), default=2, show_default=True,
              help="People who will listen.")  # fmt: skip
@click.option(
    "--double", type=click.FloatRange(0, 1), default=0.2, show_default=True,
    help="Share that two of them do.",
)  # fmt: skip
@click.option(
    "--rating", "ratings", multiple=True, help="Something to rate from 1 to 5 (repeatable)."
)
@click.option("--no-ratings", is_flag=True, help="Nothing is to be rated.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--key", type=_path, default=None, help="Where the key lies; in RUN by default.")
@click.option("--overwrite", is_flag=True, help="Replace a sheet that may be being filled in.")
@click.option("--read", "sheets", multiple=True, type=_path, help="A filled-in sheet (repeatable).")
@click.option(
    "--resolve", type=click.Choice(["first", "longer", "exclude"]), default="first",
    show_default=True, help="The reference where two people differ.",
)  # fmt: skip
@click.option("--ratings-output", type=_path, default=None, help="Table of ratings, with --read.")
@click.option(
    "--normalizer", default="minimal", show_default=True, help="What counts as the same word."
)
@click.option(
    "--encoding", default="utf-8-sig", show_default=True, help="Of a filled-in .csv, as in cp1252."
)
@click.option(
    "--level", type=click.FloatRange(0.5, 0.9999), default=0.95, show_default=True
)  # fmt: skip
@lang_option
@json_option
def transcribe_sheet(
    run: Path,
    output: Path,
    by: str | None,
    n: int,
    unit: Literal["utterance", "call"],
    groups: tuple[str, ...],
    role: str,
    recording: str | None,
    coders: int,
    double: float,
    ratings: tuple[str, ...],
    no_ratings: bool,
    seed: int,
    key: Path | None,
    overwrite: bool,
    sheets: tuple[Path, ...],
    resolve: Literal["first", "longer", "exclude"],
    ratings_output: Path | None,
    normalizer: str,
    encoding: str,
    level: float,
    lang: Literal["fr", "en"],
    as_json: bool,
) -> None:
    """Give people a sample of a run to transcribe and rate, or read what they wrote.

    \b
    biasbench transcribe-sheet RUN --by accent --sample 200 -o sheet.xlsx --lang fr
    biasbench transcribe-sheet RUN --read sheet-A.xlsx --read sheet-B.xlsx -o references.csv

    The sheets hold no group, no score and no word of a machine. The key stays in RUN: do not
    hand it out.
    """  # noqa: D301 - click reads the backspace
    from biasbench.runs import read_run
    from biasbench.sheets import draw_sample, find_key, key_path, read_sheet, write_sheet

    if sheets:
        found = read_sheet(
            sheets,
            key=key or find_key(run, sheets, encoding=encoding),
            resolve=resolve,
            normalizer=normalizer,
            encoding=encoding,
            level=level,
        )
        _print_read(found, as_json)
        _write_read(found, output, ratings_output)
        return
    if by is None:
        raise OptionError("--by is missing: name the column that makes the groups, as in accent")
    if ratings and no_ratings:
        raise OptionError("--rating and --no-ratings contradict each other; leave one out")
    opened = read_run(run)
    told = opened.calls if unit == "call" else opened.utterances
    if told.empty:
        raise OptionError(
            f"{run}: holds no {unit}s of its own; a sheet is made of a run that 'biasbench import' "
            "wrote"
        )
    sample = draw_sample(
        told,
        by=by,
        n=n,
        seed=seed,
        double=double if coders > 1 else 0.0,
        unit=unit,
        groups=groups or None,
        role=None if role == "any" else role,
        recording=recording,
    )
    place = key or key_path(run, output)
    written = write_sheet(
        sample,
        output,
        key=place,
        lang=lang,
        coders=coders,
        ratings=() if no_ratings else ratings or None,
        overwrite=overwrite,
    )
    _print_drawn(sample, as_json)
    remark(f"{place}: the key; it says who is who, so it is not to be handed out")
    for path in written:
        click.echo(str(path), err=as_json)


def _print_drawn(sample: Sample, as_json: bool) -> None:
    click.echo(records(sample.groups) if as_json else plain_table(sample.groups))


def _print_read(found: Sheets, as_json: bool) -> None:
    tables = {
        "returns": found.returns,
        "word_agreement": found.word_agreement,
        "rating_agreement": found.rating_agreement,
    }
    if as_json:
        shown = {name: json.loads(records(table)) for name, table in tables.items()}
        click.echo(json.dumps(shown, ensure_ascii=False, indent=1))
        return
    for name, table in tables.items():
        if len(table) and not (name == "word_agreement" and found.unit == "call"):
            click.echo(f"{name.replace('_', ' ')} by {found.by}")
            click.echo(plain_table(table.drop(columns="by")))
            click.echo("")


def _write_read(found: Sheets, output: Path, ratings_output: Path | None) -> None:
    """References to `output`; of calls, which have none, the ratings."""
    from biasbench.tables import write_table

    if ratings_output is not None and found.unit == "utterance":
        write_table(found.ratings, ratings_output, provenance=found.provenance)
        remark(str(ratings_output))
    table = found.ratings if found.unit == "call" else found.references
    if table.empty:
        what = "rating" if found.unit == "call" else "transcription"
        raise InsufficientDataError(f"no sheet holds a {what} yet; nothing was written")
    write_table(table, output, provenance=found.provenance)
    remark(f"{output}: {len(table)} {'ratings' if found.unit == 'call' else 'references'}")
