"""A plan fixed with a time: its SHA-256, when, and every version of it that there was.

The seal is a file beside the plan (plan.toml → plan.seal.json). It keeps the text of each sealed
version, so that an amendment, its reason and its time can be read by anyone. A seal by one's own
clock shows an order on one's word only; the request for a time stamp (RFC 3161) that is written
with it can be answered by an authority, and its token attached later.

Whether the plan came first is a comparison of two times: of the last seal, and of the first look
at a result (`Opening`), which `cases.examine` notes in the case and the record may declare earlier.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from biasbench.errors import OptionError, TableError
from biasbench.plans.plan import Plan
from biasbench.plans.reading import read_plan
from biasbench.tables import write_text

_FORM = 1

#: Before: the plan was sealed before any result was opened. Everything else is exploratory.
Standing = Literal["before", "after", "unsealed", "none"]


@dataclass(frozen=True)
class Sealed:
    """One sealed version of a plan."""

    sha256: str
    at: str  # ISO 8601, UTC, to the second
    reason: str  # of an amendment; empty for the first
    text: str


@dataclass(frozen=True)
class Seal:
    """Every sealed version, the first first."""

    versions: tuple[Sealed, ...]

    @property
    def last(self) -> Sealed:
        """The version that holds."""
        return self.versions[-1]

    @property
    def hash8(self) -> str:
        """The first eight digits of the fingerprint, as a sentence quotes it."""
        return self.last.sha256[:8]


def seal_path(plan: str | Path) -> Path:
    """Where the seal of a plan is kept.

    >>> seal_path("2026/plan.toml").name
    'plan.seal.json'
    """
    return Path(plan).with_suffix(".seal.json")


def seal_plan(
    path: str | Path,
    *,
    reason: str = "",
    now: Callable[[], datetime] | None = None,
) -> Seal:
    """Seal a plan as it stands, and write the seal beside it; returns the seal.

    Sealing what is sealed already changes nothing. Raises OptionError where a changed plan comes
    without a reason, and whatever `read_plan` raises: only a plan that can be read is sealed.
    """
    plan = read_plan(path)
    digest = hashlib.sha256(plan.content).hexdigest()
    known = read_seal(path)
    if known is not None and known.last.sha256 == digest:
        return known
    if known is not None and not reason.strip():
        raise OptionError(
            f"{path}: was sealed on {known.last.at} and has changed since. Give the reason of the "
            'amendment: --reason "…"; it is printed in the report'
        )
    at = (now or _now)().astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    one = Sealed(digest, at, reason.strip(), plan.content.decode("utf-8"))
    seal = Seal((*(known.versions if known else ()), one))
    write_seal(seal, path)
    return seal


def write_seal(seal: Seal, plan: str | Path) -> Path:
    """Write a seal beside its plan."""
    content = {"biasbench_seal": _FORM, "versions": [asdict(version) for version in seal.versions]}
    return write_text(seal_path(plan), json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def read_seal(plan: str | Path) -> Seal | None:
    """The seal beside a plan, or None. Raises TableError for a file that is no seal of ours."""
    path = seal_path(plan)
    if not path.is_file():
        return None
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if content["biasbench_seal"] != _FORM:
            raise TableError(f"{path}: is a seal of form {content['biasbench_seal']}, not {_FORM}")
        versions = tuple(Sealed(**version) for version in content["versions"])
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise TableError(f"{path}: is not a seal of a plan: {error}") from error
    for version in versions:
        if hashlib.sha256(version.text.encode()).hexdigest() != version.sha256:
            raise TableError(
                f"{path}: the text of the version of {version.at} does not have its fingerprint; "
                "the file was changed"
            )
    if not versions:
        raise TableError(f"{path}: holds no version of the plan")
    return Seal(versions)


def check_unchanged(plan: Plan, seal: Seal) -> None:
    """Raise OptionError if the plan is not the one that was sealed last."""
    if hashlib.sha256(plan.content).hexdigest() != seal.last.sha256:
        raise OptionError(
            f"{plan.source}: has changed since it was sealed on {seal.last.at}. Put the sealed "
            "text back, or seal the amendment: biasbench plan seal "
            f'{plan.source} --reason "…"'
        )


def standing(seal: Seal | None, opened: str) -> Standing:
    """Whether the last seal came before the first look at a result; times are ISO 8601, UTC.

    >>> standing(None, "2026-03-01T10:00:00Z")
    'unsealed'
    """
    if seal is None:
        return "unsealed"
    return "before" if time_of(seal.last.at) < time_of(opened) else "after"


def time_of(text: str) -> datetime:
    """A time as written in a seal or a record; a date alone is its first second, UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _now() -> datetime:
    return datetime.now(UTC)
