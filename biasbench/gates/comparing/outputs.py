"""What a comparison may be written as, an ending each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from biasbench.errors import OptionError
from biasbench.gates.comparing.comparison import ModelComparison
from biasbench.gates.lines import nobody_spoke, one_line
from biasbench.report.document import Document, Listing, Paragraph, Section
from biasbench.report.renderers import md
from biasbench.report.terminal import aligned
from biasbench.tables import write_bytes, write_table, write_text


def check_outputs(paths: Sequence[str | Path]) -> None:
    """Raise OptionError where one of the files cannot be meant, before anything is written."""
    for path in map(Path, paths):
        if path.suffix.lower() not in _WRITERS:
            raise OptionError(
                f"{path}: unknown ending '{path.suffix}'. Known: {', '.join(_WRITERS)}"
            )
        if path.is_dir():
            raise OptionError(f"{path}: is a folder; give the name of a file")


def write(found: ModelComparison, paths: Sequence[str | Path]) -> list[Path]:
    """Write it as each ending says; raises OptionError for a file that cannot be written."""
    check_outputs(paths)
    try:
        return [_WRITERS[path.suffix.lower()](found, path) for path in map(Path, paths)]
    except OSError as error:
        raise OptionError(f"{error.filename}: cannot be written: {error.strerror}") from error


def lines_of(found: ModelComparison) -> list[str]:
    """The three tables and what is needed to read them, as aligned text."""
    lines = [text for said in nobody_spoke(found.synthetic) for text in (said, "")]
    for table in found.tables():
        lines += [table.caption, *aligned(table), *table.notes, ""]
    remarks = found.remarks()
    return [*lines, *remarks, *([""] if remarks else []), one_line(found.signature)]


def document_of(found: ModelComparison) -> Document:
    """The same as a document, for the report's own renderers."""
    remarks = tuple(found.remarks())
    blocks = (
        *map(Paragraph, nobody_spoke(found.synthetic)),
        Paragraph("In the order given; nothing is ranked."),
        *found.tables(),
        *((Listing(remarks),) if remarks else ()),
    )
    return Document(
        title="Models side by side",
        kicker="",
        lang="en",
        sections=(Section("models", "", "", blocks),),
        footer=(found.signature,),
    )


def _plot(found: ModelComparison, path: Path) -> Path:
    from biasbench.gates.comparing.plot import plot_bytes

    return write_bytes(path, plot_bytes(found, path.suffix.lower()))


_WRITERS: Mapping[str, Callable[[ModelComparison, Path], Path]] = {
    ".csv": lambda found, path: write_table(found.table, path),
    ".json": lambda found, path: write_text(path, found.to_json()),
    ".md": lambda found, path: md.render(document_of(found), path),
    ".txt": lambda found, path: write_text(path, "\n".join(found.lines()) + "\n"),
    ".svg": _plot,
    ".png": _plot,
    ".pdf": _plot,
}
