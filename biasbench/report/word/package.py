"""A Word document as bytes: no date, no name, no sample content; the same for the same report."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import biasbench
from biasbench.report.word.fields import element

if TYPE_CHECKING:
    from docx.document import Document as Word

#: What python-docx's template brings: a picture of an empty page, a bibliography without entries,
#: a second set of styles for Word 2007.
_RELICS = ("thumbnail", "customXml", "stylesWithEffects")
#: The first moment a ZIP file can name.
_MOMENT = (1980, 1, 1, 0, 0, 0)


def packed(word: Word, *, title: str, locale: str) -> bytes:
    """The document as the bytes of a .docx file."""
    for relations in (word.part.package.rels, word.part.rels):
        for key in [k for k, one in relations.items() if one.reltype.endswith(_RELICS)]:
            relations.pop(key)
    _describe(word, title, locale)
    _settle(word.settings.element, locale)
    sink = BytesIO()
    word.save(sink)
    return _repacked(sink.getvalue())


def _describe(word: Word, title: str, locale: str) -> None:
    """Title and language; a date would differ from one day to the next, so there is none."""
    properties = word.core_properties
    properties.title, properties.language = title[:255], locale
    properties.author, properties.comments, properties.last_modified_by = "biasbench", "", ""
    properties.revision = 1
    for child in list(properties._element):
        if child.tag.endswith(("}created", "}modified")):
            properties._element.remove(child)
    version = biasbench.__version__
    for part in word.part.package.iter_parts():
        if str(part.partname) == "/docProps/app.xml":
            part._blob = (
                '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="http://'
                'schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
                f"<Application>biasbench {version}</Application></Properties>"
            ).encode()


def _settle(settings: Any, locale: str) -> None:  # noqa: ANN401 - lxml, untyped
    """Page numbers of the contents are asked for on opening; today's Word, no old one imitated."""
    for name in ("rsids", "proofState", "savePreviewPicture"):
        for child in settings.findall(element(name).tag):
            settings.remove(child)
    for child in settings.iter(element("compatSetting").tag):
        if "compatibilityMode" in child.values():
            child.set(element("x", val="").keys()[0], "15")
    for child in settings.iter(element("themeFontLang").tag):
        child.set(element("x", val="").keys()[0], locale)
    compat = settings.find(element("compat").tag)
    compat.addprevious(element("updateFields", val="true"))


def _repacked(content: bytes) -> bytes:
    """The same parts in the same order, without the moment at which they were written."""
    sink = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(sink, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = ZipInfo(name, _MOMENT)
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o600 << 16
            new.writestr(entry, old.read(name))
    return sink.getvalue()
