"""`python -m gongzhi`, and the `gongzhi` command of an installed package."""

import sys


def main() -> int:
    from gongzhi.cli.main import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
