"""A run and its folder on disk.

    run.json             status (running, done), counts, provenance
    journal.jsonl        one line per utterance, flushed as it comes; only while running
    transcripts.parquet  written whole at the end
    scores.parquet       written whole at the end
    events.parquet       written whole at the end; absent from the runs of older versions
    utterances.parquet, calls.parquet, periods.parquet, import.json
                         only of an import: whose utterances and calls they are, and its report

A kill at any moment leaves either a running folder whose journal holds every finished utterance
(a torn last line is dropped) or a done one. Only files of these names are ever removed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import pandas as pd

from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.provenance import Provenance
from biasbench.runs.exports.reporting import ImportReport
from biasbench.runs.identity import differences
from biasbench.runs.lock import locked
from biasbench.runs.rows import Heard
from biasbench.tables import (
    CALLS,
    EVENTS,
    PERIODS,
    SAID,
    SCORES,
    TRANSCRIPTS,
    Table,
    read_table,
    write_table,
    write_text,
)

#: Raised when a folder's layout changes so that an older biasbench could not read it.
FORMAT = 1

CARD, JOURNAL, LOCK = "run.json", "journal.jsonl", "run.lock"
TRANSCRIPTS_FILE, SCORES_FILE = "transcripts.parquet", "scores.parquet"
EVENTS_FILE = "events.parquet"
UTTERANCES_FILE, CALLS_FILE, PERIODS_FILE = (
    "utterances.parquet", "calls.parquet", "periods.parquet",
)  # fmt: skip
REPORT_FILE = "import.json"
_OF_IMPORTS = {UTTERANCES_FILE: SAID, CALLS_FILE: CALLS, PERIODS_FILE: PERIODS}

# What tables.write_bytes calls a file of ours before it is whole.
_TEMPORARY = tuple(
    f".{name}."
    for name in (
        CARD,
        JOURNAL,
        TRANSCRIPTS_FILE,
        SCORES_FILE,
        EVENTS_FILE,
        REPORT_FILE,
        *_OF_IMPORTS,
    )
)


@dataclass(frozen=True)
class Run:
    """What systems said of utterances, and where it comes from.

    Tables TRANSCRIPTS, SCORES and EVENTS, each empty where there is nothing of the kind. An import
    brings its own utterances, calls and periods of work (tables SAID, CALLS, PERIODS), with
    whose they are, and the report of what was read; a run on a corpus has none of these.
    """

    transcripts: pd.DataFrame
    scores: pd.DataFrame
    provenance: Provenance
    events: pd.DataFrame = field(default_factory=EVENTS.empty)
    utterances: pd.DataFrame = field(default_factory=SAID.empty)
    calls: pd.DataFrame = field(default_factory=CALLS.empty)
    periods: pd.DataFrame = field(default_factory=PERIODS.empty)
    report: ImportReport | None = None

    def write(self, folder: str | Path, *, overwrite: bool = False) -> Path:
        """Write the run as a folder that `read_run` reads.

        Raises OptionError if the folder holds another run (unless `overwrite`) or anything else.
        """
        with open_folder(folder) as opened:
            opened.refuse_another(self.provenance, overwrite=overwrite)
            opened.finish(self, opened.card or {})
        return Path(folder)


def read_run(folder: str | Path) -> Run:
    """The finished run in a folder.

    Raises NotFoundError if there is none, and OptionError if it is unfinished: the command that
    began it, given again, resumes it.
    """
    path = Path(folder)
    card = _read_card(path)
    if card is None:
        what = "no such folder" if not path.is_dir() else f"holds no run (no {CARD})"
        raise NotFoundError(
            f"{path}: {what}. Make one with: biasbench run CORPUS --system NAME -o {path}"
        )
    if card["status"] != "done":
        n_heard = len({heard.utterance_id for heard in _read_journal(path / JOURNAL)})
        raise OptionError(
            f"{path}: the run is unfinished: {n_heard} of {card['n_utterances']} utterances. "
            "The command that began it, given again, resumes it"
        )
    transcripts, _ = read_table(path / TRANSCRIPTS_FILE)
    scores, _ = read_table(path / SCORES_FILE)
    return Run(
        TRANSCRIPTS.check(transcripts, source=str(path / TRANSCRIPTS_FILE)),
        SCORES.check(scores, source=str(path / SCORES_FILE)),
        Provenance.from_dict(card["provenance"]),
        # A run from before there were events has none.
        _read_if_there(path / EVENTS_FILE, EVENTS),
        _read_if_there(path / UTTERANCES_FILE, SAID),
        _read_if_there(path / CALLS_FILE, CALLS),
        _read_if_there(path / PERIODS_FILE, PERIODS),
        _read_report(path / REPORT_FILE),
    )


def _read_if_there(path: Path, table: Table) -> pd.DataFrame:
    if not path.is_file():
        return table.empty()
    frame, _ = read_table(path)
    return table.check(frame, source=str(path))


def _read_report(path: Path) -> ImportReport | None:
    if not path.is_file():
        return None
    return ImportReport.from_dict(json.loads(path.read_text(encoding="utf-8")))


@contextmanager
def open_folder(folder: str | Path) -> Iterator[RunFolder]:
    """The run folder, made if need be, held against other processes while the block runs.

    Raises OptionError if it holds anything that is not a run, or is in use.
    """
    path = Path(folder)
    if path.exists() and not path.is_dir():
        raise OptionError(f"{path}: is a file, not a folder. Name another folder for the run")
    if path.is_dir() and not (path / CARD).is_file():
        strangers = sorted(entry.name for entry in path.iterdir() if not _is_leftover(entry.name))
        if strangers:
            raise OptionError(
                f"{path}: holds '{strangers[0]}' and no run; it is left alone. Name a new or "
                "empty folder for the run"
            )
    path.mkdir(parents=True, exist_ok=True)
    with locked(path / LOCK):
        for entry in list(path.iterdir()):
            if entry.name.startswith(_TEMPORARY):
                entry.unlink()  # half a file that a kill left behind
        opened = RunFolder(path)
        try:
            yield opened
        finally:
            opened.close()


class RunFolder:
    """A run folder held by this process; `card` is run.json as it stands, None if there is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.card = _read_card(path)
        self._journal: TextIO | None = None

    @property
    def is_done(self) -> bool:
        """Whether a finished run lies here."""
        return self.card is not None and self.card["status"] == "done"

    def refuse_another(self, provenance: Provenance, *, overwrite: bool) -> None:
        """Raise OptionError if the folder holds a run that is not this one, by `identity`.

        With `overwrite` the run that lies here is forgotten.
        """
        if self.card is None:
            return
        if overwrite:
            # The journal first: rows of the old run must never be found beside the new card.
            (self.path / JOURNAL).unlink(missing_ok=True)
            self.card = None
            return
        different = differences(provenance, Provenance.from_dict(self.card["provenance"]))
        if different:
            raise OptionError(
                f"{self.path}: holds another run: {'; '.join(different)}. Name another folder, "
                "or replace it with overwrite=True (--overwrite)"
            )

    def journal(self) -> list[Heard]:
        """The finished utterances of an unfinished run, the last row of each."""
        return _read_journal(self.path / JOURNAL)

    def begin(self, card: dict[str, Any], kept: Sequence[Heard]) -> None:
        """Start or resume with the rows that are kept; `append` adds to them."""
        running = {**card, "status": "running"}
        if self.card is None:
            self._write_card(running)  # first: a folder without a card is somebody else's
        # Written whole: this drops a torn last line and rows that are to be heard again.
        lines = "".join(f"{heard.to_line()}\n" for heard in kept)
        write_text(self.path / JOURNAL, lines)
        self._write_card(running)
        self._journal = (self.path / JOURNAL).open("a", encoding="utf-8", newline="\n")

    def append(self, heard: Heard) -> None:
        """Add one finished utterance; it survives a kill of this process from here on."""
        assert self._journal is not None, "begin() comes first"
        self._journal.write(f"{heard.to_line()}\n")
        self._journal.flush()

    def finish(self, run: Run, card: dict[str, Any]) -> None:
        """Write the tables whole, then the card, then remove the journal: in this order."""
        write_table(run.transcripts, self.path / TRANSCRIPTS_FILE, provenance=run.provenance)
        write_table(run.scores, self.path / SCORES_FILE, provenance=run.provenance)
        write_table(run.events, self.path / EVENTS_FILE, provenance=run.provenance)
        self._write_import(run)
        self._write_card(
            {
                "n_utterances": int(run.transcripts["utterance_id"].nunique()),
                **card,
                "status": "done",
                "counts": _counts(run),
                "provenance": run.provenance.to_dict(),
            }
        )
        self.close()
        (self.path / JOURNAL).unlink(missing_ok=True)

    def _write_import(self, run: Run) -> None:
        for name, table in zip(_OF_IMPORTS, (run.utterances, run.calls, run.periods), strict=True):
            if len(table):
                write_table(table, self.path / name, provenance=run.provenance)
            else:  # of the run that lay here before
                (self.path / name).unlink(missing_ok=True)
        if run.report is None:
            (self.path / REPORT_FILE).unlink(missing_ok=True)
        else:
            text = json.dumps(run.report.to_dict(), ensure_ascii=False, indent=1)
            write_text(self.path / REPORT_FILE, text)

    def close(self) -> None:
        """Close the journal, if it is open."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    def _write_card(self, card: dict[str, Any]) -> None:
        self.card = {"format": FORMAT, **card}
        write_text(self.path / CARD, json.dumps(self.card, ensure_ascii=False, indent=1))


def _read_card(path: Path) -> dict[str, Any] | None:
    try:
        text = (path / CARD).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        card = json.loads(text)
        readable = isinstance(card, dict) and {"format", "status", "provenance"} <= card.keys()
    except json.JSONDecodeError:
        readable = False
    if not readable:
        raise TableError(f"{path / CARD}: was not written by biasbench; the folder is left alone")
    if card["format"] > FORMAT:
        raise TableError(
            f"{path / CARD}: has format {card['format']}, made by a newer biasbench; this one "
            f"reads up to {FORMAT}. Upgrade biasbench"
        )
    return dict(card)


def _read_journal(path: Path) -> list[Heard]:
    if not path.is_file():
        return []
    # Bytes, split at newlines only: a kill may have torn the last line inside a character.
    lines = path.read_bytes().split(b"\n")
    rows: dict[str, Heard] = {}
    for number, line in enumerate(lines[:-1], start=1):
        try:
            heard = Heard.from_line(line.decode("utf-8"))
        except (ValueError, KeyError, TypeError) as error:
            raise TableError(
                f"{path}: line {number} is damaged, which a kill cannot do: was the file edited? "
                "Start again with overwrite=True (--overwrite)"
            ) from error
        rows[heard.utterance_id] = heard
    return list(rows.values())


def _counts(run: Run) -> dict[str, int]:
    counts = {
        str(status): int(count)
        for status, count in run.transcripts["status"].value_counts().items()
    }
    scores = {
        f"scores {status}": int(count)
        for status, count in run.scores["status"].value_counts().items()
    }
    events = {
        f"events {kind}": int(count) for kind, count in run.events["kind"].value_counts().items()
    }
    return counts | scores | events


def _is_leftover(name: str) -> bool:
    """Whether a kill before the first run.json can have left a file of this name."""
    return name == LOCK or name.startswith(f".{CARD}.")
