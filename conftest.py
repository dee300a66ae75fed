"""Hooks and fixtures of every test run; each concern has its own module under tests/support."""

pytest_plugins = [
    "gongzhi.cli.journeys",
    "tests.support.database",
    "tests.support.browser",
    "tests.support.coverage",
]
