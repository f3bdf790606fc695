"""A few utterances, word against word, with their sound: only where no person can be recognised.

Voices and words are a person's. They are shown if the speech is synthetic, or if the speakers
agreed (`clips = true` in corpus.toml) and the report is for a restricted audience; never of a
group that is withheld. Utterances are picked by a rule
that nobody can bend: the one nearest its group's own rate, not the worst.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pandas as pd

from biasbench import registry
from biasbench.cases.preparation import untouched
from biasbench.errors import AudioError, NotFoundError
from biasbench.report.context import Context
from biasbench.report.document import Block, Edit, Legend, Listening, Paragraph
from biasbench.report.quantities import quantity
from biasbench.report.wording import say
from biasbench.tables import UNKNOWN

MOST_CLIPS = 6
#: Of encoded sound, over all clips; base64 adds a third.
MOST_BYTES = 1_000_000
#: Shorter utterances ("yes") show nothing about how words are heard.
FEWEST_WORDS = 3


def listening(context: Context) -> tuple[Block, ...]:
    """One utterance a group, said above written, with sound; nothing if they may not be shown."""
    agreed = context.facts.get("clips") == "yes"
    restricted = context.evidence.settings.audience == "restricted"
    may_be_heard = context.synthetic or (agreed and restricted)
    if context.corpus is None or not context.runs or not may_be_heard:
        return ()
    chosen = list(_chosen(context))
    if not chosen:
        return ()
    lang = context.lang
    blocks: list[Block] = [
        Paragraph(say("P-listening", lang, {"n": str(FEWEST_WORDS)})),
        Paragraph(say("P-norm-shown", lang, {"norm": context.facts["norm"]}), style="note"),
        _legend(context),
    ]
    room = MOST_BYTES
    for row in chosen[:MOST_CLIPS]:
        sound, note = _sound(str(row["utterance_id"]), room, context)
        room -= len(sound or b"")
        blocks.append(_listening(row, sound, note, context))
    if len(chosen) > MOST_CLIPS:
        more = say("P-listening-more", lang, {"n": str(MOST_CLIPS)})
        blocks.append(Paragraph(more, style="note"))
    return tuple(blocks)


def _legend(context: Context) -> Legend:
    lang = context.lang
    words = {kind: say(f"LEGEND-{kind}", lang) for kind in ("substitute", "delete", "insert")}
    return Legend(
        say("LEGEND", lang),
        (
            Edit("substitute", words["substitute"], say("LEGEND-by", lang)),
            Edit("delete", words["delete"], ""),
            Edit("insert", "", words["insert"]),
        ),
    )


def _chosen(context: Context) -> Iterator[pd.Series]:
    """The utterance of each shown group, in the order of the groups, one system after another."""
    from biasbench.measures import count_edits_many

    normalize, group_of = _normalizer(context), context.group_of_utterance
    if normalize is None or context.corpus is None or not group_of:
        return
    everything = context.corpus.utterances
    if context.plan is not None and context.plan.degradations:
        # The utterance nearest to its group's figure is one of those that the figure is of.
        columns = [one.column for one in context.plan.degradations]
        everything = everything[untouched(everything, columns)]
    utterances = everything[["utterance_id", "reference"]].dropna()
    utterances = utterances.assign(group=utterances["utterance_id"].map(group_of))
    for run in context.runs:
        heard = run.transcripts[run.transcripts["status"].isin(["ok", "empty"])]
        pairs = heard[["system", "utterance_id", "hypothesis"]].merge(
            utterances, on="utterance_id", validate="many_to_one"
        )
        said = [normalize(str(text)) for text in pairs["reference"]]
        written = ["" if pd.isna(text) else normalize(str(text)) for text in pairs["hypothesis"]]
        counts = count_edits_many(said, written)
        words, errors = counts[:, :3].sum(axis=1), counts[:, 1:].sum(axis=1)
        pairs = pairs.assign(said=said, written=written, errors=errors, words=words)
        pairs = pairs[pairs["words"] >= FEWEST_WORDS]
        pairs = pairs.assign(rate=pairs["errors"] / pairs["words"])
        for system in dict.fromkeys(pairs["system"]):
            for group in context.groups_of(system, "wer"):
                name, value = group["group"], group["value"]
                mine = pairs[(pairs["system"] == system) & (pairs["group"] == name)]
                hidden = name == UNKNOWN or context.privacy.hides(name, (system, "wer"))
                if hidden or value is None or mine.empty:
                    continue
                order = mine.assign(far=(mine["rate"] - value).abs().round(12), own=value)
                # Of those equally near, the first: names may be pseudonyms another time.
                yield order.sort_values("far", kind="stable").iloc[0]


def _normalizer(context: Context) -> Callable[[str], str] | None:
    """The normaliser that the measures were counted with, if it is at hand in that version."""
    name, _, version = context.facts.get("norm", "").rpartition("-")
    try:
        leaf = registry.find("measures.normalize", name)
    except NotFoundError:
        return None
    if str(leaf.VERSION) != version:
        return None
    normalize: Callable[[str], str] = leaf.normalize
    return normalize


def _sound(utterance_id: str, room: int, context: Context) -> tuple[bytes | None, str]:
    """The utterance as FLAC, or why there is none.

    FLAC because every browser plays it and the same samples give the same bytes; Ogg streams
    carry a random serial number.
    """
    import soundfile

    assert context.corpus is not None
    lang = context.lang
    try:
        audio = context.corpus.audio(utterance_id)
    except AudioError:
        return None, say("P-nosound", lang, {"reason": say("P-nosound-file", lang)})
    sink = io.BytesIO()
    soundfile.write(sink, audio.samples, audio.sample_rate, format="FLAC", subtype="PCM_16")
    if len(sink.getvalue()) > room:
        return None, say("P-nosound", lang, {"reason": say("P-nosound-size", lang)})
    return sink.getvalue(), ""


def _listening(row: pd.Series, sound: bytes | None, note: str, context: Context) -> Listening:
    from biasbench.measures import align

    kind = quantity("wer")
    values = {
        "G": str(row["group"]),
        "system": context.system(str(row["system"])).short,
        "rate": kind.value(float(row["rate"]), context.lang),
        "group": kind.value(float(row["own"]), context.lang),
        "unit": kind.unit(context.lang),
    }
    name = "P-listening-system" if len(context.systems) > 1 else "P-listening-title"
    edits: list[Edit] = []
    for chunk in align(str(row["said"]), str(row["written"])):
        if chunk.type == "equal":  # word by word, so that lines can break between them
            edits += [Edit("equal", word, word) for word in chunk.reference]
        else:
            edits.append(Edit(chunk.type, " ".join(chunk.reference), " ".join(chunk.hypothesis)))
    return Listening(
        title=say(name, context.lang, values),
        edits=tuple(edits),
        sound=sound,
        media_type="audio/flac" if sound else "",
        note=note,
    )
