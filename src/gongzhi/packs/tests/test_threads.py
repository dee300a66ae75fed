"""A new web process reads its packs from eight threads at once."""

import os
import subprocess
import sys

_RACE = """
import sys, threading
import msgspec
from gongzhi.packs.contents import Strict, typed

sys.setswitchinterval(1e-6)
for round in range(150):  # a new shape each time: only its first use is dangerous
    inner = msgspec.defstruct("Inner", [(f"i{n}", int, 0) for n in range(12)], bases=(Strict,), kw_only=True)
    fields = [(f"f{n}", list[inner], msgspec.field(default_factory=list)) for n in range(12)]
    shape = msgspec.defstruct("Outer", fields, bases=(Strict,), kw_only=True)
    given = {f"f{n}": [{f"i{m}": m for m in range(12)}] for n in range(12)}
    go = threading.Barrier(8)
    def work():
        go.wait()
        typed(given, shape)
    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""


def test_a_shape_first_used_by_many_threads_does_not_end_the_process() -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", _RACE], env=environment, check=False)
    assert done.returncode == 0
