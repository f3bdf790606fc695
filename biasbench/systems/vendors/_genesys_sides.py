"""Genesys Cloud transcripts: who of the company was connected when.

The `internal` side is the agent, the IVR, the queue and voicemail alike; the list of participants
says which of them were there.
"""

from __future__ import annotations

from collections.abc import Sequence

from biasbench.systems.exports import AGENT, CUSTOMER, Notes, Remark
from biasbench.systems.vendors._genesys import Document, role_of

NOBODY = Remark(
    "internal phrases of transcripts without participants: give the role of 'internal' in "
    "roles.csv",
    "phrases internes de transcriptions sans participants : donnez le rôle de « internal » dans "
    "roles.csv",
)
UNCLEAR = Remark(
    "internal phrases at a time when no participant, or an agent and a machine, were connected: "
    "give their role in roles.csv",
    "phrases internes à un moment où aucun participant, ou un agent et une machine, étaient "
    "connectés : donnez leur rôle dans roles.csv",
)
OUTSIDE = Remark(
    "internal phrases outside the time of the only internal participant, taken as this "
    "participant's",
    "phrases internes hors de la présence du seul participant interne, attribuées à celui-ci",
)


class Connected:
    """Who of the company was connected when."""

    def __init__(self, participants: Sequence[Document]) -> None:
        self.agents: dict[str, None] = {}
        self.spans: list[tuple[float, float, str | None, str | None]] = []
        for person in participants:
            role, user = role_of(person.get("participantPurpose")), person.get("userId")
            if role == CUSTOMER:
                continue
            if role == AGENT and user:
                self.agents[user] = None
            end = person.get("endTimeMs")
            start = person.get("startTimeMs")
            self.spans.append(
                (
                    float("-inf") if start is None else start,
                    float("inf") if end is None else end,
                    role,
                    user,
                )
            )
        self.kinds = {span[2:] for span in self.spans}

    def at(self, moment: float, notes: Notes | None) -> tuple[str | None, str | None]:
        """The role and the userId of the internal side at a moment; None for what is not told."""
        if not self.spans:
            if notes:
                notes.count(NOBODY)
            return None, None
        there = {span[2:] for span in self.spans if span[0] <= moment <= span[1]}
        if not there and len(self.kinds) == 1:
            if notes:
                notes.count(OUTSIDE)
            there = self.kinds
        if len(there) == 1:
            return next(iter(there))
        roles = {role for role, _ in there}
        if len(roles) == 1:
            return next(iter(roles)), None
        if notes:
            notes.count(UNCLEAR)
        return None, None
