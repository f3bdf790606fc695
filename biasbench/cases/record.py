"""The record of a case: what became known, was asked, answered or said while it was worked on.

A TOML file that grows, beside a plan that does not:

    biasbench_record = 1
    results_opened = 2026-03-02T09:30:00Z  # the first look at a result, if before this tool's own
    versions = ["5.1", "5.2"]              # of the system, as displayed in the period

    [[source]]                             # where files come from
    files = "runs/export"                  # the inputs it is about, or "all"
    origin = "TP Interact, export screen 'Scores', CSV"
    how = "employer export"                # see HOW
    by = "A. Martin"
    on = 2026-02-27
    basis = "expert's mission, L. 2315-94"
    verified = true                        # false: its origin could not be checked
    licence = ""
    transfers = ["2026-02-27, HR to A. Martin, USB key, fingerprint checked"]

    [references]                           # human transcripts and ratings
    guideline = "transcription guide v2"
    annotators = "two people, both grew up with the variety"
    paid = "hourly wage of the expert's firm"
    country = "France"
    blind_to_group = true
    blind_to_machine = true
    double_coded = 0.2                     # share coded twice
    adjudication = "third person"
    measure = "Krippendorff's alpha"
    agreement = { "Maghreb" = 0.81, "Antilles" = 0.79 }

    [[request]]                            # documents asked for
    document = "scale"                     # see DOCUMENTS, or a text of one's own
    asked = 2026-02-01
    received = 2026-02-20                  # or refused = …, or neither
    answer = "history since 2024 only"

    [[exchange]]                           # the other side
    party = "the employer"
    sent = 2026-04-01                      # the draft and its data
    comment = "…"                          # verbatim
    reply = "…"
    plan = "plan_B.toml"                   # the analysis that it asks for, beside this file

    [[run]]                                # a second run on another machine
    machine = "second laptop, Windows"
    on = 2026-03-05
    differences = 0
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal, cast, get_args

from biasbench.errors import OptionError
from biasbench.tables.toml_parts import Part, read_toml

_FORM = 1

How = Literal[
    "employer export",
    "access request",
    "volunteer recording",
    "public corpus",
    "court order",
    "commissaire de justice",
    "own measurement",
    "unknown",
]
HOW = get_args(How)

#: Documents that such a case asks for (docs/report.md §M), by the names used in a record.
DOCUMENTS = (
    "impact assessment",
    "processing record",
    "instructions for use",
    "scores and prompts",
    "scale",
    "call selection",
    "versions",
    "overrides",
    "listening grids",
    "uses",
    "notices",
    "person-level scores",
    "us information request",
)


@dataclass(frozen=True)
class Source:
    """Where files come from, how and by whom they were obtained, and whether that was checked."""

    files: str
    origin: str
    how: How
    by: str = ""
    on: str = ""
    basis: str = ""
    licence: str = ""
    verified: bool = True
    transfers: tuple[str, ...] = ()


@dataclass(frozen=True)
class References:
    """Who wrote the human transcripts and ratings, how, and how far they agree by group."""

    guideline: str = ""
    annotators: str = ""
    paid: str = ""
    country: str = ""
    adjudication: str = ""
    measure: str = ""
    blind_to_group: bool | None = None
    blind_to_machine: bool | None = None
    double_coded: float | None = None
    agreement: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """A document asked for; dates are ISO, empty where it did not happen."""

    document: str
    asked: str
    received: str = ""
    refused: str = ""
    answer: str = ""


@dataclass(frozen=True)
class Exchange:
    """What was sent to another party, what it said, word for word, and the reply."""

    party: str
    sent: str
    comment: str = ""
    reply: str = ""
    plan: str = ""


@dataclass(frozen=True)
class SecondRun:
    """The same inputs run on another machine."""

    machine: str
    on: str
    differences: int


@dataclass(frozen=True)
class Record:
    """All of it; the empty record says nothing was asked, sent or declared."""

    results_opened: str = ""
    versions: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    references: References = field(default_factory=References)
    requests: tuple[Request, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    runs: tuple[SecondRun, ...] = ()
    content: bytes = b""

    @property
    def contradictory(self) -> Exchange | None:
        """The first exchange in which a draft was sent to the other side."""
        return next((one for one in self.exchanges if one.sent), None)

    @property
    def n_unverified(self) -> int:
        """Sources whose origin could not be checked, or is not known."""
        return sum(not one.verified or one.how == "unknown" for one in self.sources)


def read_record(path: str | Path) -> Record:
    """The record in a TOML file (module docstring), or what is wrong with it in one line.

    Raises NotFoundError for a missing file, and OptionError with file, key, value and what to do.
    """
    written = read_toml(path)
    written.known(
        (
            "biasbench_record", "results_opened", "versions", "source", "references", "request",
            "exchange", "run",
        )
    )  # fmt: skip
    if written.content.get("biasbench_record") != _FORM:
        raise OptionError(
            f"{written.source}: is not a record of form {_FORM}: write biasbench_record = {_FORM} "
            "on its first line"
        )
    return Record(
        results_opened=_time(written, "results_opened"),
        versions=written.texts("versions"),
        sources=tuple(_source(part) for part in written.parts("source")),
        references=_references(written.part("references")),
        requests=tuple(_request(part) for part in written.parts("request")),
        exchanges=tuple(_exchange(part) for part in written.parts("exchange")),
        runs=tuple(_run(part) for part in written.parts("run")),
        content=Path(path).read_bytes(),
    )


def _source(part: Part) -> Source:
    texts = ("files", "origin", "by", "basis", "licence")
    part.known((*texts, "how", "on", "verified", "transfers"))
    return Source(
        files=part.text("files", 'name the inputs it is about, or write "all"'),
        origin=part.text("origin", "write where they come from: system, screen, kind of file"),
        how=cast(How, part.one_of("how", HOW)),
        by=part.said("by"),
        on=_date(part, "on"),
        basis=part.said("basis"),
        licence=part.said("licence"),
        verified=part.flag("verified", True),
        transfers=part.texts("transfers"),
    )


def _references(part: Part) -> References:
    texts = ("guideline", "annotators", "paid", "country", "adjudication", "measure")
    part.known((*texts, "blind_to_group", "blind_to_machine", "double_coded", "agreement"))
    agreement = part.part("agreement")
    known = {str(group): agreement.needed(str(group), "a number") for group in agreement.content}
    double = part.number("double_coded")
    if double is not None and not 0 <= double <= 1:
        raise part.wrong("double_coded", "write a share between 0 and 1: 20 % is 0.2")
    return References(
        **{name: part.said(name) for name in texts},
        blind_to_group=_maybe(part, "blind_to_group"),
        blind_to_machine=_maybe(part, "blind_to_machine"),
        double_coded=double,
        agreement=known,
    )


def _request(part: Part) -> Request:
    part.known(("document", "asked", "received", "refused", "answer"))
    if "received" in part.content and "refused" in part.content:
        raise OptionError(f"{part.place}: received and refused: keep the one that happened")
    return Request(
        document=part.text("document", f"write a text of your own or one of {list(DOCUMENTS)}"),
        asked=_date(part, "asked", needed=True),
        received=_date(part, "received"),
        refused=_date(part, "refused"),
        answer=part.said("answer"),
    )


def _exchange(part: Part) -> Exchange:
    part.known(("party", "sent", "comment", "reply", "plan"))
    plan = part.said("plan")
    if Path(plan).name != plan:
        raise part.wrong("plan", "put the file beside the record and write its name alone")
    return Exchange(
        party=part.text("party", "write who it is: the employer, the vendor"),
        sent=_date(part, "sent", needed=True),
        comment=part.said("comment"),
        reply=part.said("reply"),
        plan=plan,
    )


def _run(part: Part) -> SecondRun:
    part.known(("machine", "on", "differences"))
    return SecondRun(
        machine=part.text("machine", "write which machine it was"),
        on=_date(part, "on", needed=True),
        differences=part.count("differences", 0),
    )


def _maybe(part: Part, key: str) -> bool | None:
    return part.flag(key, False) if key in part.content else None


def _date(part: Part, key: str, *, needed: bool = False) -> str:
    value = part.content.get(key)
    if value is None and not needed:
        return ""
    if isinstance(value, datetime) or not isinstance(value, date):
        if value is None:
            raise OptionError(f"{part.place}: {key} is missing: write a date, as in 2026-03-01")
        raise part.wrong(key, "write a date without quotes, as in 2026-03-01")
    return value.isoformat()


def _time(part: Part, key: str) -> str:
    value = part.content.get(key)
    if value is None:
        return ""
    if not isinstance(value, datetime):
        raise part.wrong(key, "write a time without quotes, as in 2026-03-02T09:30:00Z")
    at = value if value.tzinfo else value.replace(tzinfo=UTC)
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
