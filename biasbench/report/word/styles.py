"""The look of a Word document, all of it in named styles: who edits one changes it everywhere.

Arial and Times New Roman stand on every Windows and Mac, and LibreOffice has letters of the same
width for both, so that pages break alike everywhere. Black and grey only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from biasbench.report.numbers import Lang
from biasbench.report.word.fields import element

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.styles.style import ParagraphStyle

SERIF, SANS, MONO = "Times New Roman", "Arial", "Courier New"
TABLE = "Report table"
LOCALES: dict[Lang, str] = {"fr": "fr-FR", "en": "en-GB"}
#: Points between the right end of running text and the margin: some 85 letters a line.
INDENT = 45.0
#: The style of each kind of paragraph.
STYLES = {"body": "Normal", "lead": "Lead", "note": "Note", "banner": "Banner"}
_GREY, _HAIR = "555555", "B0B0B0"

#: Name: (based on, face, points, bold, points above, points below, kept with the next).
_LOOK: dict[str, tuple[str | None, str, float, bool, float, float, bool]] = {
    "Normal": (None, SERIF, 11, False, 0, 7, False),
    "Title": ("Normal", SANS, 22, True, 4, 16, True),
    "Kicker": ("Normal", SANS, 9.5, False, 0, 4, True),
    "Heading 1": ("Normal", SANS, 15, True, 26, 9, True),
    "Heading 2": ("Normal", SANS, 12, True, 18, 6, True),
    "Heading 3": ("Normal", SANS, 10, True, 12, 3, True),
    "Cover heading": ("Heading 1", SANS, 12, True, 14, 6, True),
    "Finding": ("Heading 3", SANS, 10, True, 12, 3, True),
    "Finding text": ("Normal", SERIF, 11, False, 0, 10, False),
    "Lead": ("Normal", SERIF, 12.5, False, 0, 9, False),
    "Note": ("Normal", SANS, 8.5, False, 0, 7, False),
    "Banner": ("Normal", SANS, 10, True, 8, 12, False),
    "List Bullet": ("Normal", SERIF, 11, False, 0, 5, False),
    "Box heading": ("Heading 3", SANS, 10, True, 12, 0, True),
    "Box text": ("Normal", SERIF, 10.5, False, 4, 0, False),
    "Caption": ("Normal", SANS, 8.5, False, 10, 5, True),
    "Figure": ("Normal", SERIF, 11, False, 8, 4, True),
    "Figure caption": ("Caption", SANS, 8.5, False, 2, 14, False),
    "Table text": ("Normal", SANS, 9, False, 2, 2, False),
    "Table number": ("Table text", SANS, 9, False, 2, 2, False),
    "Table note": ("Note", SANS, 8, False, 3, 3, False),
    "Fact": ("Table text", SANS, 9.5, False, 3, 3, False),
    "Alignment": ("Normal", SANS, 9.5, False, 0, 6, False),
    "Quote": ("Normal", SERIF, 11, False, 6, 3, True),
    "Quote source": ("Note", SANS, 8.5, False, 0, 10, False),
    "Signature name": ("Note", SANS, 8.5, False, 5, 1, True),
    "Signature line": ("Normal", MONO, 7.5, False, 0, 5, False),
    "Contents heading": ("Normal", SANS, 12, True, 16, 6, True),
    "toc 1": ("Normal", SANS, 9.5, False, 0, 1.5, False),
    "Footer": ("Normal", SANS, 7.5, False, 0, 0, False),
}
_GREYS = ("Kicker", "Note", "Caption", "Footer")
_FULL_WIDTH = (
    "Title", "Figure", "Table text", "Signature line", "Footer", "Banner", "toc 1", "Alignment",
)  # fmt: skip
_TIGHT = ("Table text", "Note", "Caption", "Footer", "Alignment", "Signature line")
#: A finding's first line and its text stand beside one rule.
_RULED = ("Finding", "Finding text")
_BOXED = ("Box heading", "Box text")


def blank(lang: Lang, *, scale: float = 1.0) -> Word:
    """A document without a word in it: styles of that size and language, A4, no sample content."""
    import docx

    word = docx.Document()
    _set_defaults(word, lang)
    for name in _LOOK:
        _set_style(word, name, scale)
    _add_table_style(word)
    machine = word.styles["Signature line"].element.get_or_add_rPr()
    machine.find(element("color").tag).addprevious(element("noProof"))
    return word


def points(style: str, *, scale: float = 1.0) -> tuple[float, float]:
    """The type size of a style, and the space above and below it together."""
    _, _, size, _, above, below, _ = _LOOK[style]
    return _half(size * scale), (above + below) * scale


def _half(size: float) -> float:
    return round(2 * size) / 2


def _set_defaults(word: Word, lang: Lang) -> None:
    run = word.styles.element.find(".//" + element("rPrDefault").tag)[0]
    for child in list(run):
        run.remove(child)
    run.append(_fonts(SERIF))
    run.append(element("lang", val=LOCALES[lang], eastAsia=LOCALES[lang], bidi="ar-SA"))
    paragraph = word.styles.element.find(".//" + element("pPrDefault").tag)[0]
    for child in list(paragraph):
        paragraph.remove(child)


def _set_style(word: Word, name: str, scale: float) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt, RGBColor

    base, face, size, is_bold, above, below, is_kept = _LOOK[name]
    known = {style.name for style in word.styles}
    if name in known:
        style: ParagraphStyle = word.styles[name]
        _clear(style.element)
    else:
        # Word's own name for the lines of a table of contents, by which it finds their style.
        is_own = name == "toc 1"
        style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=is_own)
    style.base_style = None if base is None else word.styles[base]
    style.hidden, style.quick_style = False, True
    properties = style.element.get_or_add_rPr()
    properties.insert(0, _fonts(face))
    style.font.size, style.font.bold, style.font.italic = Pt(_half(size * scale)), is_bold, False
    style.font.color.rgb = RGBColor.from_string(_GREY if name in _GREYS else "000000")
    form = style.paragraph_format
    form.space_before, form.space_after = Pt(above * scale), Pt(below * scale)
    form.keep_with_next, form.widow_control = is_kept, True
    if name in _TIGHT or is_bold:
        form.line_spacing = 1.08
    elif name == "Normal":
        form.line_spacing, form.right_indent = 1.18, Pt(INDENT)
    if name in _FULL_WIDTH:
        form.right_indent = Pt(0)
    _set_details(style, name, scale)


def _set_details(style: ParagraphStyle, name: str, scale: float) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    form, properties = style.paragraph_format, style.element.get_or_add_pPr()
    if name in ("Heading 1", "Heading 2", "Heading 3"):
        _put(properties, element("outlineLvl", val=str(int(name[-1]) - 1)))
    if name == "Heading 1":
        _borders(properties, {"top": ("8", "8", "000000")})
    elif name in _RULED:
        form.left_indent = Pt(11)
        _borders(properties, {"left": ("12", "8", _HAIR)})
    elif name in _BOXED:
        _borders(properties, {"top": ("4", "5", _HAIR), "bottom": ("4", "5", _HAIR)})
    elif name == "Banner":
        sides = ("top", "left", "bottom", "right")
        form.left_indent = form.right_indent = Pt(9)
        _borders(properties, dict.fromkeys(sides, ("10", "6", "000000")))
    elif name == "Table number":
        form.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    elif name in ("Quote", "Quote source"):
        form.left_indent = Pt(18)
    elif name == "List Bullet":
        form.left_indent, form.first_line_indent = Pt(14 * scale), Pt(-14 * scale)


def _fonts(face: str) -> Any:  # noqa: ANN401 - lxml, untyped
    return element("rFonts", ascii=face, hAnsi=face, eastAsia=face, cs=face)


def _clear(style: Any) -> None:  # noqa: ANN401 - lxml, untyped
    """Take away what the template says of a style, but for the list that a bullet belongs to."""
    bullet = style.find(".//" + element("numPr").tag)
    for name in ("pPr", "rPr"):
        for child in style.findall(element(name).tag):
            style.remove(child)
    if bullet is not None:
        _put(style.get_or_add_pPr(), bullet)


def _put(properties: Any, child: Any) -> None:  # noqa: ANN401 - lxml, untyped
    """Put a property where the schema wants it; one too many or misplaced breaks a file."""
    for old in properties.findall(child.tag):
        properties.remove(old)
    name = child.tag.rpartition("}")[2]
    later = {element(other).tag for other in _ORDER[_ORDER.index(name) + 1 :]}
    for other in properties:
        if other.tag in later:
            other.addprevious(child)
            return
    properties.append(child)


#: The order of paragraph properties (ECMA-376, CT_PPrBase).
_ORDER = (
    "pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr",
    "suppressLineNumbers", "pBdr", "shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap",
    "overflowPunct", "topLinePunct", "autoSpaceDE", "autoSpaceDN", "bidi", "adjustRightInd",
    "snapToGrid", "spacing", "ind", "contextualSpacing", "mirrorIndents", "suppressOverlap", "jc",
    "textDirection", "textAlignment", "textboxTightWrap", "outlineLvl", "divId", "cnfStyle", "rPr",
    "sectPr", "pPrChange",
)  # fmt: skip


def _borders(properties: Any, sides: dict[str, tuple[str, str, str]]) -> None:  # noqa: ANN401
    borders = element("pBdr")
    for side, (size, space, colour) in sides.items():
        borders.append(element(side, val="single", sz=size, space=space, color=colour))
    _put(properties, borders)


def _add_table_style(word: Word) -> None:
    """Hairlines between rows, a rule under the head: no vertical line, no shade."""
    from docx.enum.style import WD_STYLE_TYPE

    style = word.styles.add_style(TABLE, WD_STYLE_TYPE.TABLE).element
    table = element("tblPr")
    borders = element("tblBorders")
    for side in ("bottom", "insideH"):
        borders.append(element(side, val="single", sz="4", space="0", color=_HAIR))
    table.append(borders)
    margins = element("tblCellMar")
    for side in ("left", "right"):
        margins.append(element(side, w="70", type="dxa"))
    table.append(margins)
    style.append(table)
    head = element("tblStylePr", type="firstRow")
    run = element("rPr")
    run.append(element("b"))
    cell = element("tcPr")
    below = element("tcBorders")
    below.append(element("bottom", val="single", sz="8", space="0", color="000000"))
    cell.append(below)
    head.append(run)
    head.append(cell)
    style.append(head)
