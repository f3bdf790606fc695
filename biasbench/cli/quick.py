"""A corpus small enough for a check before a push: quick."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from biasbench.cli.options import delimiter_option, encoding_option, reader_option
from biasbench.cli.output import remark

if TYPE_CHECKING:
    import pandas as pd


@click.command()
@click.argument("corpus", type=click.Path(path_type=Path))
@click.option("--by", required=True, help="Column that makes the groups.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder.")
@click.option(
    "--per-speaker", type=click.IntRange(1), default=1, show_default=True,
    help="Utterances that each person keeps.",
)  # fmt: skip
@click.option(
    "--people-per-group", type=click.IntRange(1), default=None,
    help="People that each group keeps; all by default.",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@reader_option
@encoding_option
@delimiter_option
def quick(
    corpus: Path,
    by: str,
    output: Path,
    per_speaker: int,
    people_per_group: int | None,
    seed: int,
    reader: str | None,
    encoding: str,
    delimiter: str | None,
) -> None:
    """Write a subset of CORPUS with all its people and few utterances of each.

    \b
    biasbench quick corpus --by accent -o corpus-quick
    biasbench run corpus-quick --system SYSTEM -o runs/quick

    The sound stays where it is, and is found from the folder. A subset has a baseline of its own.
    """  # noqa: D301 - click reads the backspace
    from biasbench.corpus import load_corpus
    from biasbench.gates.lines import one_line
    from biasbench.gates.quick import count_kept, quick_subset, write_folder

    whole = load_corpus(corpus, reader=reader, encoding=encoding, delimiter=delimiter)
    subset = quick_subset(
        whole, by=by, n_per_speaker=per_speaker, people_per_group=people_per_group, seed=seed
    )
    write_folder(subset, output)
    kept = count_kept(subset, whole, by=by)
    for row in kept.itertuples(index=False):
        click.echo(
            f"{one_line(str(row.group))}: {row.n_speakers} of {row.of_speakers} people, "
            f"{row.n_utterances} of {row.of_utterances} utterances"
        )
    click.echo(_limits(kept))
    remark(str(output))


def _limits(kept: pd.DataFrame) -> str:
    """What cannot be decided on such a subset, whatever the model does."""
    from biasbench.corpus.summaries import ALL
    from biasbench.evidence.sufficiency import FEWEST_PEOPLE
    from biasbench.gates.lines import one_line
    from biasbench.tables import UNKNOWN

    fewest = FEWEST_PEOPLE["public"]
    groups = kept[~kept["group"].isin([ALL, UNKNOWN])]
    few = groups["group"][groups["n_speakers"] < fewest].map(one_line).tolist()
    if few:
        return (
            f"Cannot be decided, whatever the model does: {', '.join(few)} (fewer than {fewest} "
            "people, which is what a policy asks for unless it says otherwise)"
        )
    return (
        f"Every group has {fewest} people or more; with fewer words of each, much that the whole "
        "corpus decides cannot be decided here"
    )


__all__ = ["quick"]
