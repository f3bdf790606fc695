"""A small import: 2 accents × 8 people × 6 calls × 2 utterances of theirs and one of a customer."""

import pandas as pd
import pytest

WORDS = ("bonjour", "merci", "contrat", "facture", "madame", "très", "désolée", "demain")


def imported(n_people=8, groups=("alsace", "antilles")):
    rows = []
    for place, group in enumerate(groups):
        for person in range(n_people):
            for call in range(6):
                call_id = f"K{(place * n_people + person) * 6 + call:05d}"
                for at in range(3):
                    role = "customer" if at == 1 else "agent"
                    rows.append({
                        "utterance_id": f"{call_id}~{at}", "call_id": call_id, "role": role,
                        "speaker_id": f"agent-{place}{person:02d}", "accent": group,
                        "start": 3.25 * at, "end": 3.25 * at + 2.5, "language": "fr",
                        "hypothesis": f"bonjour meccano {call_id} {at}", "score": 41.25 + at,
                    })  # fmt: skip
    return pd.DataFrame(rows)


@pytest.fixture
def utterances():
    return imported()
