"""HTML: one self-contained file that asks nothing of the network and can be printed.

The content policy names the hash of the one style sheet and of the one script, so that nothing
else can run or load, even if something got past the escaping. Figures are inline SVG, sound is
in the page.
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

from biasbench.report import plots
from biasbench.report.document import Document, Figure, Listening
from biasbench.report.inert import inert_text
from biasbench.report.wording import say
from biasbench.tables import write_text

_TEMPLATES = Path(__file__).parents[1] / "templates"


def render(document: Document, path: Path) -> Path:
    """Write the document as one HTML file; returns the path."""
    return write_text(path, page(document))


def page(document: Document) -> str:
    """The document as the text of one HTML page."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    css, js = (_TEMPLATES.joinpath(f"report.{kind}").read_text("utf-8") for kind in ("css", "js"))
    css += running_foot(document.running)
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_inert,
    )
    lang = document.lang
    environment.globals.update(
        say=lambda name, values=None: say(name, lang, values),
        kind_of=lambda block: type(block).__name__,
        svg_of=lambda figure: Markup(
            inert_text(_svg(figure))
        ),  # its texts are escaped by matplotlib
        sound_of=_sound,
        no_block=_no_block,
    )
    return environment.get_template("report.html.j2").render(
        document=document,
        css=Markup(css),
        js=Markup(js),
        policy=policy(css, js),
    )


def running_foot(text: str) -> str:
    r"""The style that prints a text and the number at the foot of every page.

    >>> running_foot('a"}')
    '@page{@bottom-left{content:"a\\22 \\7d "}@bottom-right{content:counter(page)}}\n'
    """
    # Every sign as its code: no text ends the string, the rule or the element that it stands in.
    shown = re.sub(r"[^\w .,:;]", lambda found: rf"\{ord(found.group()):x} ", _one_line(text))
    left = f'@bottom-left{{content:"{shown}"}}' if shown else ""
    return f"@page{{{left}@bottom-right{{content:counter(page)}}}}\n"


def policy(css: str, js: str) -> str:
    """The content security policy: these two texts by hash, data: for image and sound, no more."""
    return (
        f"default-src 'none'; style-src 'sha256-{_hash(css)}'; script-src 'sha256-{_hash(js)}'; "
        "img-src data:; media-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _svg(figure: Figure) -> str:
    return inert_text(plots.to_svg(figure.draw(), name=figure.name))


def _one_line(text: str) -> str:
    return " ".join(inert_text(text).split())


def _no_block(kind: str) -> str:
    raise TypeError(f"no block of a report: {kind}")


def _inert(value: object) -> object:
    """A text of the document without what a page would obey; ours is marked up already."""
    return value if hasattr(value, "__html__") or not isinstance(value, str) else inert_text(value)


def _sound(block: Listening) -> str:
    return f"data:{block.media_type};base64,{base64.b64encode(block.sound or b'').decode()}"
