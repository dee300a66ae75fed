"""Grades over the years: a post ends after so many failing ones in a row (村组法 第33条: 连续两次被评议不称职)."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Review(NamedTuple):
    """One democratic review (民主评议): its year, its place within the year, the grade that was reached."""

    year: int
    grade: str
    number: int = 1


def failing_run(
    reviews: Iterable[Review], *, failing: str, times: int, most_years_apart: int | None = None
) -> tuple[Review, ...]:
    """The first run of `times` failing reviews, each the next after the one before; empty when there is none.

    `most_years_apart`: two reviews further apart do not follow each other (1: in consecutive years); None: whatever
    review came next. Raises ValueError for two reviews of the same year and number, or for a run of none.
    """
    if times < 1:
        raise ValueError("times: at least one")
    return next((run for run in _runs(reviews, failing, most_years_apart) if len(run) == times), ())


def standing_run(reviews: Iterable[Review], *, failing: str, most_years_apart: int | None = None) -> tuple[Review, ...]:
    """The failing reviews in a row with which the last one ends; empty when the last one does not fail."""
    found: tuple[Review, ...] = ()
    for found in _runs(reviews, failing, most_years_apart):  # noqa: B007 - only the last counts
        pass
    return found


def _runs(reviews: Iterable[Review], failing: str, most_years_apart: int | None) -> Iterator[tuple[Review, ...]]:
    """After each review the run that stands."""
    run: tuple[Review, ...] = ()
    ordered = sorted(reviews, key=lambda one: (one.year, one.number))
    for before, review in zip([None, *ordered], ordered, strict=False):
        if before and (before.year, before.number) == (review.year, review.number):
            raise ValueError(f"{review.year}: reviewed twice under one number")
        if run and most_years_apart is not None and review.year - run[-1].year > most_years_apart:
            run = ()
        run = (*run, review) if review.grade == failing else ()
        yield run
