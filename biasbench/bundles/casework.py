"""A case carried out and written down: inputs, findings, reports, and the manifest over all.

    case/  plan.toml, plan.seal.json, record.toml, case.json, inputs/     what it is computed from
           findings.json, findings.fr.json …                             what was found
           report.fr.html, report.fr.pdf, summary.fr.pdf …               what is read
           manifest.json                                                 what it is held to

Everything is computed from what was written, read back: whoever has the folder has the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pandas as pd

from biasbench import registry
from biasbench.bundles.custody_record import custody_record
from biasbench.cases import Case, examine, gather
from biasbench.cases.folder import (
    CARD,
    INPUTS,
    check_place,
    first_opened,
    read_inputs,
    write_inputs,
)
from biasbench.cases.inputs import Inputs
from biasbench.cases.preparation import people_of, prepare
from biasbench.cases.record import Record
from biasbench.custody import merkle_root, sha256_of_file, write_manifest
from biasbench.custody.manifest import leaf_of
from biasbench.custody.names import REQUEST, TOKEN
from biasbench.errors import NotFoundError, OptionError
from biasbench.measures import Measures
from biasbench.plans import Plan
from biasbench.report import renderer_of
from biasbench.report.context import Context
from biasbench.report.numbers import Lang
from biasbench.report.privacy.releases import Differenced, ReleaseLog, people_of_blocks
from biasbench.report.sections import document
from biasbench.report.summary import summary as page
from biasbench.report.wording import LANGUAGES, check_language

if TYPE_CHECKING:
    from biasbench.corpus import Corpus
    from biasbench.runs import Run

#: What is written by default beside findings.json, by the ending.
FORMATS = ("html", "pdf", "docx", "xlsx")
#: Of these the summary is written too: what is read on paper, and what is edited.
_SUMMARIES = ("pdf", "docx", "html")
_ROOTED = ("plan.toml", "plan.seal.json", "record.toml", CARD)


def examine_case(
    plan: Plan | str | Path,
    output: str | Path,
    *,
    measures: Measures | str | Path | None = None,
    runs: Run | Sequence[Run | str | Path] | str | Path = (),
    corpus: Corpus | None = None,
    human: Run | str | Path | None = None,
    own: pd.DataFrame | str | Path | None = None,
    record: Record | str | Path | None = None,
    langs: Sequence[Lang] = (),
    formats: Sequence[str] = FORMATS,
    log: str | Path | None = None,
    now: Callable[[], datetime] | None = None,
) -> Case:
    """Carry out a plan on what systems put out, and write the whole case into a folder.

    Parameters
    ----------
    plan
        The plan, or its file; sealed before, its sentences may say so.
    output
        A new folder, or that of the same case: the first time that a result could be seen stays.
    measures, runs, corpus, human, own, record
        As to `cases.gather`: a table of measures, or runs with their corpus.
    langs, formats
        Languages of the reports, the plan's if none is given, and endings of files.
    log
        The log of releases (`report.privacy.releases`): what an earlier report would give away by
        subtraction is withheld from this one, and this one is added. A new file begins a log.

    Raises whatever reading and measuring raise; OptionError for an unknown format or language.
    """
    known = registry.names("report.renderers")
    for one in formats:
        if one not in known:
            raise OptionError(f"format '{one}' is none of {', '.join(known)}")
    for lang in langs:
        check_language(lang)
    clock = now or _now
    began = _written(clock())
    inputs = gather(
        plan,
        opened=first_opened(output, began),
        measures=measures,
        runs=runs,
        corpus=corpus,
        human=human,
        own=own,
        record=record,
    )
    with _whole(Path(output)) as folder:
        write_inputs(inputs, folder)
        case = examine(read_inputs(folder))
        if log is not None:
            write_inputs(_held_to(log, case), folder)
            case = replace(case, inputs=read_inputs(folder))
        write_reports(case, folder, langs=langs or (case.inputs.plan.lang,), formats=formats)
        write_manifest(folder, custody_record(case, began=began, ended=_written(clock())))
    if log is not None:
        _add_to(log, case, name=f"{Path(output).name} {began}")
    return case


@contextmanager
def _whole(output: Path) -> Iterator[Path]:
    """A folder beside `output` that takes its place when everything is in it, and not before.

    Raises OptionError where `output` holds something that is no case, or one that was dated.
    """
    check_place(output)
    for name in (REQUEST, TOKEN):
        if (output / name).exists():
            raise OptionError(
                f"{output / name}: the case was dated as it is. Name a new folder for another"
            )
    output.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=output.parent, prefix=f".{output.name}.") as temporary:
        made = Path(temporary) / "case"
        yield made
        if output.is_dir():
            output.rename(Path(temporary) / "old")
        made.rename(output)


def _held_to(log: str | Path, case: Case) -> Inputs:
    """The inputs, with what the log of earlier releases withholds."""
    releases = _read_log(log)
    found = releases.check(_people(case), context_of(case, case.inputs.plan.lang, root="").privacy)
    return replace(
        case.inputs,
        differenced_groups=tuple(sorted(found.groups)),
        differenced_blocks=tuple(sorted(found.blocks)),
    )


def _add_to(log: str | Path, case: Case, *, name: str) -> None:
    privacy = context_of(case, case.inputs.plan.lang, root="").privacy
    by, groups = case.inputs.plan.groups.by, case.evidence.groups
    _read_log(log).add(name, _people(case), privacy, by=by, groups=groups).write(log)


def _read_log(log: str | Path) -> ReleaseLog:
    return ReleaseLog.read(log) if Path(log).exists() else ReleaseLog.start()


def _people(case: Case) -> dict[tuple[str, str], dict[str, dict[str, str]]]:
    """Who is in each group, under the names of the inputs: a case's own numbers start anew."""
    names = {name: name for name in people_of(case.inputs.measures.table)}
    table = prepare(case.inputs.measures, case.inputs.plan, names).measures.table
    return people_of_blocks(table, case.inputs.plan.groups.by)


def write_reports(
    case: Case, folder: Path, *, langs: Sequence[Lang], formats: Sequence[str]
) -> list[Path]:
    """findings.json and the reports of a case; those of another time go first."""
    for old in [
        *folder.glob("report.*"),
        *folder.glob("summary.*"),
        *folder.glob("findings*.json"),
    ]:
        old.unlink()
    root = root_of(folder)
    written = []
    for lang in dict.fromkeys(langs):
        context = context_of(case, lang, root=root)
        whole, one_page = document(context), page(context)
        name = "findings.json" if lang == case.inputs.plan.lang else f"findings.{lang}.json"
        written.append(registry.find("report.renderers", "json").render(whole, folder / name))
        for ending in formats:
            leaf = registry.find("report.renderers", ending)
            written.append(leaf.render(whole, folder / f"report.{lang}.{ending}"))
            if ending in _SUMMARIES:
                written.append(leaf.render(one_page, folder / f"summary.{lang}.{ending}"))
    return written


def report_case(
    folder: str | Path, path: str | Path, *, lang: Lang = "en", summary: bool = False
) -> Path:
    """Write one more report of a case, or its summary; the ending of `path` chooses the format.

    Raises NotFoundError where there is no case, and OptionError for an unknown ending.
    """
    check_language(lang)
    folder, path = Path(folder), Path(path)
    renderer = renderer_of(path)
    case = examine(read_inputs(folder))
    context = context_of(case, lang, root=root_of(folder))
    written: Path = renderer.render(page(context) if summary else document(context), path)
    return written


def context_of(case: Case, lang: Lang, *, root: str) -> Context:
    """What the report of a case looks at. No recording stands in it: a case holds none."""
    return Context(
        case.evidence,
        lang,
        corpus=case.inputs.corpus,
        runs=case.inputs.runs,
        case=case,
        root=root,
        differenced=Differenced(
            frozenset(case.inputs.differenced_groups), frozenset(case.inputs.differenced_blocks)
        ),
    )


def root_of(folder: Path) -> str:
    """The Merkle root over what a case is computed from, as covers and feet of pages print it.

    Reports cannot hold their own digest; manifest.json, which has another root, covers them too.
    """
    files = [folder / name for name in _ROOTED if (folder / name).is_file()]
    files += [path for path in (folder / INPUTS).rglob("*") if path.is_file()]
    files += [path for path in folder.glob("*.toml") if path.name not in _ROOTED]
    leaves = {path.relative_to(folder).as_posix(): sha256_of_file(path) for path in files}
    if not leaves:
        raise NotFoundError(f"{folder}: holds no case")
    return merkle_root([leaf_of(name, digest) for name, digest in sorted(leaves.items())])


def languages_of(folder: Path) -> list[Lang]:
    """The languages that a case's reports were written in."""
    return [lang for lang in LANGUAGES if any(folder.glob(f"report.{lang}.*"))]


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _now() -> datetime:
    return datetime.now(UTC)
