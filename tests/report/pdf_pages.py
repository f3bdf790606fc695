"""A report made by hand with every kind of block, and what a reader finds in a PDF file."""

import io
import re
import shutil
import subprocess
from dataclasses import dataclass, fields, is_dataclass
from functools import cache

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from biasbench.report import plots
from biasbench.report.document import (
    Box,
    Cell,
    Claim,
    Document,
    Edit,
    Facts,
    Figure,
    Legend,
    Listening,
    Listing,
    Paragraph,
    Quote,
    Section,
    Signatures,
    Subheading,
    Table,
)

MILLIMETRE = 72 / 25.4
MARGIN = 22 * MILLIMETRE

HOSTILE = (
    "<script>alert('x')</script>",
    '=HYPERLINK("http://x")',
    r"\input{/etc/passwd} $x^2$ *bold* _it_ `raw` @cite <label>",
    '#read("/etc/passwd") #panic() #link("http://x")[y]',
    "http://example.org/javascript:alert(1)",
    "\u202egnp.exe",
    "fin \U0001f600 \U0001fae0 \u4e2d \x00\x07",
    "مرحبا Тест ɔ̃ ⵣ",
    "a -- b --- c ... ~ // /* x */ 'q' \"q\" \\",
)
ENDLESS = "x" * 10_000
KEYS = "; ".join(f"option_{n}_of_the_run: value-{n * 7919:x}/sub.path" for n in range(60))


def forest(label="Québec", people=3):
    """A figure of the report's own kind."""
    marks = [
        plots.Mark(f"{label} {n}" if n else label, "8,4 [2,1 ; 14,6]", 8.4, 2.1, 14.6, family="D")
        for n in range(people)
    ]
    return plots.forest(
        marks, tick=lambda value: f"{value:g}".replace(".", ","), unit="erreurs pour 100 mots",
        sides=("à l’avantage", "au détriment"), key=[("D", "écart établi")], margin=3.0,
    )  # fmt: skip


def wide_table(columns=12, rows=45, head="Intervalle corrigé"):
    """Machine text in the first column, numbers in the others."""
    heads = ("Provenance", *(f"{head} {n}" for n in range(1, columns)))
    body = tuple(
        (
            Cell(f"corpus:demo@{row:04x}|system:faster-whisper/tiny.en@1.2|norm:fr-1"),
            *(Cell(f"−{row}\u202f{n:03d},{n}", float(-row)) for n in range(1, columns)),
        )
        for row in range(rows)
    )
    return Table("Une table large.", heads, body, (False, *[True] * (columns - 1)), ("Une note.",))


def by_hand(lang="fr", **options):
    """Every kind of block, other people's strings in all of them."""
    long = ENDLESS[:4000]
    nothing = tuple(Paragraph(text) for text in HOSTILE)
    edits = (
        Edit("equal", "je", "je"), Edit("substitute", "voudrais", "voulais"),
        Edit("delete", "bien", ""), Edit("insert", "", "hein"), Edit("equal", "parler", "parler"),
        Edit("substitute", "au responsable du syndicat des agents " * 3, "autre chose " * 9),
        *(Edit("substitute", text, text) for text in HOSTILE), Edit("delete", ENDLESS[:500], ""),
    )  # fmt: skip
    narrow = Table(
        "Groupes.", ("Groupe", "n", "Remarque"),
        tuple((Cell(text), Cell("1\u202f234", 1234.0), Cell(text)) for text in HOSTILE),
        (False, True, False),
    )  # fmt: skip
    endless = Table("Sans espace.", ("a", "b"), ((Cell(long), Cell("1", 1.0)),), (False, True))
    sections = (
        Section("cover", "Statut", "", (
            Paragraph("Analyse exploratoire.", style="banner"),
            Facts((("Niveau", "essai"), *zip(HOSTILE, HOSTILE, strict=True), ("Long", long))),
            Signatures((("Signature", KEYS.replace("; ", "|")), ("", ENDLESS[:600]))),
        )),
        Section("words", "Ce qui est dit", "1", (
            Paragraph("Un chapeau.", style="lead"), *nothing, Paragraph(ENDLESS[:900]),
            Listing((*HOSTILE, "un point\nà la ligne")),
            *(Claim(text, "écart", f"Sur 100 mots : 12\u202f345 %. {text}") for text in HOSTILE),
            Claim("Sans espace", "écart", ENDLESS[:900]),
            Subheading(HOSTILE[0]), Box(HOSTILE[3], HOSTILE), Box("Longue", (KEYS, ENDLESS[:900])),
            Claim("Sous un titre", "écart", "Une phrase « entière »."),
            *(Quote(text, text) for text in HOSTILE),
            Paragraph("Une note.", style="note"),
        )),
        Section("tables", "Les tables", "2", (
            narrow, wide_table(8, 6), wide_table(9, 4), wide_table(), wide_table(22, 3, "Écart"),
            endless, Paragraph("Après la page tournée."),
        )),
        Section("figures", "Les figures", "3", (
            Figure("gap1", forest, "Écart. " + HOSTILE[3], "Québec : 8,4."),
            Figure("gap2", lambda: forest(HOSTILE[0]), HOSTILE[1], HOSTILE[3]),
            Figure("gap3", lambda: forest("Groupe", 70), "Beaucoup.", "Beaucoup de groupes."),
        )),
        Section("heard", "À l’écoute", "A", (
            Legend("Dit au-dessus, transcrit en dessous.", edits[:5]),
            Listening(HOSTILE[0], edits, b"RIFF", "audio/flac", "Pris au hasard."),
            Listening("Sans son", edits[:4]),
        )),
    )  # fmt: skip
    given = {
        "sections": sections,
        "running": "Signature a1b2c3 – plan déposé",
        "footer": ("Fin.", KEYS),
    }
    return Document(
        title="Écarts « mesurés » #panic()", kicker="Rapport *d’analyse*", lang=lang,
        **{**given, **options},
    )  # fmt: skip


def strings(value):
    """Every text of a value that is on the page, in order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from strings(one)
    elif is_dataclass(value):
        for one in fields(value):
            if one.name not in ("name", "draw", "alternative", "style", "kind", "media_type"):
                yield from strings(getattr(value, one.name))


@dataclass(frozen=True)
class Word:
    """A word where it stands on a page, in points from the top left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Leaf:
    """A page: its size and its words."""

    width: float
    height: float
    words: tuple[Word, ...]


@cache
def read(pdf):
    """The file as pypdf reads it."""
    return PdfReader(io.BytesIO(pdf))


@cache
def page_texts(pdf):
    """The text of each page, by pypdf."""
    return [page.extract_text() for page in read(pdf).pages]


def values_of(pdf):
    """Every dictionary of the file."""
    reader = read(pdf)
    for number in range(1, len(reader.xref_objStm) + sum(map(len, reader.xref.values())) + 1):
        found = reader.get_object(IndirectObject(number, 0, reader))
        yield from _dictionaries(found)


def _dictionaries(value):
    if isinstance(value, DictionaryObject):
        yield value
        for inner in value.values():
            yield from _dictionaries(inner)
    elif isinstance(value, ArrayObject):
        for inner in value:
            yield from _dictionaries(inner)


def poppler(program, pdf, *options):
    """What a program of poppler says of the file; skips the test where it is absent."""
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} (poppler) is not installed")
    done = subprocess.run(
        [path, *options, "-", "-"], input=pdf, capture_output=True, check=True
    )  # fmt: skip
    return done.stdout.decode("utf-8")


_PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)
_WORD = re.compile(
    r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>'
)


@cache
def leaves(pdf):
    """The pages with the place of every word, by pdftotext."""
    text = poppler("pdftotext", pdf, "-bbox")
    return [
        Leaf(
            float(width), float(height),
            tuple(Word(w[4], *map(float, w[:4])) for w in _WORD.findall(body)),
        )
        for width, height, body in _PAGE.findall(text)
    ]  # fmt: skip


def squeezed(text):
    """Letters only: without white space and hyphens, which line ends come and go with."""
    return re.sub(r"[\s\u00ad\u200b-]+", "", text)
