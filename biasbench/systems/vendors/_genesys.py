"""What the Genesys Cloud readers share: the wrappers of its API, purposes, quality scores.

The same object comes alone, in a JSON array, one a line (JSONL), or in a page of the API under
`entities`, `conversations`, `results` or `items`. A page without anything in it says of no format
what it is, and is recognised by none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from biasbench.errors import TableError
from biasbench.systems import Score
from biasbench.systems.exports import AGENT, CUSTOMER, OTHER, ExportFile, Remark
from biasbench.systems.times import PER_UNIT

Document = Mapping[str, Any]

MS = PER_UNIT["ms"]

#: Milliseconds in a second: dividing whole ones by it gives the decimal itself, without rounding.
IN_SECOND = 1000.0

#: Whom a participant's purpose means. The rest of the API's list (acd, api, botflow, campaign,
#: dialer, fax, group, ivr, manual, station, voicemail, workflow ...) is machinery.
PEOPLE = {"agent": AGENT, "user": AGENT, "customer": CUSTOMER, "external": CUSTOMER}

SEVERAL_AGENTS = Remark(
    "calls in which Genesys names several agents: the call is given to none of them; say in the "
    "file of calls whose it is",
    "appels pour lesquels Genesys nomme plusieurs agents : l’appel n’est attribué à aucun ; "
    "indiquez dans le fichier des appels de qui il relève",
)
RESCORED = Remark(
    "evaluations that were scored again after the first time",
    "évaluations notées à nouveau après la première fois",
)
UNFINISHED = Remark(
    "evaluations that are not finished, withdrawn or under review: their scores are missing",
    "évaluations non terminées, retirées ou en révision : leurs notes sont manquantes",
)
CALIBRATION = Remark(
    "evaluations made to calibrate evaluators, kept with the fact 'calibration'",
    "évaluations faites pour étalonner les évaluateurs, conservées avec la mention « calibration »",
)
ALIKE = Remark(
    "evaluations of a call that has several: their scores carry the name of the form, or a number",
    "évaluations d’un appel qui en a plusieurs : leurs notes portent le nom du formulaire, ou un "
    "numéro",
)

_PAGES = ("entities", "conversations", "results", "items")


def role_of(purpose: str | None) -> str | None:
    """The role that a participant's purpose defines; None where there is no purpose.

    >>> role_of("agent"), role_of("ivr"), role_of(None)
    ('agent', 'other', None)
    """
    return PEOPLE.get(purpose.lower(), OTHER) if purpose else None


def looks_like(file: ExportFile, test: Callable[[Document], bool]) -> bool:
    """Whether the first document of the file passes the test; raises nothing."""
    start = file.content[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"{":
        found: Any = file.json_object
        if found is None:
            found = _first_line(file)
    elif start == b"[":
        try:
            found = file.json
        except (TableError, RecursionError):
            return False
    else:
        return False
    first = next(_unwrapped(found), None)
    try:
        return isinstance(first, dict) and test(first)
    except (AttributeError, KeyError, IndexError, TypeError):
        return False


def documents(file: ExportFile, test: Callable[[Document], bool]) -> Iterator[Document]:
    """Every document of the file; TableError where one of them is not of the file's kind."""
    whole = file.json_object
    if whole is None and not file.content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        found: Iterator[Any] = (each for _, line in file.json_lines for each in _unwrapped(line))
    else:
        found = _unwrapped(file.json if whole is None else whole)
    for number, document in enumerate(found, start=1):
        if not isinstance(document, dict) or not test(document):
            raise TableError(
                f"{file.name}: entry {number}: is not like the first entry of the file. "
                "Put one kind of Genesys document into a file"
            )
        yield document


def _unwrapped(found: object) -> Iterator[Any]:
    """What a page, an array or a single document holds, one after the other."""
    if isinstance(found, list):
        yield from found
        return
    if isinstance(found, dict):
        for key in _PAGES:
            page = found.get(key)
            # An analytics document has participants; its own fields never bear these names.
            if isinstance(page, list):
                yield from page
                return
    yield found


def _first_line(file: ExportFile) -> object:
    """The first line of a JSONL file, or None."""
    line = file.content.lstrip(b"\xef\xbb\xbf \t\r\n").split(b"\n", 1)[0]
    try:
        return json.loads(line)
    except ValueError:
        return None


def milliseconds(length: Document | None) -> float | None:
    """The milliseconds of a duration; None where there is none."""
    if length is None:
        return None
    told: float | None = length.get("milliseconds")
    return told


def names_apart(forms: Sequence[str | None]) -> list[str]:
    """What to add to the names of scores so that several evaluations of a call stay apart.

    >>> names_apart(["QA"]), names_apart(["QA", "Tone"]), names_apart(["QA", "QA"])
    ([''], [': QA', ': Tone'], [': QA (1)', ': QA (2)'])
    """
    if len(forms) == 1:
        return [""]
    labels = [f": {form}" if form else ": form not named" for form in forms]
    ends = []
    for place, label in enumerate(labels):
        if labels.count(label) > 1:
            ends.append(f"{label} ({labels[: place + 1].count(label)})")
        else:
            ends.append(label)
    return ends


def facts_apart(
    told: Sequence[Mapping[str, str | float | None]],
) -> dict[str, str | float | None]:
    """The facts of several evaluations of one call: those of the second end in '_2', and so on."""
    together: dict[str, str | float | None] = {}
    for number, facts in enumerate(told, start=1):
        end = "" if number == 1 else f"_{number}"
        together.update({f"{name}{end}": value for name, value in facts.items()})
    return together


def quality(name: str, value: float | None, reason: str | None, note: str | None) -> Score:
    """A quality score in 0 to 100; without a value it says why."""
    if value is None or reason is not None:
        return Score(
            name,
            None,
            0.0,
            100.0,
            "higher is better",
            reason or "not exported",
            note or "The evaluation holds no such total",
        )
    return Score(name, float(value), 0.0, 100.0, "higher is better")
