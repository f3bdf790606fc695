"""PDF: tagged for a screen reader (PDF/UA-1), A4, the same bytes for the same report.

Typst sets the page from a template and a JSON file, in a folder of their own outside which it
can read nothing. The file holds no script, form or address: its only links go to its own pages.
A summary is set smaller until it fits one page.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from biasbench.errors import MissingExtraError, OptionError
from biasbench.report.document import Document
from biasbench.report.typst.content import content
from biasbench.report.typst.fonts import font_files
from biasbench.tables import write_bytes

#: What type sizes are multiplied by; a summary takes the first at which it fits its page.
SCALES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75)

_TEMPLATE = Path(__file__).parents[1] / "templates" / "report.typ"


def render(document: Document, path: Path) -> Path:
    """Write the document as one PDF file; returns the path."""
    return write_bytes(path, pages(document))


def pages(document: Document) -> bytes:
    """The document as the bytes of one PDF file.

    Raises MissingExtraError without the packages of the extra `pdf`, and OptionError for a
    summary that is too long for one page.
    """
    typst = _typst()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _lay_out(document, folder)
        setting: dict[str, Any] = {
            "root": folder,
            "font_paths": [folder / "fonts"],
            "ignore_system_fonts": True,
            "package_path": folder,  # no package is looked for anywhere else
            "package_cache_path": folder,
        }
        scale = _scale(typst, folder, setting) if document.kind == "summary" else SCALES[0]
        pdf: bytes = typst.compile(
            folder / _TEMPLATE.name,
            format="pdf",
            pdf_standards=["ua-1"],
            sys_inputs={"scale": str(scale)},
            **setting,
        )
    return pdf


def _lay_out(document: Document, folder: Path) -> None:
    """The template, what it sets, and its fonts."""
    fonts = folder / "fonts"
    fonts.mkdir()
    for file in font_files():
        shutil.copyfile(file, fonts / file.name)
    text = json.dumps(content(document), ensure_ascii=False)
    folder.joinpath("document.json").write_text(text, encoding="utf-8")
    shutil.copyfile(_TEMPLATE, folder / _TEMPLATE.name)


def _scale(typst: ModuleType, folder: Path, setting: Mapping[str, Any]) -> float:
    """The largest scale at which the document is one page."""
    for scale in SCALES:
        counted = typst.query(
            folder / _TEMPLATE.name, "<pages>", field="value", one=True,
            sys_inputs={"scale": str(scale)}, **setting,
        )  # fmt: skip
        if json.loads(counted) == 1:
            return scale
    raise OptionError(
        "the summary is too long for one page of A4 in a legible size: give a shorter title, or "
        "shorter names of groups and systems"
    )


def _typst() -> ModuleType:
    try:
        import typst
    except ImportError as error:
        raise MissingExtraError("a PDF report", "typst", "pdf") from error
    return typst
