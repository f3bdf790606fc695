"""What sections say, for tests: texts of blocks, and a case under another plan or record."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from biasbench.cases import examine, gather
from biasbench.cases.record import read_record
from biasbench.plans import read_plan, seal_plan
from biasbench.report.context import Context
from biasbench.report.document import (
    Claim,
    Facts,
    Listing,
    Paragraph,
    Quote,
    Signatures,
    Subheading,
    Table,
)
from tests.report.planned import OPENED, PLAN, RECORD, case, context, world, write_case_files


def texts_of(blocks):
    """Every text of these blocks, in order."""
    for block in blocks:
        if isinstance(block, Paragraph | Subheading):
            yield block.text
        elif isinstance(block, Claim):
            yield from (block.about, block.verdict, block.text)
        elif isinstance(block, Listing):
            yield from block.items
        elif isinstance(block, Facts | Signatures):
            yield from (text for row in (getattr(block, "rows", ()) or block.lines) for text in row)
        elif isinstance(block, Quote):
            yield from (block.source, block.text)
        elif isinstance(block, Table):
            yield from (block.caption, *block.heads, *block.notes)
            yield from (cell.text for row in block.rows for cell in row)


def said(blocks):
    """The same as one string."""
    return "\n".join(texts_of(blocks))


def rows_of(blocks, place=0):
    """The texts of the rows of a table."""
    table = [block for block in blocks if isinstance(block, Table)][place]
    return [tuple(cell.text for cell in row) for row in table.rows]


def under(lang, *, plan=PLAN, record=RECORD, sealed=("2026-02-10",)):
    """The planted case as if its plan had said so: nothing is computed again."""
    made = case()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "plan.toml"
        for number, day in enumerate(sealed):
            path.write_text(plan + "\n" * number, encoding="utf-8")
            at = datetime.fromisoformat(day).replace(tzinfo=UTC)
            seal = seal_plan(path, reason="typing error" if number else "", now=lambda at=at: at)
        path.write_text(plan + "\n" * (len(sealed) - 1), encoding="utf-8")
        written = Path(folder) / "record.toml"
        written.write_text(record, encoding="utf-8")
        values = {"plan": read_plan(path), "record": read_record(written)}
    inputs = replace(made.inputs, **values, seal=seal if sealed else None)
    return replace(context(lang), case=replace(made, inputs=inputs))


def examined(plan, lang="en"):
    """The planted case computed under another plan."""
    corpus, heard, automatic, human = world((30, 30))
    with TemporaryDirectory() as folder:
        path = write_case_files(Path(folder), plan=plan)
        inputs = gather(
            path, opened=OPENED, runs=[heard, automatic], corpus=corpus, human=human,
            record=Path(folder) / "record.toml",
        )  # fmt: skip
        made = examine(inputs)
    return Context(made.evidence, lang, corpus=corpus, runs=inputs.runs, case=made, root="ab" * 32)
