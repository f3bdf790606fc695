"""Interact: words, pace and silence made into scores and prompts, by rules that anyone can read.

A stand-in for products such as Teleperformance's TP Interact, which transcribe a call, score its
words, tone and silences, and tell the worker "faster", "slower", "say thanks". How they do it is
not published. Here every point is: `interact.toml`, beside this file, holds the phrases, weights,
thresholds and prompts, and each score says which rule gave or took what, for which words. It shows
what such rules do with a recogniser's errors, and nothing about any product's own.

It reads transcripts. Sound, where there is some, is asked two things: when nobody speaks, if the
rules want silence from it, and when the other side of a two-channel call speaks. With the rule
silence_from = "words" it is asked nothing. Where the transcript says whose words are
whose, those of anyone but the agent are left out.

`tone:interact/PATH` takes other rules. What the scores are, and when there are none, is told in
biasbench/systems/interact/scoring.py. No score claims a feeling: "tone" counts words of a list,
from text alone, which the European definition of emotion recognition, tied to biometric data,
generally leaves out. A list of words for feelings would change that, and whoever writes one should
say so.

Traps. Words per minute are words between spaces, the same limits for every language: French has
more of them to the minute. A call is a whole one: rules such as "greet within 15 s" make little
sense of a single sentence.
"""

from __future__ import annotations

from pathlib import Path

from biasbench.systems import Call, Modality, Reading, SystemInfo
from biasbench.systems.interact import Rules, read_rules, score_call
from biasbench.systems.voice.activity import OPTIONS as VOICE_OPTIONS

_VERSION = "1"  # of the code; the rules have a digest of their own


class Interact:
    """A scorer by some rules.

    >>> from biasbench.systems import Transcript, Word
    >>> said = [Word("hello", 0.0, 0.4), Word("thank", 9.0, 9.3), Word("you", 9.3, 9.5)]
    >>> call = Call(transcript=Transcript("hello thank you", tuple(said)), language="en")
    >>> reading = load(None).score(call)
    >>> [(score.name, score.value) for score in reading.scores[:5]]
    [('quality', 80.0), ('politeness', 90.0), ('pace', 80.0), ('silence', 40.0), ('tone', 100.0)]
    >>> [(event.label, event.start) for event in reading.events if event.kind == "prompt"]
    [('break the silence', 4.4), ('speak faster', 9.5)]
    """

    def __init__(self, rules: Rules, *, name: str = "tone:interact") -> None:
        self.rules = rules
        can_hear = rules.silence_from != "words"
        modality: Modality = "mixed" if can_hear else "text"
        self._info = SystemInfo(
            name=name,
            version=f"{_VERSION}+{rules.version}",
            options=(*_options(rules), *(VOICE_OPTIONS if can_hear else ())),
            modality=modality,
            licence="Apache-2.0",
            reads=("transcript",),
            takes=("audio",) if can_hear else (),
            infers_emotion=False,
        )

    @property
    def info(self) -> SystemInfo:
        """The version holds a digest of the rules; the options are the main thresholds."""
        return self._info

    def score(self, call: Call) -> Reading:
        """The scores and events of one call; see biasbench.systems.interact.scoring."""
        return score_call(call, self.rules)


def load(variant: str | None) -> Interact:
    """The scorer by the rules of a TOML; by those that come along where `variant` is None.

    Raises NotFoundError for no such file and OptionError for one that contradicts itself.
    """
    if variant is None:
        return Interact(read_rules())
    return Interact(read_rules(variant), name=f"tone:interact/{Path(variant).name}")


def _options(rules: Rules) -> tuple[tuple[str, str], ...]:
    pace, silence = rules.pace, rules.silence
    weights = ", ".join(f"{name} {weight:g}" for name, weight in rules.weights.items())
    return (
        ("rules", rules.file),
        ("languages", ", ".join((rules.language,) if rules.language else rules.languages)),
        ("weights", weights),
        ("missing", rules.missing),
        ("silence_from", rules.silence_from),
        ("pace", f"{pace.too_slow.limit:g}-{pace.too_fast.limit:g} words/min"),
        ("window", f"{pace.window:g} s every {pace.step:g} s, again after {pace.again_after:g} s"),
        ("gap", f"over {silence.gap.limit:g} s, from {silence.shortest:g} s"),
        ("share", f"over {silence.share.limit:g}"),
        ("prompts", ", ".join(rules.prompt_labels)),
        ("opposites", ", ".join(" / ".join(pair) for pair in rules.opposites)),
    )
