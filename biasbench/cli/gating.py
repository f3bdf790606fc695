"""Gates: gate, baseline write."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from biasbench.cli.options import json_option
from biasbench.cli.output import remark

_KEY = click.option(
    "--key", type=click.Path(path_type=Path), default=None, envvar="BIASBENCH_KEY_FILE",
    show_envvar=True, help="Key of the baseline's pseudonyms (biasbench import --new-key).",
)  # fmt: skip
_CORPUS = click.option(
    "--corpus", type=click.Path(path_type=Path), default=None,
    help="What a run folder heard; an import brings its own.",
)  # fmt: skip
_POLICY = click.option(
    "--policy", type=click.Path(path_type=Path), default=Path("gate.toml"), show_default=True,
    help="Metrics, groups and limits, declared before.",
)  # fmt: skip


@click.command()
@click.option(
    "--baseline", required=True, type=click.Path(path_type=Path),
    help="What is in use: a baseline (.json), a table of measures, or a run folder.",
)  # fmt: skip
@click.option(
    "--candidate", required=True, type=click.Path(path_type=Path),
    help="What would take its place, likewise.",
)  # fmt: skip
@_POLICY
@_CORPUS
@click.option("--baseline-system", default=None, help="Of a table that has several.")
@click.option("--candidate-system", default=None, help="Likewise.")
@_KEY
@click.option(
    "-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path),
    help="Repeatable; the ending chooses: .txt, .json, .xml (JUnit), .md, .html, .sarif",
)  # fmt: skip
@json_option
def gate(
    baseline: Path,
    candidate: Path,
    policy: Path,
    corpus: Path | None,
    baseline_system: str | None,
    candidate_system: str | None,
    key: Path | None,
    outputs: tuple[Path, ...],
    as_json: bool,
) -> None:
    """May this model take the place of that one? Exit 0 pass, 1 fail, 3 cannot be decided.

    \b
    biasbench gate --baseline baseline.json --candidate new.parquet --policy gate.toml
    biasbench gate --baseline runs/old --candidate runs/new --corpus corpus -o gate.xml -o gate.md

    On GitHub and GitLab the annotations, the summary and the code quality report are made too.
    """  # noqa: D301 - click reads the backspace
    from biasbench.gates import gate as decide
    from biasbench.gates.annotations import annotate
    from biasbench.gates.outputs import json, txt
    from biasbench.gates.writing import check_ending, write_gate

    for path in outputs:
        check_ending(path)
    found = decide(
        baseline,
        candidate,
        policy,
        corpus=corpus,
        baseline_system=baseline_system,
        candidate_system=candidate_system,
        key=key,
    )
    click.echo((json if as_json else txt).text_of(found), nl=False)
    for path in outputs:
        remark(str(write_gate(found, path)))
    for line in annotate(found, os.environ):
        click.echo(line, err=as_json)  # GitHub reads both streams; JSON stays whole
    sys.exit(found.exit_code)


@click.group()
def baseline() -> None:
    """Baselines: what is in use, as sums of people under pseudonyms, to be committed."""


@baseline.command("write")
@click.argument("measures", type=click.Path(path_type=Path))
@_POLICY
@_CORPUS
@click.option("--system", default=None, help="Of a table that has several.")
@_KEY
@click.option(
    "-o", "--output", default=Path("baseline.json"), show_default=True,
    type=click.Path(path_type=Path),
)  # fmt: skip
def write(
    measures: Path,
    policy: Path,
    corpus: Path | None,
    system: str | None,
    key: Path | None,
    output: Path,
) -> None:
    """Write the baseline of MEASURES (a table, or a run folder) for the metrics of the policy.

    No audio, no text, no ids. Without --key, whoever knows the ids can still find the people: for
    people who work somewhere, make a key and keep it apart.
    """
    from biasbench.gates import write_baseline

    path = write_baseline(measures, output, policy, corpus=corpus, system=system, key=key)
    click.echo(str(path))
    if key is None:
        remark(
            "its pseudonyms stand on a salt in the file: whoever knows the speaker ids can find "
            "each person's sums. For people who work somewhere, give --key"
        )


__all__ = ["baseline", "gate"]
