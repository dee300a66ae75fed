"""The only writes on places: one place's life, and the places of a model pack at once."""

from gongzhi.places.actions.adjusting import change_boundaries
from gongzhi.places.actions.changing import (
    add_place,
    change_outline,
    end_place,
    merge_places,
    move_place,
    rename_place,
    set_civil_code,
    set_features,
)
from gongzhi.places.actions.loading import Loaded, PlaceRow, bulk_load_places, bulk_set_features
from gongzhi.places.actions.reverting import undo_boundaries

__all__ = [
    "Loaded",
    "PlaceRow",
    "add_place",
    "bulk_load_places",
    "bulk_set_features",
    "change_boundaries",
    "change_outline",
    "end_place",
    "merge_places",
    "move_place",
    "rename_place",
    "set_civil_code",
    "set_features",
    "undo_boundaries",
]
