"""What a model says about near duplicates: from which likeness two demands are offered as the same thing."""

from gongzhi.packs.contents import Positive, Sourced, Text


class Duplicates(Sourced, frozen=True, kw_only=True):
    """并案: numbers of `engines.similarity`. Percents are of the product text × place × time.

    `desk_percent`: shown beside a case; `neighbour_percent`: shown to a neighbour before sending; `window_days`:
    how far back; `half_days`, `half_metres`: where the factors of time and distance fall to half;
    `unknown_place_percent`: the factor of place where one of the two has none; `kind_percent`: what the same category
    adds to what the words leave open; `phrases`: greetings and templates that say nothing about the matter.
    """

    desk_percent: Positive = 14
    neighbour_percent: Positive = 30
    window_days: Positive = 90
    half_days: Positive = 45
    half_metres: Positive = 150
    unknown_place_percent: Positive = 70
    kind_percent: Positive = 25
    phrases: tuple[Text, ...] = ()
