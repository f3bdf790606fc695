"""The report: what the evidence says in sentences, tables and figures, in French or English.

wording      every sentence that claims something, and what is never said
claims       a finding as text: measure, verdict, interval, caveats, in one string
privacy      which small groups are left out, and which with them
sections     the sections in order, as a document without a format
renderers/   ◦ one file a format: render(document, path)
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from biasbench.report.wording import verdict_word

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from biasbench.consequences.chain import Chain
    from biasbench.corpus import Corpus
    from biasbench.evidence import Evidence
    from biasbench.runs import Run

__all__ = ["plot_gaps", "verdict_word", "write_groups", "write_report"]


def write_report(
    evidence: Evidence,
    path: str | Path,
    *,
    lang: Literal["fr", "en"] = "en",
    corpus: Corpus | None = None,
    run: Run | Sequence[Run] | None = None,
    title: str | None = None,
    chain: Chain | None = None,
    summary: bool = False,
) -> Path:
    """Write the report of some evidence; the ending of `path` chooses the format.

    `.html` is one self-contained file; `.pdf` and `.docx` have pages; `.xlsx` and `.csv` are for a
    spreadsheet of that language, `.md` and `.tex` for other documents, `.json` for machines.
    `summary` writes one page instead, for who will not read forty.

    `corpus` and `run` add what the system did with every group's recordings and, for synthetic
    speech or a restricted audience, a few utterances word against word. `chain` adds the section
    from score to pay. The same evidence gives the same bytes.

    Raises OptionError for an unknown ending or language, and WordingError for a title that
    says what a report never says.
    """
    from biasbench.report.context import Context
    from biasbench.report.sections import document
    from biasbench.report.wording import check_language

    check_language(lang)
    path = Path(path)
    renderer = renderer_of(path)
    runs = () if run is None else tuple(run) if isinstance(run, Sequence) else (run,)
    context = Context(evidence, lang, corpus=corpus, runs=runs, title=title, chain=chain)
    if summary:
        from biasbench.report.summary import summary as page

        one_page: Path = renderer.render(page(context), path)
        return one_page
    written: Path = renderer.render(document(context), path)
    return written


def write_groups(evidence: Evidence, path: str | Path, *, lang: Literal["fr", "en"] = "en") -> Path:
    """Write the table of groups as CSV: each group's value alone, small groups withheld.

    Raises OptionError for a name that does not end in .csv, or an unknown language.
    """
    from biasbench.errors import OptionError
    from biasbench.report.context import Context
    from biasbench.report.renderers.csv import write_sheet
    from biasbench.report.sheets import groups_sheet
    from biasbench.report.wording import check_language

    check_language(lang)
    path = Path(path)
    if path.suffix.lower() != ".csv":
        raise OptionError(f"{path}: the table of groups is written as .csv, not '{path.suffix}'")
    return write_sheet(groups_sheet(Context(evidence, lang)), path, lang)


def plot_gaps(
    evidence: Evidence,
    *,
    metric: str | None = None,
    system: str | None = None,
    lang: Literal["fr", "en"] = "en",
) -> Figure:
    """The report's figure of gaps against the other side, as a matplotlib Figure for a notebook.

    `metric` and `system` choose among several; the first by default. Small groups are withheld
    as in the report. Raises NotFoundError for a metric or system that was not assessed.
    """
    from biasbench.errors import not_found
    from biasbench.report.claims import write_finding
    from biasbench.report.context import Context
    from biasbench.report.figures import forest_of
    from biasbench.report.wording import check_language

    check_language(lang)
    context = Context(evidence, lang)
    blocks = context.blocks()
    for what, name, known in (
        ("system", system, {one for one, _ in blocks}),
        ("metric", metric, {one for _, one in blocks}),
    ):
        if name is not None and name not in known:
            raise not_found(f"assessed {what}", name, known)
    chosen = next(
        block for block in blocks if system in (None, block[0]) and metric in (None, block[1])
    )
    rows = context.findings_of(*chosen)
    written = [write_finding(row, context) for row in rows]
    drawn: Figure = forest_of(rows, written, context, name="gaps").draw()
    return drawn


def renderer_of(path: Path) -> Any:  # noqa: ANN401 - a leaf module
    """The leaf that writes files of that ending. Raises OptionError for one that nobody knows."""
    from biasbench import registry
    from biasbench.errors import NotFoundError, OptionError

    try:
        return registry.find("report.renderers", path.suffix.lower().lstrip("."))
    except NotFoundError:
        known = ", ".join(f".{name}" for name in registry.names("report.renderers"))
        raise OptionError(
            f"{path}: no report is written as '{path.suffix}'. Known endings: {known}"
        ) from None
