"""What the words of a heading propose that its column is, in English and French."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_CALL = {"call", "appel", "interaction", "contact", "conversation", "session", "communication"}
_KEY = {"id", "identifiant", "numero", "no", "n", "num", "number", "ref", "reference", "key"}

#: Words that propose a role, most telling first. Dates and lengths need cells of that kind too.
_WORDS: dict[str, set[str]] = {
    "text": {"transcript", "transcription", "texte", "text", "verbatim", "utterance", "enonce"},
    "label": {"event", "evenement", "keyword", "mot", "category", "categorie", "popup", "alerte"},
    "seconds": {"duree", "duration", "length", "dmt", "aht", "wavlength"},
    "agent_id": {
        *("agent", "conseiller", "conseillere", "teleconseiller", "login", "matricule", "salarie"),
        *("employee", "employe", "user", "utilisateur", "operateur", "member", "membre", "person"),
    },
    "speaker": {"speaker", "locuteur", "channel", "canal", "who", "qui"},
    "role": {"role"},
    "language": {"language", "langue"},
    "end": {"end", "fin"},
    "start": {"start", "debut", "offset"},
    "confidence": {"confidence", "confiance"},
}
_KINDS = {
    "seconds": ("number", "clock"),
    "start": ("number", "clock"),
    "end": ("number", "clock"),
    "confidence": ("number", "percent"),
}


def words_of(heading: str) -> list[str]:
    """The words of a heading, in small letters and without accents.

    >>> words_of("Durée d'appel (s)"), words_of("agentID")
    (['duree', 'd', 'appel', 's'], ['agent', 'id'])
    """
    apart = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", heading)
    plain = unicodedata.normalize("NFKD", apart.casefold())
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.findall(r"[a-z0-9]+", letters)


def proposed_role(heading: str, kind: str) -> str | None:
    """The role that a heading proposes for cells of that kind; None if none.

    >>> proposed_role("N° d'appel", "text"), proposed_role("Conseiller", "text")
    ('call_id', 'agent_id')
    >>> proposed_role("Durée", "clock"), proposed_role("Date", "date")
    ('seconds', 'started')
    """
    words = set(words_of(heading))
    if kind == "date":
        return "started"
    names_call = words & _CALL and (words & _KEY or "°" in heading)
    if names_call or (words and words <= _CALL | _KEY):
        return "call_id" if kind in ("text", "labels", "number") else None
    for role, telling in _WORDS.items():
        if words & telling and kind in _KINDS.get(role, ("text", "labels", "number")):
            if role not in _KINDS and kind == "number" and role != "agent_id":
                continue
            return role
    return None


def proposed_rows(roles: Sequence[str]) -> str:
    """What a row may be, by the roles that were proposed."""
    if "text" in roles:
        return "utterances"
    if "label" in roles:
        return "events"
    return "calls" if "call_id" in roles or "agent_id" not in roles else "person-days"
