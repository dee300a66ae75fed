"""A database and a data folder for one run of the tests, gone afterwards."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from gongzhi.cli.postgres.checks import check_database
from gongzhi.cli.postgres.cluster import running_cluster
from gongzhi.cli.words import say
from gongzhi.common.text import N_


@contextlib.contextmanager
def throwaway_database(*, durable: bool = False) -> Iterator[None]:
    """DATABASE_URL as it is given, else that of a cluster of its own; GONGZHI_DATA is a folder of its own.

    `durable` keeps fsync on: benchmarks measure what the product does.
    """
    folder = Path(tempfile.mkdtemp(prefix="gz-test-"))
    before = os.environ.get("GONGZHI_DATA")
    os.environ["GONGZHI_DATA"] = str(folder)
    try:
        if given := os.environ.get("DATABASE_URL"):
            check_database(given)
            yield
        else:
            say(N_("正在启动测试用的数据库……"))
            with running_cluster(folder, durable=durable):
                yield
    finally:
        os.environ.pop("GONGZHI_DATA")
        if before is not None:
            os.environ["GONGZHI_DATA"] = before
        shutil.rmtree(folder, ignore_errors=True)
