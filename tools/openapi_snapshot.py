"""Write docs/reference/openapi.json from the running code. Needs no database."""

import json
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    os.environ["GONGZHI_DATA"] = tempfile.mkdtemp(prefix="gz-openapi-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "gongzhi.config.settings"
    sys.path.insert(0, str(ROOT / "src"))
    import django
    from django.urls import resolve

    django.setup()
    api = resolve("/api/v1/openapi.json").func.keywords["api"]
    text = json.dumps(api.get_openapi_schema(), ensure_ascii=False, indent=1, sort_keys=True)
    (ROOT / "docs/reference/openapi.json").write_text(text + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
