"""A funded case becomes a project: at most one of an initiative, however many versions its case has."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.models import BusinessCase
from portfolio.db.clock import now
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.terms import ProjectStage
from portfolio.web.formatting import country_zone
