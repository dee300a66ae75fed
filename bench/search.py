"""Words of 2–4 characters in many sealed texts, against LIKE on the same texts in plain, in one call.

Ours: blind bigrams by GIN, newest first, the candidates' words opened and looked at, 50 rows a page. LIKE: the texts in
a plain table beside, `ORDER BY id DESC LIMIT 50`, which stops early on common words and reads everything on rare ones.
Recall: every id that LIKE finds for a word, against every id that the index gives. GZ_BENCH_TEXTS=1000000 for the full
size (half an hour to fill on two cores); 100,000 unless told.
"""

import os
import random
import statistics
import sys
import time
from typing import Any

from bench._database import own_database
from bench._serving import fill_model, load, row

TEXTS = int(os.environ.get("GZ_BENCH_TEXTS", "100000"))
WORDS, PAGE, BATCH = 60, 50, 5_000
WHERE = ("5栋门口", "南门车棚", "2单元楼道", "幼儿园旁边", "菜市场入口", "地铁站出口", "河边步道", "小广场", "地下车库")
WHAT = ("路灯不亮", "下水道堵了", "垃圾没人收", "电梯停运", "噪音扰民", "乱停车", "墙皮脱落", "井盖松动", "树枝挡路")
SINCE = ("三天了", "一个星期了", "昨晚开始", "一直没人管", "反映过两次", "老人怕摔", "小孩差点掉下去", "晚上睡不着")
RARE = "鑫淼焱垚犇羴骉鱻麤龘"


def _text(rnd: random.Random, n: int) -> str:
    rare = f"，{rnd.choice(RARE)}{rnd.choice(RARE)}家园{n % 997}号" if rnd.random() < 0.2 else ""
    first, second = ((rnd.choice(WHERE), rnd.choice(WHAT)) for _ in range(2))
    return f"{''.join(first)}，{rnd.choice(SINCE)}，{'也有'.join(second)}{rare}。"


def _fill() -> None:
    """The rows that a report writes where search looks: key, case; and the text in plain for LIKE."""
    from django.db import connection
    from django.utils import timezone

    from gongzhi.cases import words
    from gongzhi.cases.grams import blind
    from gongzhi.cases.imports.writing import copy_rows
    from gongzhi.people import vault
    from gongzhi.places.queries import root_path

    rnd, now, path = random.Random(1), timezone.now(), root_path()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_plain (id bigint PRIMARY KEY, words text NOT NULL)")
        cursor.execute("DROP INDEX cases_grams")
    keys = ("id", "subject_kind", "master_id", "wrapped", "created_at")
    fixed = {"status": "reported", "channel": "web", "category": "", "category_source": "guess", "priority": "small"}
    fixed |= {"privacy": "named", "path": path, "location": "unlocated", "routing": "{}", "received_at": now}
    fixed |= {"due_certain": True, "next_clock": "", "escalation": 0, "returns": 0, "reopens": 0, "extensions": 0}
    fixed |= {"pending": "{}", "solved": "", "external_id": ""}
    cases = ("id", "number", "key_id", "words", "grams", *fixed)
    for start in range(0, TEXTS, BATCH):
        rows = []
        for n in range(start, min(start + BATCH, TEXTS)):
            key_row, key = vault.new_key("case", now)
            text = _text(rnd, n)
            sealed = words.seal_part(key, key_row.pk, "words", {"text": text, "detail": ""})
            rows.append((n + 1, text, key_row, sealed, blind(text)))
        copy_rows("people_vaultkey", keys, ((k.pk, "case", k.master_id, k.wrapped, now) for _, _, k, _, _ in rows))
        values = tuple(fixed.values())
        copy_rows("cases_case", cases, ((i, f"B-{i:09d}", k.pk, s, g, *values) for i, _, k, s, g in rows))
        copy_rows("bench_plain", ("id", "words"), ((i, text) for i, text, *_ in rows))
        print(f"  {start + len(rows):,} of {TEXTS:,}", file=sys.stderr)
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX cases_grams ON cases_case USING gin (grams)")
        cursor.execute("VACUUM ANALYZE cases_case, bench_plain")


def _words() -> list[str]:
    """Runs of 2–4 characters out of the texts, common and rare, and some that stand nowhere."""
    rnd = random.Random(2)
    found = []
    for n in range(WORDS):
        text, size = _text(rnd, n), rnd.choice((2, 3, 4))
        start = rnd.randrange(len(text) - size)
        found.append(text[start : start + size])
    return [*dict.fromkeys(found), "海豚", "水上飞机", "龘龘", "鑫淼"]


def _ids(statement: str, values: dict[str, Any]) -> tuple[list[int], float]:
    from django.db import connection

    with connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute(statement, values)
        found = [one[0] for one in cursor.fetchall()]
    return found, (time.perf_counter() - began) * 1000


def _measure() -> list[dict[str, Any]]:
    from django.utils import timezone

    from gongzhi.cases.grams import blind
    from gongzhi.cases.models import Case
    from gongzhi.cases.queries.searching import by_words
    from gongzhi.common.access import system_actor

    page = "SELECT id FROM cases_case WHERE grams @> %(grams)s::int[] ORDER BY id DESC LIMIT 50"
    every = "SELECT id FROM cases_case WHERE grams @> %(grams)s::int[]"
    like_page = "SELECT id FROM bench_plain WHERE words LIKE %(like)s ORDER BY id DESC LIMIT 50"
    like_every = "SELECT id FROM bench_plain WHERE words LIKE %(like)s"
    index, like, whole, missed, false, hits, counted = [], [], [], 0, 0, 0, 0
    actor, now = system_actor("bench"), timezone.now()
    for word in _words():
        values = {"grams": blind(word), "like": f"%{word}%"}
        for _ in range(2):  # the second is warm, for both
            _, ours = _ids(page, values)
            _, theirs = _ids(like_page, values)
        began = time.perf_counter()
        shown = by_words(actor, Case.objects.all(), word, now, limit=PAGE).rows
        whole.append((time.perf_counter() - began) * 1000)
        candidates, true = set(_ids(every, values)[0]), set(_ids(like_every, values)[0])
        missed += len(true - candidates)
        false += len(candidates - true)
        hits += len(true)
        counted += [row.case.pk for row in shown] == sorted(true, reverse=True)[:PAGE]
        index.append(ours)
        like.append(theirs)
    return [
        row("texts", TEXTS, "rows", ""),
        row("words asked", len(index), "words", f"{hits:,} hits by LIKE"),
        row("recall of the index", 1 - missed / max(hits, 1), "share", "LIKE = 1"),
        row("pages exactly those of LIKE", counted, "words", f"of {len(index)}"),
        row("candidates that were none", false / max(hits, 1), "per hit", "opened and left out"),
        row("index, 50 newest, median", statistics.median(index), "ms", "target 5"),
        row("index, 50 newest, slowest", max(index), "ms", ""),
        row("LIKE, 50 newest, median", statistics.median(like), "ms", ""),
        row("LIKE, 50 newest, slowest", max(like), "ms", ""),
        row("LIKE against index, all words", sum(like) / sum(index), "times", "LIKE / index"),
        row("with opening and checking, median", statistics.median(whole), "ms", "50 rows shown"),
    ]


def run() -> dict[str, Any]:
    began = load()
    with own_database():
        fill_model()
        _fill()
        return {"name": "search", "rows": [began, *_measure()]}
