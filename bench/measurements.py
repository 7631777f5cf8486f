"""`python -m bench.measurements`: months of values for the large portfolio, then its scorecard and a project's page.

Works on the database of the environment, which `demo --size large` has filled. `BENCH_MEASURED` and `BENCH_MONTHS` make it smaller.
"""

import os
import resource
import time
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from portfolio import tables
from portfolio.db.clock import now
from portfolio.db.engine import open_database
from portfolio.demo.large_kpis import load_measurements
from portfolio.kpis.models import Indicator
from portfolio.kpis.portfolio import tallies
from portfolio.kpis.queries import measurements_of, scorecard
from portfolio.people.terms import Role
from portfolio.people.viewer import Grant, Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.settings import read_settings

AS_AT = date(2026, 11, 23)


def main() -> None:
    tables.load()
    database = open_database(read_settings(dict(os.environ)).database_url)
    most, months = int(os.environ.get("BENCH_MEASURED", "100000")), int(os.environ.get("BENCH_MONTHS", "60"))
    began = time.perf_counter()
    values = load_measurements(database, months, most)
    print(f"{values:,} measurements with their trail: {time.perf_counter() - began:.1f} s")
    with database.reading() as session:
        body = session.scalars(select(col(Initiative.institution_id)).limit(1)).one()
        analyst = Viewer(body, "bench", "es", (Grant(Role.DIRECTIVE_ANALYST, body),))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        began = time.perf_counter()
        found = tallies(session, analyst, now(session), AS_AT)
        took, peak = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"scorecard of {sum(t.total for t in found):,} indicators: {took:.2f} s, peak {peak:.0f} MB ({before:.0f} before)"
        )
        one = session.scalars(
            select(Indicator).where(col(Indicator.name) == "Indicador para mediciones").limit(1)
        ).one()
        project = session.get_one(Project, one.project_id)
        began = time.perf_counter()
        scorecard(session, project, AS_AT)
        measurements_of(session, one)
        print(f"what the pages of one project read: {(time.perf_counter() - began) * 1000:.1f} ms")


if __name__ == "__main__":
    main()
