"""A city's own categories: stable codes, kept once, known beside the model's."""

import datetime as dt

import pytest

from gongzhi.common.access import ANONYMOUS
from gongzhi.common.errors import SignInRequired
from gongzhi.packs import queries, taxonomies
from gongzhi.packs.actions import load_taxonomy
from gongzhi.packs.models import Pack
from gongzhi.packs.reading import WrongPack, read_pack
from gongzhi.packs.taxonomy_contents import TaxonomyPack
from tests import cast
from tests.cast import NOW, SETUP

PATHS = [
    ("城乡建设", "安全生产", "安全隐患"),
    ("城乡建设", "城市建设和市政管理", "其他"),
    ("经济管理", "安全生产", "安全隐患"),
]


def test_codes_depend_on_names_not_on_the_order():
    forward = {item.code: item.name for item in taxonomies.categories_of(PATHS)}
    backward = {item.code: item.name for item in taxonomies.categories_of(PATHS[::-1])}
    assert forward == backward and len(forward) == 8
    assert all(item.code.startswith(item.parent) for item in taxonomies.categories_of(PATHS))


def test_names_and_nodes_are_counted_apart():
    assert taxonomies.count_levels(PATHS) == ((2, 2, 2), (2, 3, 3))
    assert taxonomies.count_levels([]) == ((), ())


def test_words_of_a_name():
    assert taxonomies.words_of("城市建设和市政管理") == ["城市建设", "市政管理"]
    assert taxonomies.words_of("其他") == []


def test_the_rendered_pack_reads_back_equal():
    text = taxonomies.render_taxonomy(PATHS, version="1", source='a"b\\c.xlsx', on=dt.date(2026, 3, 18))
    pack = read_pack(text)
    assert isinstance(pack, TaxonomyPack) and pack.paths == tuple(PATHS) and pack.source == 'a"b\\c.xlsx'


def test_a_path_written_twice_is_refused():
    text = taxonomies.render_taxonomy([PATHS[0], PATHS[0]], version="1", source="x", on=dt.date(2026, 3, 18))
    with pytest.raises(WrongPack, match="写了两次"):
        read_pack(text)


@pytest.mark.django_db
def test_a_tree_is_kept_once_and_an_older_code_stays_known():
    cast.build()
    first = load_taxonomy(by=SETUP, at=NOW, paths=PATHS, source="a.xlsx")
    again = load_taxonomy(by=SETUP, at=NOW + dt.timedelta(days=1), paths=PATHS, source="b.xlsx")
    assert first.new and not again.new and again.pack == first.pack
    dropped = taxonomies.code_of(PATHS[2])
    second = load_taxonomy(by=SETUP, at=NOW, paths=PATHS[:2], source="c.xlsx")
    assert (second.pack.version, Pack.objects.filter(kind="taxonomy").count()) == ("2", 2)
    queries.forget()
    assert dropped not in {item.code for item in queries.imported_categories()}
    found = queries.find_category(dropped)
    assert found is not None and found.name == "安全隐患"
    assert queries.find_category("facility.lighting.streetlight") is not None
    assert queries.find_category("nothing") is None


@pytest.mark.django_db
def test_a_tree_is_loaded_by_those_who_may():
    with pytest.raises(SignInRequired):
        load_taxonomy(by=ANONYMOUS, at=NOW, paths=PATHS, source="a.xlsx")
