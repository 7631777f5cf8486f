"""Cross-checks: what a track demands can be reached, and every case takes exactly one track."""

from collections.abc import Iterator

from portfolio.packs.choosing import matches, threshold_minor
from portfolio.packs.faults import Fault
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import CaseKind, DeadlineCode, OpinionEffect, SectionCode, TrackCode
from portfolio.packs.tracks import Threshold, Track

FEWEST_SIGN_OFFS = 2
SIGN_OFFS_OF_FULL = 3
FEWEST_REVIEWS = 2
"""Sign-offs are never fewer than two people, three on the full track; one review alone is no peer review."""


def check_demands(pack: CountryPack) -> Iterator[Fault]:
    for code, track in pack.tracks.items():
        for field, reason in [*_sign_offs(track), *_reviews(pack, track), *_road(pack, track), *_periods(pack, track)]:
            yield Fault(("tracks", code, field), reason)
    if pack.opinion.effect is OpinionEffect.BINDING and DeadlineCode.OPINION in pack.deadlines:
        deadline = pack.deadline_days(DeadlineCode.OPINION)
        if pack.opinion.overdue_after < deadline:
            reason = f"overdue after {pack.opinion.overdue_after} days, before the opinion's own deadline of {deadline}"
            yield Fault(("opinion", "overdue", "after"), reason)


def _sign_offs(track: Track) -> Iterator[tuple[str, str]]:
    fewest = SIGN_OFFS_OF_FULL if track.code is TrackCode.FULL else FEWEST_SIGN_OFFS
    if track.sign_offs < fewest:
        yield (
            "sign_offs",
            f"{track.sign_offs} sign-offs are too few: this track takes at least {fewest} different people",
        )
    roles = set(track.sign_off_roles)
    if len(roles) != len(track.sign_off_roles):
        yield "sign_off_roles", "a role is named twice"
    if track.sign_offs > len(roles):
        yield "sign_offs", f"{track.sign_offs} sign-offs are demanded, but only {len(roles)} roles may give one"


def _reviews(pack: CountryPack, track: Track) -> Iterator[tuple[str, str]]:
    if not track.reviews:
        return
    if track.reviews < FEWEST_REVIEWS:
        yield "reviews", f"peer review takes at least {FEWEST_REVIEWS} reviews, or 0 for none"
    if pack.rubric is None:
        yield "reviews", "peer review is demanded, but the pack has no rubric"
    if not track.opinion:
        yield "reviews", "peer review is demanded, but no opinion that would use it"


def _road(pack: CountryPack, track: Track) -> Iterator[tuple[str, str]]:
    if track.code_issued and not track.decision:
        yield "code_issued", "a code needs a decided amount: this track has no budget decision"
    if track.decision and not track.opinion and pack.opinion.effect is OpinionEffect.BINDING:
        yield "decision", "the opinion binds, so no budget decision without an opinion: this track has none"
    if track.standards_check and not track.opinion:
        yield "standards_check", "a standards check is demanded, but no opinion that would use it"
    if not (track.opinion or track.decision) and track.code is not TrackCode.REGISTRATION:
        yield "opinion", "the track leads to nothing: neither an opinion nor a decision"
    if not track.conditions and not (track.code is TrackCode.FULL and _samples(pack)):
        yield "conditions", "no case ever takes this track"
    if track.sampled_percent and TrackCode.FULL not in pack.tracks:
        yield "sampled_percent", "a sample goes to full evaluation, but the pack has no full track"


def _samples(pack: CountryPack) -> bool:
    return any(track.sampled_percent for track in pack.tracks.values())


def _periods(pack: CountryPack, track: Track) -> Iterator[tuple[str, str]]:
    needed = (
        ("reviews", bool(track.reviews), DeadlineCode.REVIEW),
        ("opinion", track.opinion, DeadlineCode.OPINION),
        ("opinion", track.opinion, DeadlineCode.RECONSIDERATION),
        ("decision", track.decision, DeadlineCode.DECISION),
        ("summary", True, DeadlineCode.ADMISSIBILITY),
        ("summary", True, DeadlineCode.ANSWER),
    )
    for field, wanted, deadline in needed:
        if wanted and deadline not in pack.deadlines:
            yield field, f"the track needs the deadline {deadline}, which the pack does not give"


def check_sections(pack: CountryPack) -> Iterator[Fault]:
    """A track requires the sections that its own steps read, and whoever owns one may sign it off."""
    for code, known in pack.tracks.items():
        required = {section.code for section in pack.required_sections(code)}
        if not required:
            yield Fault(("tracks", code), "no section is required: the case would be empty")
        for needed, why in _needed_sections(known):
            if needed not in required:
                reason = f"the track {code} {why}, so it must require the section {needed}"
                yield Fault(("sections", needed, "required_in"), reason)
        owners = {section.owner for section in pack.required_sections(code)}
        if known.sign_offs < len(owners):
            reason = f"{len(owners)} roles own required sections: {known.sign_offs} sign-offs would leave some unsigned"
            yield Fault(("tracks", code, "sign_offs"), reason)
        for owner in sorted(owners - set(known.sign_off_roles)):
            reason = f"sections owned by {owner} are required, but {owner} may not sign off on this track"
            yield Fault(("tracks", code, "sign_off_roles"), reason)


def _needed_sections(track: Track) -> Iterator[tuple[SectionCode, str]]:
    if track.decision:
        yield SectionCode.COSTS, "leads to a budget decision"
        yield SectionCode.FUNDING, "leads to a budget decision"
    if track.standards_check:
        yield SectionCode.STANDARDS, "has a standards check"
    if track.code_issued:
        yield SectionCode.PROCUREMENT, "issues codes"
    if track.code is TrackCode.FULL:
        for code in (SectionCode.PROBLEM, SectionCode.OPTIONS, SectionCode.INDICATORS, SectionCode.INCLUSION):
            yield code, "is the full evaluation"


def check_choice(pack: CountryPack) -> Iterator[Fault]:
    """Every kind and amount takes exactly one track; thresholds of a kind share one unit: their order never moves."""
    for kind in CaseKind:
        bounds, units = _bounds(pack, kind)
        if unknown := sorted(unit for unit in units if unit != pack.currency and unit not in pack.indexed_units):
            yield Fault(("tracks",), f"thresholds of kind {kind} use an unknown unit: {', '.join(unknown)}")
            continue
        if len(units) > 1:
            yield Fault(("tracks",), f"thresholds of kind {kind} mix units ({', '.join(sorted(units))})")
            continue
        amounts = sorted({0, *(threshold_minor(pack, bound) for bound in bounds)})
        for amount in sorted({*amounts, *(amount - 1 for amount in amounts if amount)}):
            yield from _one_track(pack, kind, amount)


def _bounds(pack: CountryPack, kind: CaseKind) -> tuple[list[Threshold], set[str]]:
    bounds = [
        bound
        for track in pack.tracks.values()
        for condition in track.conditions
        if kind in condition.kinds
        for bound in (condition.at_least, condition.below)
        if bound is not None
    ]
    return bounds, {bound.unit for bound in bounds}


def _one_track(pack: CountryPack, kind: CaseKind, amount: int) -> Iterator[Fault]:
    found = [track.code for track, _ in matches(pack, kind, amount)]
    if not found:
        yield Fault(("tracks",), f"a case of kind {kind} at {amount} minor units takes no track")
    elif len(found) > 1:
        reason = f"a case of kind {kind} at {amount} minor units takes two tracks: {', '.join(found)}"
        yield from (Fault(("tracks", code, "conditions"), reason) for code in found)
