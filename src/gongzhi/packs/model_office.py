"""What a model says about setting up and staffing an office: limits, who answers at night, which posts go together."""

from typing import Literal

from gongzhi.packs.contents import Code, Count, Positive, Sourced, Strict, Text


class SharedPosts(Strict, frozen=True, kw_only=True):
    """Two posts of one place that one person may hold, counted as a rate: 书记、主任“一肩挑”.

    `first` and `second` are endings of posts' titles; 副书记 is no 书记.
    """

    name: Text
    first: tuple[Text, ...]
    second: tuple[Text, ...]


class PostClash(Sourced, frozen=True, kw_only=True):
    """Posts that do not go together, by words in their titles: refused, or asked about (`effect`)."""

    titles: tuple[Text, ...]
    others: tuple[Text, ...]
    effect: Literal["refuse", "warn"]
    basis: Text


class NightDuty(Sourced, frozen=True, kw_only=True):
    """夜间值班: which body takes what comes in after hours, while somebody of it is on its roster.

    `category` is a work line with what lies below it, empty: everything else; without `priorities`, every class.
    """

    category: str = ""
    body: Code
    priorities: tuple[Literal["urgent", "hard", "minor", "small"], ...] = ()


class Office(Sourced, frozen=True, kw_only=True):
    """开张: numbers and rules of setting up. `after_hours_body` names the entry whose body has somebody on duty."""

    undo_days: Positive
    neighbour_households: Positive
    neighbour_titles: tuple[Text, ...] = ()
    consistency_percent: Count = 0
    after_hours_body: Code | None = None
    night_duties: tuple[NightDuty, ...] = ()
    shared_posts: tuple[SharedPosts, ...] = ()
    post_clashes: tuple[PostClash, ...] = ()
