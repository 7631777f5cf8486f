"""What an auditor types to search the trail."""

import uuid
from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from portfolio.audit.queries import EventFilter
from portfolio.audit.terms import Chain, Tag


class SearchFields(BaseModel):
    """The fields of the search; all empty is everything."""

    model_config = ConfigDict(extra="forbid")

    person: str | None = Field(default=None, min_length=3, max_length=120)
    action: Tag | None = None
    chain: Chain | None = None
    object_id: str | None = Field(default=None, max_length=60, description="an identifier, or the number of a case")
    since: date | None = None
    until: date | None = None

    def wanted(self, objects: tuple[uuid.UUID, ...] = ()) -> EventFilter:
        """`objects`: the records that `object_id` stands for."""
        return EventFilter(
            person=(self.person or "").casefold(),
            action=self.action,
            chain=self.chain,
            objects=objects,
            since=self.since,
            until=self.until,
        )
