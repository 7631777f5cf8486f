"""The rules on data run over a portfolio: findings, a summary by project and by institution, and what could not be checked.

A rule counts as checked on a row only where all its columns are there, the row is one it applies to, and the answer can be told.
What was not checked is never counted as passed.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from portfolio.monitoring.quality_rule import INSTITUTIONS, PROJECTS, Rule, Subject
from portfolio.monitoring.quality_rules_own import OWN_RULES, STALENESS
from portfolio.monitoring.quality_rules_public import PUBLIC_RULES

RULES = (*PUBLIC_RULES, *OWN_RULES)

FINDINGS = pl.Schema(
    {
        "institution": pl.String(),
        "project": pl.String(),
        "rule": pl.String(),
        "severity": pl.String(),
        "place": pl.String(),
    }
)
"""One row a failed rule; `project` is null where the rule is about the institution. In the order institution, project, rule."""

SUMMARY = pl.Schema(
    {
        "project": pl.String(),
        "institution": pl.String(),
        "rules_checked": pl.Int64(),
        "rules_passed": pl.Int64(),
        "errors": pl.Int64(),
        "warnings": pl.Int64(),
        "not_checked": pl.Int64(),
        "stale_days": pl.Int64(),
    }
)
"""One row a project. `not_checked` counts the project's rules that did not apply or could not be told; `stale_days` is null where
nobody knows when the data were last changed."""

BY_INSTITUTION = pl.Schema(
    {
        "institution": pl.String(),
        "projects": pl.Int64(),
        "rules_checked": pl.Int64(),
        "rules_passed": pl.Int64(),
        "errors": pl.Int64(),
        "warnings": pl.Int64(),
        "stalest_days": pl.Int64(),
    }
)
"""One row an institution, in the order of its name; the institution's own rules are counted with those of its projects."""


@dataclass(frozen=True, slots=True)
class NotChecked:
    """A rule that ran on no row, because these columns are not there."""

    rule: Rule
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What one run found."""

    findings: pl.DataFrame
    summary: pl.DataFrame
    institutions: pl.DataFrame
    not_checked: tuple[NotChecked, ...]


def rule(code: str) -> Rule:
    """The rule of a code. Raises `KeyError` for a code there is not."""
    return _BY_CODE[code]


_BY_CODE = {each.code: each for each in RULES}


def check_data(projects: pl.DataFrame, as_at: date, institutions: pl.DataFrame | None = None) -> Checked:
    """Run every rule whose columns are there. `projects` has columns of `PROJECTS`, with `project` and `institution` at least.

    Codes are held against those of the same frame: to find doubles, give the whole portfolio. Raises `ValueError` for a
    column that is not in the schema or of another type.
    """
    _refuse_strangers(projects, PROJECTS)
    bodies = INSTITUTIONS.to_frame() if institutions is None else institutions
    _refuse_strangers(bodies, INSTITUTIONS)
    has_bodies = institutions is not None
    columns = {
        Subject.PROJECT: set(projects.columns),
        Subject.INSTITUTION: set(bodies.columns) if has_bodies else set(),
    }
    ready = [each for each in RULES if set(each.needs) <= columns[each.subject]]
    lacking = [
        NotChecked(each, tuple(name for name in each.needs if name not in columns[each.subject]))
        for each in RULES
        if each not in ready
    ]
    asked = _answers(_with_staleness(projects, as_at), [r for r in ready if r.subject is Subject.PROJECT])
    of_bodies = _answers(bodies, [r for r in ready if r.subject is Subject.INSTITUTION])
    findings = pl.concat([_findings(asked), _findings(of_bodies)]).sort("institution", "project", "rule")
    summary = _summary(asked)
    return Checked(findings, summary, _by_institution(summary, _summary(of_bodies)), tuple(lacking))


def answers_of(projects: pl.DataFrame, as_at: date) -> pl.DataFrame:
    """`project` and one Boolean column for each rule whose columns are there: passed, failed, or null for one that does not
    apply or cannot be told. Raises `ValueError` like `check_data`."""
    _refuse_strangers(projects, PROJECTS)
    ready = [each for each in RULES if each.subject is Subject.PROJECT and set(each.needs) <= set(projects.columns)]
    return _answers(_with_staleness(projects, as_at), ready)


def _refuse_strangers(frame: pl.DataFrame, schema: pl.Schema) -> None:
    strange = [name for name, kind in frame.schema.items() if schema.get(name) != kind]
    if strange:
        raise ValueError(f"columns that the rules do not know, or of another type: {', '.join(strange)}")


def _with_staleness(projects: pl.DataFrame, as_at: date) -> pl.DataFrame:
    """Days since the last change; a change after the as-at date is no staleness, but zero days."""
    if "updated_on" not in projects.columns:
        return projects.with_columns(pl.lit(None, pl.Int64()).alias(STALENESS))
    days = (pl.lit(as_at, pl.Date()) - pl.col("updated_on")).dt.total_days()
    return projects.with_columns(days.clip(lower_bound=0).alias(STALENESS))


def _answers(frame: pl.DataFrame, rules: list[Rule]) -> pl.DataFrame:
    """Key columns and one Boolean column a rule: true, false, or null for not asked."""
    asked = {
        each.code: each.holds if each.applies is None else pl.when(each.applies.fill_null(False)).then(each.holds)
        for each in rules
    }
    keys = [name for name in ("project", "institution", STALENESS) if name in frame.columns]
    return frame.select(*keys, **asked)


def _codes(answers: pl.DataFrame) -> list[str]:
    return [name for name in answers.columns if name in _BY_CODE]


def _findings(answers: pl.DataFrame) -> pl.DataFrame:
    codes = _codes(answers)
    if not codes:
        return FINDINGS.to_frame()
    about = {code: _BY_CODE[code] for code in codes}
    parts = [
        answers.filter(~pl.col(code)).select(
            "institution",
            project=pl.col("project") if "project" in answers.columns else pl.lit(None, pl.String()),
            rule=pl.lit(code),
            severity=pl.lit(found.severity.value),
            place=pl.lit(found.place.value),
        )
        for code, found in about.items()
    ]
    return pl.concat(parts)


def _summary(answers: pl.DataFrame) -> pl.DataFrame:
    codes = _codes(answers)
    of = {name: [c for c in codes if _BY_CODE[c].severity.value == name] for name in ("error", "warning")}
    counts = {
        "rules_checked": [pl.col(code).is_not_null() for code in codes],
        "rules_passed": [pl.col(code).fill_null(False) for code in codes],
        "errors": [(~pl.col(code)).fill_null(False) for code in of["error"]],
        "warnings": [(~pl.col(code)).fill_null(False) for code in of["warning"]],
    }
    all_rules = sum(each.subject is Subject.PROJECT for each in RULES)
    missing = {name: pl.lit(None, SUMMARY[name]) for name in ("project", STALENESS) if name not in answers.columns}
    return (
        answers.with_columns(**missing)
        .with_columns(**{name: _total(parts) for name, parts in counts.items()})
        .with_columns(not_checked=pl.lit(all_rules, pl.Int64()) - pl.col("rules_checked"))
        .select(list(SUMMARY))
    )


def _total(parts: list[pl.Expr]) -> pl.Expr:
    return pl.sum_horizontal(pl.lit(0, pl.Int64()), *(part.cast(pl.Int64) for part in parts))


def _by_institution(summary: pl.DataFrame, of_bodies: pl.DataFrame) -> pl.DataFrame:
    return (
        pl.concat([summary, of_bodies])
        .group_by("institution")
        .agg(
            pl.col("project").count().cast(pl.Int64).alias("projects"),
            pl.col("rules_checked", "rules_passed", "errors", "warnings").sum(),
            stalest_days=pl.col(STALENESS).max(),
        )
        .sort("institution")
        .select(list(BY_INSTITUTION))
    )
