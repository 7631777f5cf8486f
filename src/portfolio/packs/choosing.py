"""Which track a case takes, why, and what would change it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_currency, format_decimal

from portfolio.i18n import Phrase
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import CaseKind, SentenceCode
from portfolio.packs.tracks import Condition, Threshold, Track

UnitValues = Mapping[str, Decimal]
"""Value of one indexed unit in major units of the currency, by unit code."""


@dataclass(frozen=True)
class TrackChoice:
    """`why` and `would_change` are whole sentences in three languages, made to be stored with the submission."""

    track: Track
    why: tuple[Phrase, ...]
    would_change: tuple[Phrase, ...]


class NoTrack(Exception):
    """No track, or more than one, for a kind and amount: the pack was not checked."""


def threshold_minor(pack: CountryPack, threshold: Threshold, unit_values: UnitValues | None = None) -> int:
    """A threshold in minor units of the currency, rounded half up, at the given or the pack's reference values."""
    value = (unit_values or {}).get(threshold.unit)
    if value is None:
        value = pack.unit_value(threshold.unit)
    minor = threshold.amount * value * Decimal(10) ** pack.minor_units
    return int(minor.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def choose_track(
    pack: CountryPack, kind: CaseKind, whole_life_cost_minor: int, unit_values: UnitValues | None = None
) -> TrackChoice:
    """The one track for a kind of case and its whole-life cost (minor units of the pack's currency, tax included).

    Raises ValueError for a negative cost, NoTrack when the pack has not exactly one answer (refused at loading).
    """
    if whole_life_cost_minor < 0:
        raise ValueError("whole-life cost cannot be negative")
    track, condition = _matching(pack, kind, whole_life_cost_minor, unit_values)
    why = (
        _fill(pack, SentenceCode.KIND_IS, kind=pack.kinds[kind].label, track=track.name),
        _interval(pack, condition, unit_values),
    )
    changes = [
        *_neighbours(pack, kind, condition, unit_values),
        *_other_kinds(pack, kind, track, whole_life_cost_minor, unit_values),
    ]
    return TrackChoice(track, why, tuple(changes))


def matches(
    pack: CountryPack, kind: CaseKind, cost_minor: int, unit_values: UnitValues | None = None
) -> list[tuple[Track, Condition]]:
    """Every track whose conditions hold; exactly one in a pack that passed its checks."""
    return [
        (track, condition)
        for track in pack.tracks.values()
        for condition in track.conditions
        if kind in condition.kinds and _contains(pack, condition, cost_minor, unit_values)
    ]


def _matching(
    pack: CountryPack, kind: CaseKind, cost_minor: int, unit_values: UnitValues | None
) -> tuple[Track, Condition]:
    found = matches(pack, kind, cost_minor, unit_values)
    if len(found) != 1:
        raise NoTrack(f"{len(found)} tracks for kind {kind} at {cost_minor} minor units")
    return found[0]


def _contains(pack: CountryPack, condition: Condition, cost_minor: int, unit_values: UnitValues | None) -> bool:
    if condition.at_least and cost_minor < threshold_minor(pack, condition.at_least, unit_values):
        return False
    return not (condition.below and cost_minor >= threshold_minor(pack, condition.below, unit_values))


def _interval(pack: CountryPack, condition: Condition, unit_values: UnitValues | None) -> Phrase:
    lower = condition.at_least and _amount(pack, condition.at_least, unit_values)
    upper = condition.below and _amount(pack, condition.below, unit_values)
    if lower and upper:
        return _fill(pack, SentenceCode.BETWEEN_AMOUNTS, lower=lower, upper=upper)
    if lower:
        return _fill(pack, SentenceCode.FROM_AMOUNT, lower=lower)
    if upper:
        return _fill(pack, SentenceCode.BELOW_AMOUNT, upper=upper)
    return _fill(pack, SentenceCode.ANY_AMOUNT)


def _neighbours(
    pack: CountryPack, kind: CaseKind, condition: Condition, unit_values: UnitValues | None
) -> list[Phrase]:
    sentences = []
    if condition.below:
        limit = threshold_minor(pack, condition.below, unit_values)
        above, _ = _matching(pack, kind, limit, unit_values)
        amount = _amount(pack, condition.below, unit_values)
        sentences.append(_fill(pack, SentenceCode.WOULD_RISE, amount=amount, track=above.name))
    if condition.at_least:
        limit = threshold_minor(pack, condition.at_least, unit_values)
        under, _ = _matching(pack, kind, limit - 1, unit_values)
        amount = _amount(pack, condition.at_least, unit_values)
        sentences.append(_fill(pack, SentenceCode.WOULD_FALL, amount=amount, track=under.name))
    return sentences


def _other_kinds(
    pack: CountryPack, kind: CaseKind, track: Track, cost_minor: int, unit_values: UnitValues | None
) -> list[Phrase]:
    sentences = []
    for other in CaseKind:
        if other is kind:
            continue
        there, _ = _matching(pack, other, cost_minor, unit_values)
        if there.code is not track.code:
            label = pack.kinds[other].label
            sentences.append(_fill(pack, SentenceCode.OTHER_KIND, kind=label, track=there.name))
    return sentences


def _amount(pack: CountryPack, threshold: Threshold, unit_values: UnitValues | None) -> Phrase:
    """An amount as people read it, `1.000 UTM (CLP 67.429.000)`, in each language."""
    major = Decimal(threshold_minor(pack, threshold, unit_values)).scaleb(-pack.minor_units)

    def shown(language: str) -> str:
        # The code rather than the sign: "$" is three currencies among neighbours.
        money = format_currency(major, pack.currency, format="¤¤ #,##0", locale=language, currency_digits=False)
        if threshold.unit == pack.currency:
            return money
        return f"{format_decimal(threshold.amount, locale=language)} {threshold.unit} ({money})"

    return Phrase(es=shown("es_CL"), pt=shown("pt_BR"), en=shown("en"))


def _fill(pack: CountryPack, code: SentenceCode, **values: Phrase) -> Phrase:
    sentence = pack.sentences[code]
    return Phrase(
        es=sentence.es.format(**{name: value.es for name, value in values.items()}),
        pt=sentence.pt.format(**{name: value.pt for name, value in values.items()}),
        en=sentence.en.format(**{name: value.en for name, value in values.items()}),
    )
