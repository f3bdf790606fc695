"""The import report: what went in and came out, what is missing, assumed, or cannot be said."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from biasbench.errors import OptionError
from biasbench.systems.exports import Gift, Remark, Status

Language = Literal["en", "fr"]

#: What an export can say, in both languages; what a format does not give is listed.
GIFTS: Mapping[Gift, Remark] = {
    "utterances": Remark("what was said", "ce qui a été dit"),
    "start times": Remark("when an utterance starts", "le début de chaque prise de parole"),
    "end times": Remark("when an utterance ends", "la fin de chaque prise de parole"),
    "words": Remark("single words", "les mots un par un"),
    "word times": Remark("when each word was said", "l’instant de chaque mot"),
    "word confidences": Remark(
        "how sure the recogniser is of each word", "la confiance du système dans chaque mot"
    ),
    "roles": Remark("who is the agent and who the customer", "qui est l’agent et qui le client"),
    "agents": Remark("which agent it was", "de quel agent il s’agit"),
    "call start": Remark("when the call began", "la date et l’heure de l’appel"),
    "language": Remark("the language", "la langue"),
    "silence": Remark("silences", "les silences"),
    "overtalk": Remark("overtalk", "les chevauchements de parole"),
    "categories": Remark("categories and phrases found", "les catégories et expressions repérées"),
    "prompts": Remark("prompts shown to the agent", "les consignes affichées à l’agent"),
    "scores": Remark("scores", "les notes"),
    "evaluations": Remark("evaluations by people or by AI", "les évaluations (humaines ou par IA)"),
    "selection": Remark(
        "how calls were chosen for listening", "comment les appels écoutés ont été choisis"
    ),
    "work time": Remark("working time", "le temps de travail"),
}

_STATUS: Mapping[Status, Remark] = {
    "documented": Remark("documented in public", "documenté publiquement"),
    "partly documented": Remark("documented in part", "documenté en partie"),
    "by mapping": Remark("known by a mapping of columns", "lu par correspondance de colonnes"),
}

#: Lists in the text are cut after this many; the file holds all of them.
_N_SHOWN = 10


@dataclass(frozen=True)
class ImportReport:
    """What an import did, counted.

    `rows`: rows out by table. `nulls`: (empty, all) by field. `noticed`: what readers counted, in
    both languages. `skipped`: one line for each file or call that was left out. `unmatched`: agents
    of the export that people.csv does not have; `idle`: people of people.csv without a call;
    `repeated`: people who stand there twice; all under the names that the run gives. `notes`:
    further sentences, in English.
    """

    format: str
    title: str
    status: Status
    tier: str
    n_files: int
    rows: Mapping[str, int]
    nulls: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    noticed: Sequence[tuple[Remark, int]] = ()
    versions: Mapping[str, int] = field(default_factory=dict)
    skipped: Sequence[str] = ()
    assumed: Sequence[Remark] = ()
    cannot_say: Sequence[Gift] = ()
    speakers_without_role: Mapping[str, int] = field(default_factory=dict)
    n_unused_roles: int = 0
    differing: Mapping[str, int] = field(default_factory=dict)
    n_calls_without_agent: int = 0
    n_calls_without_utterance: int = 0
    unmatched: Sequence[str] = ()
    idle: Sequence[str] = ()
    repeated: Sequence[str] = ()
    n_customer_texts_dropped: int = 0
    n_unknown_texts_dropped: int = 0
    n_words_without_time: int = 0
    has_key: bool = False
    has_people: bool = False
    notes: Sequence[str] = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON holds it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> ImportReport:
        """The inverse of `to_dict`."""
        return cls(
            **{
                **content,
                **{name: tuple(content[name]) for name in _LISTS if name in content},
                "nulls": {name: (a, b) for name, (a, b) in content["nulls"].items()},
                "noticed": tuple((Remark(*remark), n) for remark, n in content["noticed"]),
                "assumed": tuple(Remark(*remark) for remark in content["assumed"]),
            }
        )

    def lines(self, lang: Language = "en", *, names: bool = True) -> list[str]:
        """The report as lines of text.

        Without `names` there are the counts alone: no agent, speaker, call or file is named, so
        that the lines may stand in what is published.

        Raises OptionError for a language other than English and French.
        """
        if lang not in get_args(Language):
            raise OptionError(f"lang is {lang!r}; write 'en' or 'fr'")
        at = 0 if lang == "en" else 1

        def say(en: str, fr: str) -> str:
            return (en, fr)[at]

        sep = say(": ", "\u00a0: ")
        lines = [
            f"{self.title} ({self.format}; {_STATUS[self.status][at]})",
            say("files read", "fichiers lus") + sep + str(self.n_files),
            say("rows out", "lignes produites")
            + sep
            + ", ".join(f"{n} {_ROWS[name][at]}" for name, n in self.rows.items() if n),
        ]
        lines += [_TIERS[self.tier][at], *self._people_lines(at, names=names)]
        lines += [f"{remark[at]}{sep}{n}" for remark, n in self.noticed]
        empty = {name: pair for name, pair in self.nulls.items() if pair[0]}
        if empty:
            listing = ", ".join(f"{name} {a}/{b}" for name, (a, b) in empty.items())
            lines.append(say("without a value", "sans valeur") + sep + listing)
        if self.versions:
            listing = ", ".join(f"{name} ({n})" for name, n in self.versions.items())
            lines.append(say("versions seen", "versions rencontrées") + sep + listing)
        lines += [say("assumed", "supposé") + sep + remark[at] for remark in self.assumed]
        if self.cannot_say:
            listing = ", ".join(GIFTS[gift][at] for gift in self.cannot_say)
            lines.append(
                say("this format cannot say", "ce format ne peut pas dire") + sep + listing
            )
        lines += self.notes
        lines += self._skipped_lines(at, names=names)
        return lines

    def _people_lines(self, at: int, *, names: bool) -> list[str]:
        sep = (": ", "\u00a0: ")[at]
        counted: tuple[tuple[int | Sequence[str], Remark], ...] = (
            (self.n_calls_without_agent, Remark(
                "calls without an agent (say who in roles.csv: call_id, agent_id)",
                "appels sans agent (à préciser dans roles.csv\u00a0: call_id, agent_id)")),
            (self.n_unused_roles, Remark(
                "entries of roles.csv that nothing in the export answers to (misspelt?)",
                "lignes de roles.csv sans réponse dans l’export (mal écrites\u00a0?)")),
            (self.n_calls_without_utterance, Remark(
                "calls without an utterance", "appels sans aucune parole")),
            (self.unmatched, Remark(
                "agents who are not in people.csv, group 'unknown'",
                "agents absents de people.csv, groupe «\u00a0unknown\u00a0»")),
            (self.idle, Remark(
                "people of people.csv without a call",
                "personnes de people.csv sans aucun appel")),
            (self.repeated, Remark(
                "people who stand twice in people.csv, alike",
                "personnes présentes deux fois, à l’identique, dans people.csv")),
            (self.n_customer_texts_dropped, Remark(
                "customers' texts left out", "textes de clients écartés")),
            (self.n_words_without_time, Remark(
                "words whose times cannot be (an end before the start …), kept without them",
                "mots aux instants impossibles (fin avant le début …), gardés sans eux")),
            (self.n_unknown_texts_dropped, Remark(
                "texts left out because nobody said whose they are",
                "textes écartés parce que rien ne dit de qui ils sont")),
        )  # fmt: skip
        lines = []
        for found, remark in counted:
            if found:
                lines.append(f"{remark[at]}{sep}{found if isinstance(found, int) else len(found)}")
                if names and not isinstance(found, int):
                    lines.append(f"  {_cut(found)}")
        if self.differing:
            listing = ", ".join(f"{name} {n}" for name, n in self.differing.items())
            told = Remark(
                "told differently by two files of one call, the first was kept",
                "indiqué différemment par deux fichiers d’un même appel, le premier est gardé",
            )
            lines.append(f"{told[at]}{sep}{listing}")
        if self.speakers_without_role:
            told = Remark(
                "speakers without a role (say who is the agent in roles.csv: speaker, role)",
                "locuteurs sans rôle (à préciser dans roles.csv\u00a0: speaker, role)",
            )
            spoken = self.speakers_without_role.items()
            listing = _cut([f"{name or '-'} ({n})" for name, n in spoken])
            lines.append(f"{told[at]}{sep}{listing if names else len(spoken)}")
        lines.append((
            ("ids of agents and calls are pseudonyms (HMAC-SHA-256)",
             "identifiants d’agents et d’appels remplacés par des pseudonymes (HMAC-SHA-256)")
            if self.has_key else
            ("ids of agents and calls are those of the export: no --key",
             "identifiants d’agents et d’appels laissés tels que dans l’export\u00a0: "
             "pas de --key")
        )[at])  # fmt: skip
        return lines

    def _skipped_lines(self, at: int, *, names: bool) -> list[str]:
        if not self.skipped:
            return []
        n = len(self.skipped)
        head = (f"left out, since they could not be read: {n}",
                f"écartés, car illisibles\u00a0: {n}")[at]  # fmt: skip
        if not names:
            return [head]
        shown = [f"  {line}" for line in self.skipped[:_N_SHOWN]]
        return [head, *shown, *(["  …"] if n > _N_SHOWN else [])]


_TIERS: Mapping[str, Remark] = {
    "T1": Remark(
        "tier T1: these are outputs of the system in use",
        "niveau T1\u00a0: ce sont des sorties du système employé",
    ),
    "T2": Remark(
        "tier T2: the engine of the system in use, on test recordings",
        "niveau T2\u00a0: le moteur du système employé, sur des enregistrements d’essai",
    ),
    "T3": Remark(
        "tier T3, the weakest claim: a stand-in. If the system in use wrote this: --tier T1",
        "niveau T3, le plus faible\u00a0: un logiciel de substitution. Si c’est le système employé "
        "qui a écrit cet export, dites-le\u00a0: --tier T1",
    ),
}

_LISTS = ("skipped", "cannot_say", "unmatched", "idle", "repeated", "notes")

_ROWS: Mapping[str, Remark] = {
    "calls": Remark("calls", "appels"),
    "periods": Remark("periods", "périodes"),
    "utterances": Remark("utterances", "prises de parole"),
    "transcripts": Remark("transcripts", "transcriptions"),
    "scores": Remark("scores", "notes"),
    "events": Remark("events", "événements"),
}


def _cut(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_N_SHOWN])
    return f"{shown}, …" if len(names) > _N_SHOWN else shown


def format_lines(lang: Language = "en") -> list[str]:
    """Every format: its name, what it is, how well it is documented, what it yields."""
    from biasbench.runs.exports.formats import formats

    at = 0 if lang == "en" else 1
    lines = []
    for name, about in formats().items():
        yields = ", ".join(GIFTS[gift][at] for gift in about.gives)
        lines.append(f"{name}: {about.title} [{_STATUS[about.status][at]}]")
        lines += textwrap.wrap(yields, 96, initial_indent="    ", subsequent_indent="    ")
    return lines
