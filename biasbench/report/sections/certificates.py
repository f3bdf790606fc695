"""Annex G: the expert's declaration, and for the United States the form of FRE 902(13) and (14).

Unsigned, with blanks: the software signs nothing and attests nothing. Only fingerprints and the
version, which whoever signs can recompute, are filled in.
"""

from __future__ import annotations

import biasbench
from biasbench.report.context import Context
from biasbench.report.document import Block, Paragraph, Subheading
from biasbench.report.wording import say

Blocks = tuple[Block, ...]

#: As the texts have it.
BLANK = "\u2026" * 6

_EXPERT = ("who", "mandate", "independence", "data", "method", "limits", "opinion")
_RULE_902 = ("who", "13", "14", "oath")


def certificates(context: Context) -> Blocks:
    """The forms that the profile of law calls for; none without a case."""
    if context.case is None:
        return ()
    lang = context.lang
    blocks: list[Block] = [Paragraph(say("CERT-unsigned", lang), style="note")]
    blocks += _form("expert", _EXPERT, context)
    if context.case.inputs.plan.jurisdiction == "us":
        blocks += _form("902", _RULE_902, context)
        blocks.append(Paragraph(say("CERT-902-note", lang), style="note"))
    return tuple(blocks)


def _form(name: str, parts: tuple[str, ...], context: Context) -> Blocks:
    lang, values = context.lang, _values(context)
    said = [Paragraph(say(f"CERT-{name}-{part}", lang, values)) for part in parts]
    title = Subheading(say(f"CERT-{name}-title", lang))
    return (title, *said, Paragraph(say("CERT-sign", lang)))


def _values(context: Context) -> dict[str, str]:
    """What can be recomputed; a blank where there is none."""
    assert context.case is not None
    seal = context.case.inputs.seal
    return {
        "plan": BLANK if seal is None else seal.last.sha256,
        "root": context.root or BLANK,
        "version": biasbench.__version__,
    }
