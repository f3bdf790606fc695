"""demo: everything once, on synthetic speech; rules: a copy to be edited."""

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


@click.command()
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="The copy, .toml."
)
def rules(output: Path) -> None:
    """Write a copy of tone:interact's rules, to be edited and named: tone:interact/COPY.toml."""
    from biasbench.errors import OptionError
    from biasbench.systems.interact.files import OWN_RULES
    from biasbench.tables import write_bytes

    if output.exists():
        raise OptionError(f"{output}: is there already; name another file for the copy")
    write_bytes(output, OWN_RULES.read_bytes())
    remark(f"edit it, then: biasbench run CORPUS --system tone:interact/{output}")
    click.echo(str(output))
