"""The text of a written report, read back from each format by a reader that is not ours."""

import csv
import html
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser

_BACKSLASH = re.compile(r"\\([!-/:-@\[-`{-~])")

TEX = {
    r"\textbackslash{}": "\\", r"\textasciitilde{}": "~", r"\textasciicircum{}": "^",
    r"\textless{}": "<", r"\textgreater{}": ">", r"\textbar{}": "|", r"\textquotedbl{}": '"',
    r"\textquotesingle{}": "'", r"\textasciigrave{}": "`", r"\textendash{}": "–",
    r"\textemdash{}": "—", r"\textquoteleft{}": "‘", r"\textquoteright{}": "’",
    r"\textquotedblleft{}": "“", r"\textquotedblright{}": "”", r"\guillemotleft{}": "«",
    r"\guillemotright{}": "»", r"\oe{}": "œ", r"\ensuremath{-}": "−", r"\newline{}": " ",
    r"\allowbreak{}": "", r"\ensuremath{\langle}": "⟨", r"\ensuremath{\rangle}": "⟩",
    r"\ensuremath{\rightarrow}": "→", r"\ensuremath{\emptyset}": "∅",
    r"\textellipsis{}": "…", r"\textperiodcentered{}": "·", r"\ensuremath{\Delta}": "Δ",
}  # fmt: skip


class _Visible(HTMLParser):
    def __init__(self):
        super().__init__()
        self.texts, self.hidden = [], 0

    def handle_starttag(self, tag, attrs):
        self.hidden += tag in ("script", "style")

    def handle_endtag(self, tag):
        self.hidden -= tag in ("script", "style")

    def handle_data(self, text):
        if not self.hidden:
            self.texts.append(text)


def text_of(path):
    """Everything that a reader of the file reads."""
    return _READERS[path.suffix](path)


def squeezed(text):
    """Letters without white space, soft hyphens and hyphens, which line ends come and go with."""
    return re.sub(r"[\s\u00ad\u200b\u2060-]+", "", text)


def _html(path):
    reader = _Visible()
    reader.feed(path.read_text("utf-8"))
    return " ".join(reader.texts)


def _md(path):
    return html.unescape(_BACKSLASH.sub(r"\1", path.read_text("utf-8")))


def _tex(path):
    lines = path.read_text("utf-8").split("\n")
    return _TEX.sub(_tex_letter, "\n".join(line for line in lines if not line.startswith("%")))


_TEX = re.compile(
    r"\\(?:begin|end)\{\w+\}|\\ensuremath\{[^}]*\}|\\[a-z]+\{\}|\\(?=[a-z])[a-z]+\*?|\\oe\{\}"
    r"|\\.|\{\[\}|\{\]\}|-\{\}|[~{}]"
)


def _tex_letter(found):
    token = found.group()
    if token in TEX:
        return TEX[token]
    if token in ("{[}", "{]}", "-{}"):
        return token.replace("{", "").replace("}", "")
    if token == "~":
        return "\u00a0"
    return token[1] if len(token) == 2 and token[1] in "{}$&#%_" else " " * (token == r"\\")


def _pdf(path):
    """Poppler's reading order where it is installed; pypdf's otherwise."""
    program = shutil.which("pdftotext")
    if program is not None:
        done = subprocess.run([program, path, "-"], capture_output=True, check=True)
        return done.stdout.decode("utf-8")
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def _docx(path):
    from docx import Document

    return "\n".join("".join(part.itertext()) for part in Document(path).element.body)


def _csv(path):
    return path.read_text("utf-8-sig")


def _xlsx(path):
    return "\n".join(str(cell) for row in rows_of(path) for cell in row if cell is not None)


def _json(path):
    return json.dumps(json.loads(path.read_text("utf-8")), ensure_ascii=False)


def rows_of(path):
    """The rows of a file of numbers, heading first; of a workbook, those of all its sheets."""
    if path.suffix == ".csv":
        text = path.read_text("utf-8-sig")
        return list(csv.reader(text.splitlines(), delimiter=";" if ";" in text[:30] else ","))
    from openpyxl import load_workbook

    return [row for sheet in load_workbook(path) for row in sheet.iter_rows(values_only=True)]


_READERS = {
    ".html": _html, ".md": _md, ".tex": _tex, ".pdf": _pdf, ".docx": _docx, ".csv": _csv,
    ".xlsx": _xlsx, ".json": _json,
}  # fmt: skip
