"""What is said before a system that infers emotion listens to voices of people at work.

Regulation (EU) 2024/1689 (AI Act), article 5(1)(f), since 2 February 2025. Auditing such a system
by running it on identifiable workers may itself be such a use, and no court has said; so the
default is to analyse the scores that the deployed system gave, and to run one only on volunteers,
on actors, or on synthetic speech, which corpus.toml declares.
"""

from __future__ import annotations

from biasbench.corpus import Corpus
from biasbench.systems import SystemInfo

#: What the provenance of a run says once the caution was printed.
CAUTION = "Regulation (EU) 2024/1689 art. 5(1)(f), printed before the run"

_TEXT = (
    "caution: {system} infers emotions from voices. In the European Union, inferring workers' "
    "emotions from their voice has in principle been prohibited since 2 February 2025, save for "
    "medical or safety reasons (Regulation (EU) 2024/1689, art. 5(1)(f)), and running such a model "
    "on identifiable workers in order to audit it may itself be such a use. Rather analyse the "
    "scores that the system in use exported, or work with volunteers. If nobody here is a worker "
    'recorded at work, say so in corpus.toml: speakers = "volunteers" or "actors".',
    "attention : {system} déduit des émotions à partir de la voix. Dans l'Union européenne, "
    "déduire les émotions des salariés à partir de leur voix est en principe interdit depuis le 2 "
    "février 2025, sauf raisons médicales ou de sécurité (règlement (UE) 2024/1689, art. 5, par. "
    "1, f), et faire tourner un tel modèle sur des salariés identifiables pour l'examiner peut "
    "être en soi un tel usage. Préférez l'analyse des scores exportés par le système en service, "
    "ou des volontaires. Si personne ici n'est un salarié enregistré au travail, dites-le dans "
    'corpus.toml : speakers = "volunteers" ou "actors".',
)


def caution(info: SystemInfo, corpus: Corpus) -> str | None:
    """The caution in English and French, or None where it does not apply.

    It applies to a system that infers emotion from sound, in the European Union or where nobody
    says where, on speech that is not declared synthetic or that of volunteers or actors.
    """
    if not info.infers_emotion or info.modality == "text" or corpus.synthetic:
        return None
    if corpus.card.get("speakers") in ("volunteers", "actors"):
        return None
    if corpus.card.get("jurisdiction", "eu") != "eu":
        return None
    return "\n".join(text.format(system=info.name) for text in _TEXT)
