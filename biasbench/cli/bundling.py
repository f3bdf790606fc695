"""A case for others: bundle, verify, reproduce, stamp."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import click

from biasbench.cli.options import json_option
from biasbench.cli.output import remark
from biasbench.errors import OptionError

NOT_THE_SAME = 1


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.option(
    "--level", type=click.Choice(["public", "parties", "sealed"]), default="parties",
    show_default=True,
    help="public: no person's data; parties: under pseudonyms; sealed: all, for a court.",
)  # fmt: skip
@click.option(
    "--key", type=click.Path(path_type=Path), default=None,
    help="Key of the pseudonyms (biasbench import --new-key); a new one, kept nowhere, by default.",
)  # fmt: skip
@click.option(
    "--audio", type=click.Path(path_type=Path), default=None,
    help="Folder of recordings, into a sealed bundle alone.",
)  # fmt: skip
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="The bundle, .zip."
)
def bundle(
    case: Path,
    level: Literal["public", "parties", "sealed"],
    key: Path | None,
    audio: Path | None,
    output: Path,
) -> None:
    """Write the CASE folder as one archive that others can verify and compute again."""
    from biasbench.bundles import bundle as write_bundle

    click.echo(str(write_bundle(case, output, level=level, key=key, audio=audio)))


@click.command()
@click.argument("source", metavar="BUNDLE", type=click.Path(path_type=Path))
@click.option("--root", default=None, help="The root to hold it to, if at hand.")
@json_option
def verify(source: Path, root: str | None, as_json: bool) -> None:
    """Whether a bundle, or the folder of a case, is what its manifest says, byte for byte.

    Exit 1 if anything was altered, is missing or was added.
    """
    from biasbench.custody import verify as verify_bundle

    found = verify_bundle(source, root=root)
    if as_json:
        content = {
            "root": found.root,
            "n_files": found.n_files,
            "n_bytes": found.n_bytes,
            "problems": [asdict(problem) for problem in found.problems],
            "unchecked": list(found.unchecked),
            "token": None if found.token is None else asdict(found.token),
        }
        click.echo(json.dumps(content, ensure_ascii=False, indent=1))
    else:
        for problem in found.problems:
            click.echo(str(problem))
        for words in found.unchecked:
            remark(words)
        if found.token is not None:
            click.echo(f"dated {found.token.time} by {found.token.authority}")
        if found.is_sound:
            click.echo(f"{found.n_files} files as in the manifest; root {found.root}")
    if not found.is_sound:
        sys.exit(NOT_THE_SAME)


@click.command()
@click.argument("source", metavar="BUNDLE", type=click.Path(path_type=Path))
@click.option(
    "--from-audio", type=click.Path(path_type=Path), default=None,
    help="Corpus whose recordings the systems listen to again.",
)  # fmt: skip
@json_option
def reproduce(source: Path, from_audio: Path | None, as_json: bool) -> None:
    """Compute every number and sentence again, and name each that differs.

    Numbers to one part in 10⁸, texts to the letter. Exit 1 if anything differs.
    """
    from biasbench.bundles import reproduce as reproduce_bundle

    found = reproduce_bundle(source, from_audio=from_audio)
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1))
    else:
        for one in found.differences:
            click.echo(f"{one.where}: stored {one.stored}, again {one.again}")
        for note in found.notes:
            remark(note)
        n = len(found.differences)
        click.echo(f"{n} difference{'' if n == 1 else 's'} in {', '.join(found.redone)}")
    if not found.is_same:
        sys.exit(NOT_THE_SAME)


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.option(
    "--attach", type=click.Path(path_type=Path), default=None,
    help="The authority's answer (.tsr, .tst), to put beside the manifest.",
)  # fmt: skip
def stamp(case: Path, attach: Path | None) -> None:
    """Have the root of a case dated by others (RFC 3161): write the request, attach the answer.

    Nothing is sent: manifest.tsq goes to an authority of your choice by your own means.
    """
    from biasbench.custody import attach_token, request_token

    if not case.is_dir():
        raise OptionError(f"{case}: is not the folder of a case")
    if attach is None:
        click.echo(str(request_token(case)))
    else:
        token = attach_token(case, attach)
        click.echo(f"dated {token.time} by {token.authority}; signature {token.signature}")
