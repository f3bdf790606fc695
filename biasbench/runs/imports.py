"""What a deployed system exported, as a run: nothing downstream can tell the difference."""

from __future__ import annotations

import datetime
import hashlib
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, get_args

from biasbench.errors import NotFoundError, OptionError, not_found
from biasbench.provenance import Provenance, fingerprint
from biasbench.runs.exports import formats
from biasbench.runs.exports.archives import MAX_MEGABYTES, Member, opened
from biasbench.runs.exports.people import read_key, read_people, read_roles
from biasbench.runs.exports.reporting import ImportReport
from biasbench.runs.exports.rows import Rows, Tables
from biasbench.runs.exports.told import Tally, Telling
from biasbench.runs.exports.whole import one_utterance_per_call
from biasbench.runs.folder import Run
from biasbench.runs.identity import system_facts
from biasbench.systems import SystemInfo, Tier
from biasbench.systems.exports import Gift, Notes
from biasbench.systems.vendors import table
from biasbench.tables import EVENTS, SCORES, TRANSCRIPTS, Direction, is_empty

Profile = Literal["fr"]


def import_export(
    export_format: str,
    path: str | Path,
    *,
    mapping: str | Path | None = None,
    roles: str | Path | None = None,
    people: str | Path | None = None,
    encoding: str = "utf-8-sig",
    key: str | Path | None = None,
    profile: Profile | None = None,
    agent_only: bool | None = None,
    directions: Mapping[str, Direction] | None = None,
    utterance_per_file: bool = False,
    skip_bad: bool = False,
    tier: Tier | None = None,
    max_megabytes: float = MAX_MEGABYTES,
    output: str | Path | None = None,
    overwrite: bool = False,
    progress: bool = True,
) -> Run:
    """The run that an export describes: transcripts, words, scores, events, calls.

    Parameters
    ----------
    export_format, path
        A leaf of systems/vendors ('amazon-call-analytics', 'genesys'), 'table' for any table or
        JSON by a mapping, or 'auto': recognised by content, refused where two fit. `path` is a
        file, a folder, a zip or a gz.
    mapping
        TOML that says what the columns mean, for 'table'.
    roles, people
        roles.csv (file, call_id, speaker, role, agent_id) says who speaks where the format does
        not; people.csv (agent_id, and declared groups and circumstances) says who they are.
    encoding
        Of these two, where they are text ('cp1252': French Excel).
    key
        File with a secret: ids of agents and calls become HMAC pseudonyms. Never written anywhere.
    profile, agent_only
        `agent_only` leaves out the texts of everybody but the agents; it is the default in
        `profile="fr"`, and False otherwise.
    directions
        Which way is worse for the person, for scores of which the export does not say: 'higher is
        worse', 'higher is better', 'neither'.
    utterance_per_file
        Each file is what a recogniser wrote of one utterance of a corpus, and bears its name
        (`utterance_id.json`): the run is measured with that corpus.
    skip_bad
        Leave out files and calls that cannot be read, counted and listed in the report, in place
        of stopping at the first.
    tier
        What the outputs are evidence of: T1 the deployed system, T2 the same engine on test audio,
        T3 a stand-in. None takes that of the format: T1 only where such files come out of a
        system in use and nowhere else.
    max_megabytes
        Larger files are refused.
    output, overwrite
        Write the run to this folder, as `run` would.

    Returns
    -------
    Run
        With `utterances`, `calls`, `periods` and a `report` of rows in and out, missing cells,
        assumptions and what the format cannot say. The provenance has one step for the import and
        one "run" step per system.

    Raises
    ------
    NotFoundError
        An unknown format or a missing file.
    OptionError
        A mapping or an option that cannot be used, or a format that is not told.
    TableError
        An export that cannot be read: file, line or call, what is wrong and what to do.
    """
    for score, direction in (directions or {}).items():
        if direction not in get_args(Direction):
            known = ", ".join(get_args(Direction))
            raise OptionError(f"directions: '{score}' is {direction!r}, not one of {known}")
    if profile is not None and profile not in get_args(Profile):
        raise OptionError(f"profile is {profile!r}; known: {', '.join(get_args(Profile))}")
    path = Path(path)
    told = None if mapping is None else _read_mapping(Path(mapping))
    origin = {} if mapping is None else {"mapping": _stamp(Path(mapping))}
    if export_format == formats.TABLE and not table.wants_calls(told):
        if roles or people or key or skip_bad or directions:
            raise OptionError(
                "roles, people, key, directions and skip_bad are for calls, and this mapping is of "
                "utterances of a corpus: name a column call_id under [columns]"
            )
        made = _of_utterances(path, told, origin)
    else:
        own = [Path(one) for one in (mapping, roles, people, key, output) if one is not None]
        with opened(path, max_megabytes=max_megabytes, leave_out=own) as members:
            name = formats.recognise(members) if export_format == "auto" else export_format
            reader = formats.find_reader(name)
            telling = Telling(
                format=name.replace("_", "-"),
                reader=reader if told is None else formats.Mapped(reader.FORMAT, told),
                roles=read_roles(roles, encoding=encoding),
                people=read_people(people, encoding=encoding),
                pseudonyms=read_key(key, output=output),
                agent_only=profile == "fr" if agent_only is None else agent_only,
                skip_bad=skip_bad,
                utterance_per_file=utterance_per_file,
                now=datetime.datetime.now(datetime.UTC),
            )
            for kind, file in (("roles", roles), ("people", people)):
                if file is not None:
                    origin[kind] = _stamp(Path(file))
            made = _of_calls(
                path, members, telling, origin, directions or {}, tier=tier, progress=progress
            )
    if output is not None:
        made.write(output, overwrite=overwrite)
    return made


def _of_calls(
    path: Path,
    members: Sequence[Member],
    telling: Telling,
    origin: Mapping[str, str],
    directions: Mapping[str, Direction],
    *,
    tier: Tier | None,
    progress: bool,
) -> Run:
    about = telling.reader.FORMAT
    from tqdm import tqdm  # tqdm.auto warns in every notebook that lacks ipywidgets

    notes, tally = Notes(), Tally()
    told = getattr(telling.reader, "system", None) or SystemInfo("", "")
    told = replace(told, name=told.name or telling.format)
    rows = Rows(told.name, about.modality, telling.people, telling.pseudonyms, directions)
    bar_of_files = tqdm(
        desc=telling.format, total=len(members), unit="file", disable=not progress, file=sys.stderr
    )
    with bar_of_files as bar:
        digests = _Digests(members, bar.update)
        tables = telling.tables(digests.members, rows, notes, tally)
    given = set(tables.scores["score"])
    for score in directions:
        if score not in given:
            raise not_found("score", score, sorted(given))
    info = replace(
        told,
        version=told.version or f"export-{digests.fingerprint()}",
        modality=about.modality,
        tier=tier or about.tier,
        infers_emotion=about.infers_emotion,
    )
    report = replace(
        _report(telling, tables, notes, tally, info.tier), differing=dict(rows.differing)
    )
    if not (len(tables.calls) or len(tables.periods)):
        why = f": {tally.skipped[0]}" if tally.skipped else ""
        raise OptionError(f"{path}: no call could be read{why}")
    facts = {
        "format": telling.format,
        "export": f"{path.name}@{digests.fingerprint()}",
        **origin,
        "agent_only": "yes" if telling.agent_only else "no",
        **(
            {"directions": "; ".join(f"{k}: {v}" for k, v in directions.items())}
            if directions
            else {}
        ),
        "pseudonyms": "HMAC-SHA-256" if telling.pseudonyms.has_key else "none",
        "report": "; ".join(line.strip() for line in report.lines("en", names=False)[1:]),
    }
    run_step = {key: facts[key] for key in ("format", "export", "mapping") if key in facts}
    if telling.utterance_per_file:
        facts["scores_of_pieces_left_out"] = str(tables.scores["unit"].eq("utterance").sum())
        tables = one_utterance_per_call(tables)
    chain = Provenance().then("import_export", facts).then("run", system_facts(info) | run_step)
    return Run(
        tables.transcripts,
        tables.scores,
        chain,
        tables.events,
        tables.utterances,
        tables.calls,
        tables.periods,
        report,
    )


class _Digests:
    """Files whose SHA-256 is taken as they are read, so that each is read once.

    `done` is called after each.
    """

    def __init__(self, members: Sequence[Member], done: Callable[[], object]) -> None:
        self._taken: dict[str, str] = {}
        self._done = done
        self.members = [Member(one.name, self._reading(one)) for one in members]

    def fingerprint(self) -> str:
        """One digest of every file that was read, by name."""
        return fingerprint(dict(sorted(self._taken.items())))

    def _reading(self, member: Member) -> Callable[[], bytes]:
        def read() -> bytes:
            content = member.read()
            self._taken[member.name] = hashlib.sha256(content).hexdigest()
            self._done()
            return content

        return read


def _report(
    telling: Telling, tables: Tables, notes: Notes, tally: Tally, tier: str
) -> ImportReport:
    about = telling.reader.FORMAT
    calls = tables.calls
    with_utterances = set(tables.utterances["call_id"])
    known, seen = telling.people.rows, tally.agents

    def named(agents: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(telling.pseudonyms.of("agent", agent) for agent in agents))

    return ImportReport(
        format=telling.format,
        title=about.title,
        status=about.status,
        tier=tier,
        n_files=tally.n_files,
        rows={
            "calls": len(calls),
            "periods": len(tables.periods),
            "utterances": len(tables.utterances),
            "scores": len(tables.scores),
            "events": len(tables.events),
        },
        nulls=dict(tables.nulls),
        noticed=tuple(notes.counts.items()),
        versions=dict(notes.versions),
        skipped=tuple(tally.skipped),
        assumed=about.assumes,
        cannot_say=tuple(gift for gift in get_args(Gift) if gift not in about.gives),
        speakers_without_role=dict(tally.speakers_without_role),
        n_unused_roles=telling.roles.n_unused,
        n_calls_without_agent=int(is_empty(calls["speaker_id"]).sum()) if len(calls) else 0,
        n_calls_without_utterance=int((~calls["call_id"].isin(with_utterances)).sum())
        if with_utterances
        else 0,
        unmatched=named(seen - known.keys()) if known else (),
        idle=named(known.keys() - seen),
        repeated=named(telling.people.repeated),
        n_customer_texts_dropped=tally.n_customer_texts_dropped,
        n_unknown_texts_dropped=tally.n_unknown_texts_dropped,
        n_words_without_time=tally.n_words_without_time,
        has_key=telling.pseudonyms.has_key,
        has_people=bool(known),
    )


def _of_utterances(path: Path, mapping: Mapping[str, Any] | None, origin: Mapping[str, str]) -> Run:
    """A table whose rows are utterances of a corpus that the user has."""
    if not path.exists():
        raise NotFoundError(f"{path}: no such file")
    export = table.read(path, mapping)
    facts = {"format": formats.TABLE, "export": _stamp(path), **origin}
    chain = Provenance().then("import_export", {**facts, "report": "; ".join(export.notes)})
    systems = dict.fromkeys(
        [*export.transcripts["system"], *export.scores["system"], *export.events["system"]]
    )
    for name in systems:
        chain = chain.then("run", {**system_facts(replace(export.info, name=name)), **facts})
    return Run(
        TRANSCRIPTS.check(export.transcripts, source=str(path)),
        SCORES.check(export.scores, source=str(path)),
        chain,
        EVENTS.check(export.events, source=str(path)),
    )


def _stamp(path: Path) -> str:
    return f"{path.name}@{fingerprint(path.read_bytes())}" if path.is_file() else path.name


def _read_mapping(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise NotFoundError(f"{path}: no such file")
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise OptionError(f"{path}: is not UTF-8 text. Save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise OptionError(f"{path}: is not TOML: {error}") from error
