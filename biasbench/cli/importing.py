"""From an export to a run: import."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from biasbench.cli.options import directions_typed
from biasbench.cli.output import remark


@click.command("import")
@click.argument("export_format", required=False)
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--list", "list_formats", is_flag=True, help="List the formats, and stop.")
@click.option(
    "--suggest", type=click.Path(path_type=Path), default=None,
    help="Print a mapping to start from for this table or JSON file, and stop.",
)  # fmt: skip
@click.option(
    "--ready", default=None, help="Print the mapping that ships for this format, and stop."
)
@click.option(
    "--new-key", type=click.Path(path_type=Path), default=None,
    help="Write a new key for pseudonyms to this file, and stop.",
)  # fmt: skip
@click.option("--mapping", type=click.Path(path_type=Path), default=None, help="TOML of columns.")
@click.option(
    "--roles", type=click.Path(path_type=Path), default=None,
    help="Table of who speaks: file, call_id, speaker, role, agent_id.",
)  # fmt: skip
@click.option(
    "--people", type=click.Path(path_type=Path), default=None,
    help="Table of agents: agent_id and their declared groups.",
)  # fmt: skip
@click.option(
    "--encoding", default="utf-8-sig", show_default=True,
    help="Of roles and people, as in cp1252 (French Excel).",
)  # fmt: skip
@click.option(
    "--key", type=click.Path(path_type=Path), default=None,
    help="File with a secret: ids become pseudonyms (HMAC).",
)  # fmt: skip
@click.option(
    "--profile", type=click.Choice(["fr"]), default=None,
    help="fr: the report in French, and --agent-only.",
)  # fmt: skip
@click.option(
    "--agent-only/--all-sides", default=None, help="Leave out what customers said, or keep it."
)
@click.option(
    "--direction", "directions", multiple=True,
    help="As in 'Agent Quality=higher is better' (repeatable), where the export does not say.",
)  # fmt: skip
@click.option(
    "--utterance-per-file", is_flag=True,
    help="Each file is one utterance of your corpus and bears its name.",
)  # fmt: skip
@click.option(
    "--skip-bad", is_flag=True, help="Leave out and count what cannot be read, and go on."
)
@click.option(
    "--tier", type=click.Choice(["T1", "T2", "T3"]), default=None,
    help="T1 the system in use, T2 its engine on test audio, T3 a stand-in; by the format.",
)  # fmt: skip
@click.option(
    "--max-megabytes", type=float, default=100, show_default=True, help="Refuse larger files."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), default=None, help="Run folder.")
@click.option("--overwrite", is_flag=True, help="Replace a run of something else in that folder.")
@click.option("--progress/--no-progress", default=True, help="Progress bar on stderr.")
@click.option(
    "--lang", type=click.Choice(["fr", "en"]), default=None,
    help="Language of the import report; by the profile.",
)  # fmt: skip
def import_(
    export_format: str | None,
    path: Path | None,
    list_formats: bool,
    suggest: Path | None,
    ready: str | None,
    new_key: Path | None,
    mapping: Path | None,
    roles: Path | None,
    people: Path | None,
    encoding: str,
    key: Path | None,
    profile: Literal["fr"] | None,
    agent_only: bool | None,
    directions: tuple[str, ...],
    utterance_per_file: bool,
    skip_bad: bool,
    tier: Literal["T1", "T2", "T3"] | None,
    max_megabytes: float,
    output: Path | None,
    overwrite: bool,
    progress: bool,
    lang: Literal["fr", "en"] | None,
) -> None:
    """Read what a system in use wrote, from its export.

    EXPORT_FORMAT is a name from --list, 'auto', or 'table' with a --mapping. PATH is a file, a
    folder, a zip or a gz. The import report goes to stderr, and into the run folder.
    """
    from biasbench.runs import import_export
    from biasbench.runs.exports.formats import ready_mapping, suggested_mapping
    from biasbench.runs.exports.people import write_key
    from biasbench.runs.exports.reporting import format_lines

    if list_formats:
        for line in format_lines(lang or profile or "en"):
            click.echo(line)
        return
    if suggest is not None or ready is not None:
        text = suggested_mapping(suggest) if suggest is not None else ready_mapping(str(ready))
        click.echo(text, nl=False)
        return
    if new_key is not None:
        click.echo(str(write_key(new_key)))
        return
    if export_format is None or path is None or output is None:
        raise click.UsageError(
            "give a format, a path and -o; or --list, --suggest, --ready, --new-key"
        )
    made = import_export(
        export_format,
        path,
        mapping=mapping,
        roles=roles,
        people=people,
        encoding=encoding,
        key=key,
        profile=profile,
        agent_only=agent_only,
        directions=directions_typed(directions),
        utterance_per_file=utterance_per_file,
        skip_bad=skip_bad,
        tier=tier,
        max_megabytes=max_megabytes,
        output=output,
        overwrite=overwrite,
        progress=progress,
    )
    if made.report is None:
        remark(made.provenance.facts().get("report", ""))
    else:
        for line in made.report.lines(lang or profile or "en"):
            remark(line)
    click.echo(str(output))
