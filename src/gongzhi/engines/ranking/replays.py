"""A ranking again, from what was kept of it: the same digest, on any machine and by any later version of this engine.

What `rankings.asked` and `composites.asked_composite` say is plain JSON with numbers as text. Definitions and sheets
may come from packs in the same words. An engine that counts otherwise has another name and refuses what is not its own.
"""

from collections.abc import Mapping
from dataclasses import fields
from fractions import Fraction
from typing import Any

from gongzhi.engines.ranking.composites import Composite, Estimate, Figure, Sheet, compose
from gongzhi.engines.ranking.formulas import Line, exact
from gongzhi.engines.ranking.rankings import ENGINE, Definition, Ranking, rank
from gongzhi.engines.ranking.shrinkage import Prior, Priors, Seen
from gongzhi.engines.ranking.standards import Cell, Reference

_EXACT = {"least_size", "level", "least_reachable", "mean", "strength", "variance", "mean_doubt", "strength_doubt"}


def answered(kept: Mapping[str, Any]) -> Ranking:
    """The ranking that was asked for. Raises ValueError for another engine's, and for words that are not known."""
    _check(kept, {"engine", "definition", "rows", "versions", "priors", "only"})
    definition = definition_from(kept["definition"])
    priors = None if kept["priors"] is None else priors_from(kept["priors"])
    rows = [seen_from(each) for each in kept["rows"]]
    return rank(definition, rows, versions=kept["versions"], priors=priors, only=kept["only"])


def answered_composite(kept: Mapping[str, Any]) -> Composite:
    """As `answered`, of a sheet."""
    _check(kept, {"engine", "sheet", "figures", "versions"})
    figures = {
        unit: {line: _figure_from(each) for line, each in lines.items()} for unit, lines in kept["figures"].items()
    }
    return compose(sheet_from(kept["sheet"]), figures, versions=kept["versions"])


def definition_from(params: Mapping[str, Any]) -> Definition:
    """From the words of a pack or a record: numbers that are not whole as text. Raises ValueError."""
    return Definition(**_words(Definition, params))


def sheet_from(params: Mapping[str, Any]) -> Sheet:
    """As `definition_from`; `lines` in order."""
    lines = tuple(Line.from_params(each) for each in params.get("lines", ()))
    return Sheet(**{**_words(Sheet, params), "lines": lines})


def seen_from(params: Mapping[str, Any]) -> Seen:
    words = _words(Seen, params)
    return Seen(**{**words, **{name: _number(words.get(name)) for name in ("seen", "size")},
                   "squares": _number(words.get("squares", "0"))})  # fmt: skip


def prior_from(params: Mapping[str, Any]) -> Prior:
    return Prior(**_words(Prior, params))


def priors_from(params: Mapping[str, Any]) -> Priors:
    """The whole's and the strata's: last year's, kept with its ranking."""
    strata = {name: prior_from(each) for name, each in params["strata"].items()}
    return Priors(None if params["whole"] is None else prior_from(params["whole"]), strata)


def reference_from(params: Mapping[str, Any]) -> Reference:
    words = _words(Reference, params)
    cells = {name: (exact(seen), exact(size)) for name, (seen, size) in words["cells"].items()}
    return Reference(cells, words["as_of"], words["source"])


def cell_from(params: Mapping[str, Any]) -> Cell:
    words = _words(Cell, params)
    return Cell(words["unit"], words["cell"], exact(words["seen"]), exact(words["size"]))


def _figure_from(params: object) -> Figure:
    if isinstance(params, Mapping):
        return Estimate(params["kind"], seen_from(params["row"]), prior_from(params["prior"]))
    return _number(params)


def _number(text: object) -> Fraction | None:
    return None if text is None else exact(text)


def _check(kept: Mapping[str, Any], keys: set[str]) -> None:
    if set(kept) != keys:
        raise ValueError(f"kept: {', '.join(sorted(keys))}")
    if kept["engine"] != ENGINE:
        raise ValueError(f"engine: this is {ENGINE}, not {kept['engine']}")


def _words(shape: type, params: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a dataclass, those that are exact read from text."""
    if strangers := set(params) - {each.name for each in fields(shape)}:
        raise ValueError(f"{min(strangers)}: not a word of {shape.__name__}")
    return {name: exact(each) if name in _EXACT else each for name, each in params.items()}
