"""Who of the bodies above the institutions hears of a project: those whom the pack names for it, and nobody else."""

import portfolio.approvals.mandates  # noqa: F401  registers its answer
from life_stage import a_scene
from portfolio.packs.terms import Tier
from portfolio.people.terms import Role
from portfolio.projects.oversight import overseers
from portfolio.risk.audience import tier_people


def test_the_substitute_body_hears_only_of_the_house_it_stands_in_for(session):
    scene = a_scene(session)
    stage = scene.stage
    head = stage.head.person_id
    assert overseers(session, stage.pack, scene.project, {Role.DIRECTIVE_HEAD}) == {head}
    assert tier_people(session, stage.pack, scene.project, Tier.DIRECTIVE) == {head, stage.analyst.person_id}
    assert tier_people(session, stage.pack, scene.project, Tier.STRATEGIC) == {stage.chair.person_id}


def test_the_house_of_the_directive_body_is_overseen_by_its_substitute(session):
    scene = a_scene(session)
    scene.case.institution_id = scene.stage.head.grants[0].institution_id
    session.flush()
    found = overseers(session, scene.pack, scene.project, {Role.DIRECTIVE_HEAD})
    assert found == {scene.stage.judge.person_id}


def test_of_an_imported_project_everybody_with_the_role_hears(session):
    scene = a_scene(session)
    scene.project.case_id = None
    found = overseers(session, scene.pack, scene.project, {Role.DIRECTIVE_HEAD})
    assert found == {scene.stage.head.person_id, scene.stage.judge.person_id}
