"""Counts of what was delivered, passed off as outcomes (handbook 5.7): shown as context, flagged, never counted."""

import re

from portfolio.db.text import folded

_COUNT = r"(?:numero|n[º°.]?|cantidad|total|quantidade|number|count|amount)\s+(?:de\s+|of\s+)?"
_DELIVERED = (
    r"(?:\w+\s+){0,2}(?:tramites?|procedimientos?|procedimentos?|servicios?|servicos?|procedures?|services?|"
    r"aplicaciones|aplicativos?|apps?|applications?|plataformas?|platforms?|portales|portais|portals?|sistemas?|systems?|"
    r"modelos?|models?|modulos?|modules?|sitios?|sites?|websites?|solicitudes|transacciones|transacoes|transactions?)"
)
_SEEN = (
    r"\b(?:visitas?|visits?|visitors?|visitantes|descargas?|downloads?|clics?|cliques?|clicks?|page ?views?|"
    r"seguidores|followers|hits|acessos)\b"
)
_SHARE = re.compile(
    r"%|\b(?:porcentaje|porcentual|percentual|porcentagem|percent(?:age)?|proporcion|proporcao|share|rate|tasa|taxa|"
    r"tiempo|tempo|time|dias|days|horas|hours|minutos|minutes|costo|custo|cost|satisfac\w*)\b"
)
_VANITY = re.compile(rf"^\W*{_COUNT}{_DELIVERED}|{_SEEN}")


def is_vanity(name: str, unit: str) -> bool:
    """Whether an indicator counts things or visits instead of what changed for people.

    Shares, times, costs and satisfaction are taken as outcomes whatever they speak of. The list is ours, made from the
    examples of the handbook; it flags, a reviewer judges.
    """
    words = folded(f"{name} {unit}")
    return not _SHARE.search(words) and bool(_VANITY.search(words))
