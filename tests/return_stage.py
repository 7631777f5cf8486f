"""A funded project whose period has ended, for tests of its returns; plain functions that commit nothing."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from life_stage import Scene, a_scene
from portfolio.monitoring.health_terms import Confidence
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project
from portfolio.returns import acts
from portfolio.returns.forms import ReturnFields
from portfolio.returns.making import make_due
from portfolio.returns.models import ProgressReturn
from portfolio.returns.queries import returns_of
from portfolio.returns.terms import ProcurementState
from visitors import PASSWORD

SECRET = "s" * 32


@dataclass
class ReturnStage:
    """The project and its people; `clock` moves the session's present."""

    session: Session
    scene: Scene

    @property
    def project(self) -> Project:
        return self.scene.project

    @property
    def lead(self) -> Viewer:
        return self.scene.stage.lead

    @property
    def sponsor(self) -> Viewer:
        return self.scene.service_head

    @property
    def verifier(self) -> Viewer:
        return self.scene.stage.head

    @property
    def pack(self):  # type: ignore[no-untyped-def]
        return self.scene.pack

    def clock(self, year: int, month: int, day: int) -> date:
        self.session.info["now"] = datetime(year, month, day, 15, tzinfo=UTC)
        return date(year, month, day)


def a_return_stage(session: Session) -> ReturnStage:
    return ReturnStage(session, a_scene(session))


def due(stage: ReturnStage, today: date) -> ProgressReturn:
    """The return of the period that ended, made by the clock."""
    make_due(stage.session, stage.pack, today)
    return returns_of(stage.session, stage.project.id)[0]


def some_fields(row: ProgressReturn, **other: object) -> ReturnFields:
    found = {
        "physical": "40",
        "paid": "100000",
        "forecast_finish": "2028-06-30",
        "forecast_cost": "900000",
        "procurement": ProcurementState.CONTRACTED,
        "done": "Two offices work with it",
        "next_steps": "Ten offices more",
        "level": Confidence.MEDIUM,
        "evidence_cost": "Invoices to the end of the period",
        "evidence_schedule": "The plan of May",
        "evidence_results": "The survey of June",
        "version": row.version,
    }
    return ReturnFields.model_validate({**found, **other})


def filled(stage: ReturnStage, row: ProgressReturn, **other: object) -> None:
    """Written by the lead and put up for its signature."""
    acts.save(stage.session, stage.lead, stage.project, row, some_fields(row, **other))
    acts.put_up(stage.session, stage.lead, stage.pack, stage.project, row)


def signed(stage: ReturnStage, row: ProgressReturn, **other: object) -> None:
    filled(stage, row, **other)
    shown = acts.digest_of(row)
    acts.sign(stage.session, stage.sponsor, stage.pack, SECRET, stage.project, row, PASSWORD, shown)


def verified(stage: ReturnStage, row: ProgressReturn, **other: object) -> None:
    signed(stage, row, **other)
    acts.verify(stage.session, stage.verifier, stage.pack, SECRET, stage.project, row, PASSWORD, row.digest)
