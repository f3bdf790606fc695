"""demo: everything once, on synthetic speech."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from biasbench.cli.options import lang_option
from biasbench.cli.output import print_evidence, remark


@click.command()
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path("biasbench-demo"),
    show_default=True, help="Folder to write into.",
)  # fmt: skip
@click.option("--workers", type=click.IntRange(1), default=None, help="Processes that listen.")
@lang_option
def demo(
    output: Path,
    workers: int | None,
    lang: Literal["fr", "en"],
) -> None:
    """Run everything once, on synthetic speech that comes along."""
    from biasbench.demo import demo as run_demo

    evidence, written = run_demo(output, workers=workers, lang=lang, tell=remark)
    print_evidence(evidence, lang)
    for path in written:
        click.echo(str(path))
