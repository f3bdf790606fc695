"""Documents by hand for tests of every format: one of clean words, one of other people's worst."""

import pandas as pd

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

#: Each would do something somewhere: run, open, read a file, turn the reading direction round.
STRINGS = {
    "script": "<script>alert(1)</script>",
    "image": '<img src="http://x.example/a.png" onerror="alert(1)">',
    "formula": '=HYPERLINK("http://x","y")',
    "tex": r"\input{/etc/passwd} $x^2$ 5 % a_b #1 ~ ^",
    "typst": '#read("/etc/passwd")',
    "markdown": "![a](http://x.example/a.png) [b](javascript:alert(1)) **c** `d` | e",
    "heading": "# not a heading",
    "list": "1. not a list",
    "address": "www.example.org and http://x.example/ and a@b.example",
    "template": "{{ 7 * 7 }} {% raw %}",
    "reversed": "abc\u202egnp.exe",
    "emoji": "fin \U0001f600",
    "control": "a\x07b",
}
ENDLESS = "abcdefghij" * 1000

_WORDS = {
    "fr": (
        "Sur 100 mots, 12\u202f345 erreurs de plus, l’œuvre «\u00a0entière\u00a0»\u00a0: −3,5.",
        "écart au-dessus de la marge",
        "Erreurs sur les mots",
    ),
    "en": (
        "12,345 more errors per 100 words, the “whole” of it: −3.5.",
        "gap above margin",
        "Word errors",
    ),
}


def clean_document(lang="en", **options):
    """Every kind of block, and nobody else's strings."""
    return _document(lang, {"group": "Québec"}, **options)


def hostile_document(lang="en", **options):
    """The same blocks, with a hostile string in each place where one can stand."""
    return _document(lang, {**STRINGS, "endless": ENDLESS}, **options)


def claims_of(document):
    """Every claim of a document, in order."""
    return [b for s in document.sections for b in s.blocks if isinstance(b, Claim)]


def figure_of(label="Québec"):
    """A figure of the report's own kind."""
    marks = [plots.Mark(label, "8.4  [2.1 to 14.6]", 8.4, 2.1, 14.6, family="D")]
    return plots.forest(
        marks, tick=str, unit="errors", sides=("better", "worse"), key=[("D", "gap")], margin=3.0
    )


def _document(lang, others, **options):
    sentence, verdict, measure = _WORDS[lang]
    texts = tuple(others.values())
    rows = tuple((Cell(text), Cell("−3.5", -3.5), Cell(text)) for text in texts)
    edits = (
        Edit("equal", texts[0][:200], texts[0][:200]), Edit("substitute", "voudrais", "voulais"),
        Edit("delete", "bien", ""), Edit("insert", "", "hein"),
        *(Edit("substitute", text[:200], text[:200]) for text in texts),
    )  # fmt: skip
    sections = (
        Section("cover", "Statut" if lang == "fr" else "Status", "", (
            Paragraph(sentence, style="banner"), Facts(tuple((text, text) for text in texts)),
            Signatures((("Signature", "wer|accent|seed:1"), *((text, text) for text in texts))),
        )),
        Section("found", measure, "6", (
            Subheading(measure), Paragraph(sentence, style="lead"),
            *(Paragraph(text) for text in texts),
            Paragraph(sentence, style="note"), Listing(texts),
            Table(measure, ("A", "B", "C"), rows, (False, True, False), (sentence,)),
            Figure("gap1", lambda: figure_of(texts[0]), sentence, f"{measure} {texts[0]}"),
            *(Claim(text, verdict, f"{sentence} {text}") for text in texts),
            *(Box(text, (sentence, text)) for text in texts),
            *(Quote(text, f"{text}\n{text}") for text in texts),
            Legend(sentence, edits[:4]),
            Listening(texts[0], edits, b"RIFF", "audio/flac", texts[0]),
        )),
        Section("sheet", measure, "A", (Paragraph(sentence),)),
    )  # fmt: skip
    findings = pd.DataFrame(
        {"Group": texts, "Gap": [-3.5 - n for n in range(len(texts))], "Sentence": sentence}
    )
    record = {"findings": [{"group": text, "gap": -3.5 - n} for n, text in enumerate(texts)]}
    given = {
        "title": measure, "kicker": "biasbench", "footer": ("biasbench", "wer|accent|seed:1"),
        "running": "Signature a1b2c3", "sheets": {"findings": findings, "groups": findings},
        "record": record,
    }  # fmt: skip
    return Document(lang=lang, sections=sections, **{**given, **options})
