#!/usr/bin/env python3
"""Work out a ranking again without Gongzhi: one file, the standard library only, Python 3.11 or newer.

    python3 tools/check_ranking.py ASKED.json RESULT.json

ASKED.json is what a ranking was made from (definition, rows, versions), RESULT.json what came out, as they were
published. Prints {"valid", "failures": [{"code", "where"}]} and ends with 0 (valid), 1 (not valid) or 2 (unreadable).
docs/explanation/ranking.md says what is done; this program shares no code with the one that did it and uses the
machine's own logarithms, so what was estimated is compared within a margin and everything else exactly: digests, group
means and strengths (within 2 %), values, ties, ranks, who is not ranked, points of a sheet, and that each interval
holds what it says of its distribution. How often a rank comes out in the draws, and which pairs can be told apart, it
only holds against the ranks. Read it, it is meant to be read.
"""

import argparse
import hashlib
import itertools
import json
import math
import sys
from fractions import Fraction

NEAR = 0.02  # of a strength; means are known to more digits


def number(text):
    return None if text is None else Fraction(text)


def sha256(value):
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def shown(value, decimals):
    """Rounded to decimals, halves away from zero, as it is written."""
    scaled = abs(value) * 10**decimals
    whole = str(int(scaled + Fraction(1, 2))).rjust(decimals + 1, "0")
    text = f"{whole[:-decimals]}.{whole[-decimals:]}" if decimals else whole
    return f"-{text}" if value < 0 and int(scaled + Fraction(1, 2)) else text


# --- one group of units -------------------------------------------------------------------------------------------


def likelihood(kind, rows, mean, strength, variance):
    total, a, b = 0.0, mean * strength, strength - mean * strength
    for k, n in rows:
        if kind == "share":
            total += math.lgamma(k + a) + math.lgamma(n - k + b) - math.lgamma(n + strength)
            total -= math.lgamma(a) + math.lgamma(b) - math.lgamma(strength)
        elif kind == "rate":
            total += math.lgamma(k + a) - math.lgamma(a) + a * math.log(strength) - (k + a) * math.log(n + strength)
        else:
            var = variance / n + variance / strength
            total -= (math.log(var) + (k / n - mean) ** 2 / var) / 2
    return total


def worth(kind, rows, strength):
    """How many independent cases the units are worth together, and what was seen in them."""
    sizes = [n * (strength + (kind == "share")) / (n + strength) for _, n in rows]
    return sum(size * k / n for size, (k, n) in zip(sizes, rows, strict=True)), sum(sizes)


def mean_of(kind, rows, strength):
    seen, size = worth(kind, rows, strength)
    size_by = size * strength / (strength + (kind == "share"))  # as weights: n·s / (n + s)
    if kind != "mean" and seen <= 0:
        return 0.5 / (size_by + 1)
    if kind == "share" and seen >= size * (1 - 1e-15):
        return (size_by + 0.5) / (size_by + 1)
    return seen / size


def strength_of(kind, rows, variance):
    """The average shrinkage under the marginal likelihood, over 3,601 strengths."""
    sizes = sorted(n for _, n in rows)
    usual, weighed = sizes[len(sizes) // 2], []
    for step in range(-1800, 1801):
        strength = usual * math.exp(step / 200)
        mean = mean_of(kind, rows, strength)
        doubt = {"share": mean * (1 - mean), "rate": mean, "mean": variance}[kind] / worth(kind, rows, strength)[1]
        drawn = strength / (usual + strength)
        height = likelihood(kind, rows, mean, strength, variance) + math.log(doubt) / 2 + math.log(drawn * (1 - drawn))
        weighed.append((height, drawn))
    top = max(height for height, _ in weighed)
    drawn = sum(math.exp(h - top) * d for h, d in weighed) / sum(math.exp(h - top) for h, _ in weighed)
    return usual * drawn / (1 - drawn)


def check_prior(kind, rows, prior, where):
    if len(rows) < 2 or (kind == "mean" and not float(prior["variance"])):
        return []
    strength = strength_of(kind, rows, float(prior["variance"]))
    wrong = []
    if abs(strength / float(number(prior["strength"])) - 1) > NEAR:
        wrong.append(("strength", where))
    if prior["origin"] == "whole":
        mean, told = mean_of(kind, rows, strength), float(number(prior["mean"]))
        if abs(mean - told) > max(1e-5, 1e-3 * abs(told)):
            wrong.append(("mean", where))
    return wrong


# --- one unit ------------------------------------------------------------------------------------------------------


def value_and_variance(kind, row, prior):
    seen, size = number(row["seen"]) or 0, number(row["size"]) or 0
    mean, strength = number(prior["mean"]), number(prior["strength"])
    whole = size + strength
    value = (seen + mean * strength) / whole
    drawn = strength / whole
    own = {"share": value * (1 - value) / (whole + 1), "rate": value / whole, "mean": number(prior["variance"]) / whole}
    off = (seen / size - mean) * drawn * (1 - drawn) if size else 0
    return value, own[kind] + drawn**2 * number(prior["mean_doubt"]) + off**2 * number(prior["strength_doubt"])


def held_by(kind, value, variance, low, high):
    """How much of the distribution with this mean and variance lies between low and high (midpoints, 20,000 steps)."""
    value, variance, low, high = float(value), float(variance), float(low), float(high)
    if kind == "mean":
        width = math.sqrt(2 * variance)
        return (math.erf((high - value) / width) - math.erf((low - value) / width)) / 2
    if kind == "share":
        cases = max(value * (1 - value) / variance - 1, 0.1)
        a, b = value * cases, (1 - value) * cases
        fixed = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    else:
        a, b = value**2 / variance, value / variance
        fixed = a * math.log(b) - math.lgamma(a)
    # over the logarithm of the value, so that a density without bound at 0 does no harm
    first, last = math.log(max(low, 1e-12)), math.log(high)
    step, total = (last - first) / 20_000, 0.0
    for place in range(20_000):
        x = math.exp(first + (place + 0.5) * step)
        if kind == "share" and x >= 1:
            continue
        rest = (b - 1) * math.log1p(-x) if kind == "share" else -b * x
        total += math.exp(fixed + a * math.log(x) + rest) * step
    return total


def check_interval(kind, each, prior, level):
    """Within 1 %, and what rounding the bounds may move."""
    low, high = each["interval"]
    if kind != "mean" and (float(low) <= 1e-6 or (kind == "share" and float(high) >= 1)):
        return []  # a bound that was rounded onto the edge says nothing exact
    value, variance = value_and_variance(kind, each, prior)
    step = 10.0 ** -len(low.partition(".")[2])
    if variance <= step**2:
        return []
    margin = 0.01 + step / math.sqrt(variance)
    good = abs(held_by(kind, value, variance, low, high) - (1 - float(number(level)))) <= margin
    return [] if good else [("interval", each["unit"])]


# --- the whole -----------------------------------------------------------------------------------------------------


def check_ranks(standings, values, better, decimals):
    """Ranks are one plus how many are better as shown; equal ones name each other; the best stand first."""
    wrong, by_unit = [], {each["unit"]: each for each in standings}
    figures = {unit: Fraction(shown(value, decimals)) for unit, value in values.items()}
    sign = 1 if better == "higher" else -1
    for unit, value in figures.items():
        each = by_unit[unit]
        rank = 1 + sum(sign * other > sign * value for other in figures.values())
        tied = sorted(other for other in figures if other != unit and figures[other] == value)
        if (each["rank"], each["tied"]) != (rank, tied) or each["shown"] != shown(values[unit], decimals):
            wrong.append(("rank", unit))
        for low, high in (("low_rank", "high_rank"), ("best_rank", "worst_rank")):
            if each[low] is not None and not 1 <= each[low] <= each[high] <= len(figures):
                wrong.append((low, unit))
        if each["best_rank"] is not None and (each["best_rank"] > rank + len(tied) or each["worst_rank"] < rank):
            wrong.append(("best_rank", unit))
    ranked = [each["rank"] for each in standings if each["rank"] is not None]
    bands = [each["band"] for each in standings if each["band"] is not None]
    if ranked != sorted(ranked) or [each["rank"] for each in standings[: len(ranked)]] != ranked:
        wrong.append(("order", ""))
    if bands and (bands[0] != 1 or any(b - a not in (0, 1) for a, b in itertools.pairwise(bands))):
        wrong.append(("bands", ""))
    if set(figures) != {each["unit"] for each in standings if each["rank"] is not None}:
        wrong.append(("ranked", ""))
    return wrong


def why_not(row, least):
    if row["size"] is None:
        return "missing"
    size = number(row["size"])
    return "nothing_counted" if not size else "few" if size < least else ""


def check_priors(kept, result):
    kind, priors, given = kept["definition"]["kind"], result["priors"], kept["priors"]
    if given is not None:
        return [] if given == priors else [("priors", "")]
    rows = [row for row in kept["rows"] if row["size"] is not None and number(row["size"])]
    plain = [(row["stratum"], (float(number(row["seen"])), float(number(row["size"])))) for row in rows]
    wrong = check_prior(kind, [pair for _, pair in plain], priors["whole"], "whole") if plain else []
    for name, prior in priors["strata"].items():
        wrong += check_prior(kind, [pair for stratum, pair in plain if stratum == name], prior, name)
    return wrong


def check_ranking(kept, result):
    definition, rows = kept["definition"], kept["rows"]
    wrong = [] if result["definition"] == definition else [("definition", "")]
    wrong += check_priors(kept, result)
    chosen = {row["unit"]: row for row in rows if kept["only"] is None or row["stratum"] == kept["only"]}
    standings = result["standings"]
    if sorted(each["unit"] for each in standings) != sorted(chosen):
        return [*wrong, ("units", "")]
    values = {}
    for each in standings:
        row = chosen[each["unit"]]
        if any(each[key] != row[key] for key in ("seen", "size", "stratum")):
            wrong.append(("row", row["unit"]))
        why = why_not(row, number(definition["least_size"]))
        if each["unranked"] != why:
            wrong.append(("unranked", row["unit"]))
        if why in ("missing", "nothing_counted"):
            made_up = [key for key in ("value", "shown", "interval", "plain", "rank") if each[key] is not None]
            wrong += [(key, row["unit"]) for key in made_up]
            continue
        prior = result["priors"]["strata"].get(row["stratum"], result["priors"]["whole"])
        value, _ = value_and_variance(definition["kind"], row, prior)
        if number(each["value"]) != value or number(each["raw"]) != number(row["seen"]) / number(row["size"]):
            wrong.append(("value", row["unit"]))
        wrong += check_interval(definition["kind"], each, prior, definition["level"])
        if not why:
            values[row["unit"]] = value
    return wrong + check_ranks(standings, values, definition["better"], definition["decimals"])


# --- sheets --------------------------------------------------------------------------------------------------------


def points_of(line, figure):
    name, numbers = line["formula"]["name"], [number(each) for each in line["formula"]["numbers"]]
    most, least = number(line["most"]), number(line["least"])
    if name == "given":
        points = figure
    elif name == "proportion":
        points = most * figure / numbers[0]
    elif name == "linear":
        points = most * (figure - numbers[0]) / (numbers[1] - numbers[0])
    elif name == "per":
        points = numbers[0] + numbers[1] * figure
    else:
        steps = list(zip(numbers[::2], numbers[1::2], strict=True))
        reached = [got for at, got in steps if (figure <= at if line["formula"]["lower"] else figure >= at)]
        points = reached[-1] if reached else Fraction(0)
    return max(least, min(most, points))


def filled(lines, figures):
    """Points, what could be reached, the whole, and which missing lines bar from a rank."""
    got = reachable = whole = Fraction(0)
    barred = []
    for line in lines:
        weight, figure = number(line["weight"]), figures.get(line["code"])
        whole += weight * number(line["most"])
        if isinstance(figure, dict):
            figure = value_and_variance(figure["kind"], figure["row"], figure["prior"])[0]
        if figure is not None:
            points = points_of(line, Fraction(figure))
        elif line["missing"] == "zero":
            points = number(line["least"])
        else:
            barred += [line["code"]] if line["missing"] == "unranked" else []
            continue
        got, reachable = got + weight * points, reachable + weight * number(line["most"])
    return got, reachable, whole, barred


def check_composite(kept, result):
    sheet, wrong, values = kept["sheet"], [], {}
    if result["sheet"] != sheet:
        wrong.append(("definition", ""))
    if sorted(each["unit"] for each in result["standings"]) != sorted(kept["figures"]):
        return [*wrong, ("units", "")]
    for each in result["standings"]:
        unit = each["unit"]
        got, reachable, whole, barred = filled(sheet["lines"], kept["figures"][unit])
        told = [number(each["result"][key]) for key in ("points", "reachable", "whole")]
        if told != [got, reachable, whole] or each["result"]["barred"] != barred:
            wrong.append(("points", unit))
        little = reachable < number(sheet["least_reachable"]) * whole
        why = "barred" if barred else "nothing_counted" if not reachable else "too_little" if little else ""
        if each["unranked"] != why:
            wrong.append(("unranked", unit))
        if not why:
            values[unit] = got / reachable * whole
            if number(each["value"]) != values[unit]:
                wrong.append(("value", unit))
    return wrong + check_ranks(result["standings"], values, "higher", sheet["decimals"])


def check(kept, result):
    """Pairs of (code, where); empty when everything agrees."""
    wrong = [] if sha256(kept) == result["inputs"] else [("inputs", "")]
    if kept["engine"] != result["engine"] or kept["engine"] != "gongzhi-ranking-1":
        return [*wrong, ("engine", "")]
    return wrong + (check_composite if "sheet" in kept else check_ranking)(kept, result)


def main():
    parser = argparse.ArgumentParser(description="Work out a ranking again, without Gongzhi.")
    parser.add_argument("asked", help="what the ranking was made from (JSON)")
    parser.add_argument("result", help="what came out (JSON)")
    arguments = parser.parse_args()
    try:
        read = []
        for path in (arguments.asked, arguments.result):
            with open(path, encoding="utf-8") as file:
                read.append(json.load(file))
        failures = check(*read)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ZeroDivisionError) as wrong:
        print(json.dumps({"valid": False, "unreadable": f"{type(wrong).__name__}: {wrong}"}))
        return 2
    told = [{"code": code, "where": where} for code, where in failures]
    print(json.dumps({"valid": not told, "failures": told}, ensure_ascii=False))
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
