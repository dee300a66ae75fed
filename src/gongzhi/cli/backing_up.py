"""Make a backup archive of an instance: one moment of the database, every file of media, keys only if asked for."""

import tempfile
from pathlib import Path
from typing import Any

from gongzhi import __version__
from gongzhi.cli.archive import DUMP, FORMAT, add_file, add_folder, add_manifest, new_archive
from gongzhi.cli.dumping import dump
from gongzhi.cli.instance import Instance
from gongzhi.cli.postgres.folders import mark_of
from gongzhi.common import clock
from gongzhi.common.progress import Progress
from gongzhi.common.text import N_


def back_up(instance: Instance, file: Path, *, with_keys: bool, progress: Progress) -> dict[str, Any]:
    """Write `file`; returns its manifest. Raises Refused where the file exists or cannot be written."""
    with (
        new_archive(file) as tar,
        tempfile.TemporaryDirectory(prefix=".backup-", dir=instance.folder) as folder,
    ):
        dumped = Path(folder) / DUMP
        progress.start(N_("数据库"))
        database = dump(instance.url, dumped, with_keys=with_keys, progress=progress)
        progress.finish()
        with dumped.open("rb") as opened_dump:
            dump_digest = add_file(tar, opened_dump, DUMP)
        progress.start(N_("文件"))
        media = add_folder(tar, instance.folder / "media", "media", progress)
        keys = add_folder(tar, instance.folder / "keys", "keys", progress) if with_keys else {}
        progress.finish()
        manifest = {
            "format": FORMAT,
            "version": __version__,
            "instance": mark_of(instance.folder).get("instance"),
            "made_at": clock.now().isoformat(),
            "with_keys": with_keys,
            "dump": dump_digest,
            "media": media,
            "keys": keys,
            **database,
        }
        add_manifest(tar, manifest)
    return manifest


def summary(manifest: dict[str, Any]) -> dict[str, Any]:
    """What the commands tell of an archive."""
    return {
        "tables": len(manifest["tables"]),
        "rows": sum(table["rows"] for table in manifest["tables"].values()),
        "media": len(manifest["media"]),
        "with_keys": manifest["with_keys"],
        "made_at": manifest["made_at"],
    }
