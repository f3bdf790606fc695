"""The tables of the model card, made from the weights and the figures and from nothing else.

The card is prose with pairs of marks, `<!-- recall -->` and `<!-- /recall -->`; what lies between
two marks is replaced. A test compares, so that card and figures cannot drift apart.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from biasbench.systems.tone.emotion import OURS
from biasbench.tables import write_text
from training.clips import EMOTIONS
from training.lines import AS_RECORDED

CARD = OURS.with_suffix(".md")
FIGURES = Path(__file__).with_name("emotion_figures.json")

_NONE = "–"


def write() -> None:
    """Fill the card beside emotion.json in again."""
    written = CARD.read_text(encoding="utf-8")
    write_text(CARD, filled(written, _read(OURS), _read(FIGURES)))


def filled(card: str, model: dict[str, Any], figures: dict[str, Any]) -> str:
    """The card with every table replaced; KeyError for a mark that is not there."""
    for name, table in tables(model, figures).items():
        found = re.search(rf"<!-- {name} -->\n.*?<!-- /{name} -->", card, re.DOTALL)
        if not found:
            raise KeyError(f"the card has no marks <!-- {name} --> and <!-- /{name} -->")
        start, end = found.span()
        card = f"{card[:start]}<!-- {name} -->\n{table}\n<!-- /{name} -->{card[end:]}"
    return card


def tables(model: dict[str, Any], figures: dict[str, Any]) -> dict[str, str]:
    """Every table of the card by its mark."""
    emodb, elsewhere = figures["emodb"], figures["elsewhere"]
    as_recorded = emodb["lines"][AS_RECORDED]
    return {
        "training": _training(model),
        "short": _short(emodb, elsewhere),
        "lines": _lines(emodb["lines"]),
        "recall": _recall(as_recorded["recall"]),
        "confusion": _confusion(as_recorded["confusion"]),
        "designs": _designs(emodb),
        "alnum": _shares(elsewhere),
        "voices": _voices(elsewhere),
    }


def _training(model: dict[str, Any]) -> str:
    facts = model["training"]
    packages = ", ".join(f"{name} {number}" for name, number in facts["packages"].items())
    lowest, highest = model["band_hz"]
    return _table(
        ("fact", "value"),
        [
            ("corpus", facts["corpus"]),
            ("clips, people", f"{facts['n_clips']}, {facts['n_speakers']}"),
            ("each clip heard", " and ".join(facts["trained_on"])),
            ("features", f"{len(model['features'])}, of {lowest:g} to {highest:g} Hz"),
            ("penalty λ", f"{facts['penalty']:g}"),
            ("weights of classes", facts["class_weights"]),
            ("SHA-256 of the training table", f"`{facts['table_sha256']}`"),
            ("packages", packages),
        ],
    )


def _short(emodb: dict[str, Any], elsewhere: dict[str, Any]) -> str:
    overall = emodb["lines"][AS_RECORDED]["uar"]["overall"]
    lines = [
        f"- Right about {_percent(overall)} of the clips of a person it never heard, the four "
        "emotions weighing the same (25 % is guessing), when actors play an emotion in a studio.",
        f"- En bref : {_percent(overall, french=True)} d'étiquettes exactes, en moyenne sur les "
        "quatre émotions, pour une personne jamais entendue (25 % au hasard), quand des acteurs "
        "jouent une émotion en studio.",
    ]
    if "alnum" in elsewhere:
        sad = _named(elsewhere["alnum"]["sex"], "overall")["sadness"]
        clips, people = sad["n_utterances"], sad["n_speakers"]
        lines += [
            f"- Of {clips} recordings in which {people} people spell names and numbers, it labels "
            f"{_percent(sad)} 'sadness'. Nobody had asked them for an emotion.",
            f"- Sur {clips} enregistrements où {people} personnes épellent noms et numéros, il "
            f"étiquette {_percent(sad, french=True)} « sadness » (tristesse). Personne ne leur "
            "avait demandé d'émotion.",
        ]
    return "\n".join(lines)


def _lines(lines: dict[str, Any]) -> str:
    return _table(
        ("line", "everybody", "women", "men", "women − men", "log loss"),
        [
            (
                line,
                *(_interval(found["uar"][side]) for side in ("overall", "female", "male")),
                _interval(found["uar"]["difference"]),
                f"{found['log_loss']:.3f}",
            )
            for line, found in lines.items()
        ],
    )


def _recall(rows: list[dict[str, Any]]) -> str:
    return _table(
        ("emotion", "clips", "everybody", "women", "men", "women − men", "verdict"),
        [
            (
                row["emotion"],
                str(row["overall"]["n_utterances"]),
                *(_interval(row[side]) for side in ("overall", "female", "male")),
                _interval(
                    {
                        "value": row["difference"],
                        "low": row["difference_low"],
                        "high": row["difference_high"],
                    }
                ),
                row["verdict"] or "none",
            )
            for row in rows
        ],
    )


def _confusion(counts: dict[str, dict[str, int]]) -> str:
    return _table(
        ("acted", *(f"labelled {name}" for name in EMOTIONS)),
        [(acted, *(str(counts[acted][name]) for name in EMOTIONS)) for acted in EMOTIONS],
    )


def _designs(emodb: dict[str, Any]) -> str:
    lines = tuple(emodb["lines"])
    rows = [
        (
            f"**{each['design']}**" if each["design"] == emodb["chosen"] else each["design"],
            f"{each['loss']:.3f}",
            *(f"{each['uar'][line]:.3f}" for line in lines),
        )
        for each in emodb["designs"]
    ]
    inside = emodb["chosen_inside"]
    rows.append(
        ("*chosen anew for each speaker*", _NONE, *(f"{inside[line]:.3f}" for line in lines))
    )
    return _table(("design", "log loss", *(f"UAR, {line}" for line in lines)), rows)


def _shares(elsewhere: dict[str, Any]) -> str:
    if "alnum" not in elsewhere:
        return "Not measured: the corpus alnum was not there when this card was written."
    rows = []
    for by, groups in elsewhere["alnum"].items():
        for group in groups:
            if group["group"] == "overall" and by != "sex":
                continue
            anger = group["anger"]
            label = "everybody" if group["group"] == "overall" else f"{by}: {group['group']}"
            rows.append(
                (
                    label,
                    str(anger["n_speakers"]),
                    str(anger["n_utterances"]),
                    *(_interval(group[name]) for name in EMOTIONS),
                )
            )
    return _table(("group", "people", "clips", *EMOTIONS), rows)


def _voices(elsewhere: dict[str, Any]) -> str:
    rows = [
        (
            f"{corpus}: {each['group']}",
            str(each["n_speakers"]),
            str(each["n_utterances"]),
            *(str(each[name]) for name in (*EMOTIONS, "no label")),
        )
        for corpus in ("asterisk_prompts", "fsdd")
        for each in elsewhere.get(corpus, [])
    ]
    if not rows:
        return "Not measured: the corpora were not there when this card was written."
    return _table(("voices", "people", "clips", *EMOTIONS, "no label"), rows)


def _interval(found: dict[str, Any]) -> str:
    value, low, high = found["value"], found["low"], found["high"]
    if value is None:
        return _NONE
    ends = "no interval" if low is None or high is None else f"{low:.2f} to {high:.2f}"
    return f"{value:.3f} ({ends})"


def _percent(found: dict[str, Any], *, french: bool = False) -> str:
    value, low, high = (None if each is None else 100 * each for each in _ends(found))
    if low is None or high is None:
        return f"{value:.0f} %"
    ends = f"95 % : de {low:.0f} à {high:.0f}" if french else f"95 %: {low:.0f} to {high:.0f}"
    people = "personnes" if french else "people"
    return f"{value:.0f} % ({ends}, {found['n_speakers']} {people})"


def _ends(found: dict[str, Any]) -> tuple[float, float | None, float | None]:
    return found["value"], found["low"], found["high"]


def _named(groups: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(group for group in groups if group["group"] == name)


def _table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
