"""What an export says of calls, before it becomes tables: the types that its readers speak in.

A file in `systems/vendors/` translates one format. It has

    FORMAT: Format                      what it is, what it can and cannot say
    recognises(file: ExportFile) -> bool
    read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]
    part_of(name: str) -> str           only where several files make one export

and nothing else: opening archives, joining people, names for rows, tables and the import report
are the business of `runs`. A reader gives what the export holds and no more. Times are seconds
from the start of the call; a role is given only where the format itself defines the word; what is
absent is None or a Score without a value and with a reason, never 0. A document that is not as
documented may raise KeyError, TypeError, ValueError or IndexError: it is reported as one line that
names the file; what can be said better is said as TableError.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple, Protocol

from biasbench.errors import TableError
from biasbench.systems import Event, Modality, Score, Tier, Word

Status = Literal["documented", "partly documented", "by mapping"]
Unit = Literal["call", "person-day", "person-week", "person-month"]
Gift = Literal[
    "utterances",
    "start times",
    "end times",
    "words",
    "word times",
    "word confidences",
    "roles",
    "agents",
    "call start",
    "language",
    "silence",
    "overtalk",
    "categories",
    "prompts",
    "scores",
    "evaluations",
    "selection",
    "work time",
]

AGENT, CUSTOMER, OTHER = "agent", "customer", "other"
ROLES = (AGENT, CUSTOMER, OTHER)


class Remark(NamedTuple):
    """One sentence without its full stop, in both languages."""

    en: str
    fr: str


@dataclass(frozen=True)
class Format:
    """What a format is. What it `gives` is what a complete export of it can hold.

    `status`: fields documented in public, in part, or known by a mapping only. `tier` is T1 only
    where files of this kind come out of a system in use and nowhere else. `has_negative_times`:
    documented to put some utterances before the start. `assumes` are the
    assumptions about every file of it (units, headings that were never seen); `source` says where
    it is documented.
    """

    title: str
    status: Status
    gives: tuple[Gift, ...]
    source: str
    modality: Modality = "text"
    tier: Tier = "T3"
    infers_emotion: bool = False
    has_negative_times: bool = False
    assumes: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class ExportFile:
    """One file of an export, unpacked; `name` is its path in what was given, with '/'.

    `skipped` gathers the lines of JSON that could not be read and were left out because the user
    allows that; None where any such line is an error.
    """

    name: str
    content: bytes
    skipped: list[str] | None = None

    @property
    def base(self) -> str:
        """The file's own name without folder and ending.

        >>> ExportFile("2026/call-1.json", b"").base
        'call-1'
        """
        return self.name.rsplit("/", 1)[-1].split(".", 1)[0]

    @property
    def ending(self) -> str:
        """The ending in small letters, with its dot: '.json'; '' if there is none."""
        last = self.name.rsplit("/", 1)[-1].lower()
        return f".{last.rsplit('.', 1)[1]}" if "." in last else ""

    @cached_property
    def text(self) -> str:
        """The content as UTF-8 text, without a byte-order mark; TableError if it is not UTF-8."""
        try:
            return self.content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = self.content[: error.start].count(b"\n") + 1
            byte = self.content[error.start]
            raise TableError(
                f"{self.name}: line {line}: byte 0x{byte:02x} is not UTF-8 text. Save it as UTF-8"
            ) from error

    @cached_property
    def json(self) -> Any:  # noqa: ANN401 - any JSON value
        """The content as one JSON value; TableError with line and column if it is not one."""
        try:
            return json.loads(self.text)
        except json.JSONDecodeError as error:
            raise TableError(
                f"{self.name}: line {error.lineno}, column {error.colno}: is not JSON: {error.msg}"
            ) from error
        except RecursionError as error:
            raise TableError(f"{self.name}: its JSON is nested too deeply to be a call") from error

    @cached_property
    def json_lines(self) -> tuple[tuple[int, Any], ...]:
        """Line number and value of each line that is not blank; TableError names the line."""
        found = []
        for number, line in enumerate(self.text.split("\n"), start=1):
            if not line.strip():
                continue
            try:
                found.append((number, json.loads(line)))
            except (json.JSONDecodeError, RecursionError) as error:
                problem = f"{self.name}: line {number}: is not JSON: nested too deeply"
                if isinstance(error, json.JSONDecodeError):
                    place = f"line {number}, column {error.colno}"
                    problem = f"{self.name}: {place}: is not JSON: {error.msg}"
                if self.skipped is None:
                    raise TableError(problem) from error
                self.skipped.append(problem)
        return tuple(found)

    @cached_property
    def json_object(self) -> Mapping[str, Any] | None:
        """The content if it is one JSON object, else None: for `recognises`, raises nothing."""
        if not self.content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            return None
        try:
            value = self.json
        except TableError:
            return None
        return value if isinstance(value, dict) else None


@dataclass(frozen=True, slots=True)
class Said:
    """One utterance as the export has it.

    `text` is the lexical form where there are several; None where somebody spoke and the text is
    not given. `speaker` is the export's own name for who
    spoke ('ch_0', 'spk_1', 'AGENT'); None where it names nobody. `confidence` is the recogniser's,
    in 0 to 1. `raw` keeps what is not interpreted, without names of people. `agent` is the export's
    id of the agent who spoke, where a call has several; None for the call's own.
    """

    text: str | None
    start: float | None = None
    end: float | None = None
    speaker: str | None = None
    role: str | None = None
    words: tuple[Word, ...] = ()
    confidence: float | None = None
    scores: tuple[Score, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict)
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class ToldCall:
    """One call, or one person's day, week or month, as one part of an export tells it.

    Several parts may tell of the same call_id (a transcript here, an evaluation there): they are
    joined. `call_id` None: the format names no call, and the file's name stands for it. `agent` is
    the export's id of the worker; in a period it must be there. `started` is ISO 8601, or for a
    period its first day. `facts` are further columns of the call: selection_source, listened (1,
    0), direction, site, ...; values are text or numbers.
    """

    call_id: str | None
    said: tuple[Said, ...] = ()
    scores: tuple[Score, ...] = ()
    events: tuple[Event, ...] = ()
    agent: str | None = None
    started: str | None = None
    seconds: float | None = None
    language: str | None = None
    facts: Mapping[str, str | float | None] = field(default_factory=dict)
    unit: Unit = "call"


class Notes:
    """What a reader noticed, gathered for the import report."""

    def __init__(self) -> None:
        self.counts: Counter[Remark] = Counter()
        self.versions: Counter[str] = Counter()

    def count(self, remark: Remark, number: int = 1) -> None:
        """Something that happened `number` times more: cues dropped, words without a time."""
        if number:
            self.counts[remark] += number

    def saw_version(self, version: str) -> None:
        """A version that a file says it is written in, or by."""
        self.versions[version] += 1

    def add(self, other: Notes) -> None:
        """What was noticed of a further file."""
        self.counts.update(other.counts)
        self.versions.update(other.versions)


class ExportReader(Protocol):
    """A module of `systems/vendors/`."""

    FORMAT: Format

    def recognises(self, file: ExportFile) -> bool:
        """Whether the content, not the name, is that of this format and of no other."""

    def read(self, files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
        """The calls that these files tell of."""
