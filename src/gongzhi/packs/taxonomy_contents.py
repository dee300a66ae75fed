"""The shape of trees of categories beside the model's: a city's own names, or those an office wrote in its workbook."""

from typing import Annotated

import msgspec

from gongzhi.packs.contents import Pack, Text
from gongzhi.packs.model_contents import Category


class TaxonomyPack(Pack, frozen=True, kw_only=True):
    """分类表: `paths` came in with a city's messages, one row a path from the top down; `categories` an office's own.

    An office's own categories stand beside the model's and may lie under them; an empty list takes them away again.
    """

    paths: tuple[Annotated[tuple[Text, ...], msgspec.Meta(min_length=1, max_length=4)], ...] = ()
    categories: tuple[Category, ...] = ()
