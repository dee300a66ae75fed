"""How a page stands: how wide it is, asked in a way that outlives a navigation under way, and what axe says."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe


def fits(page: Any) -> bool:
    """Nothing scrolls sideways on the page, once it has loaded."""
    asked = "() => document.readyState === 'complete' && [document.documentElement.scrollWidth - innerWidth]"
    return bool(page.wait_for_function(asked).json_value()[0] <= 0)


def sound(page: Any) -> None:
    """axe finds nothing, and nothing scrolls sideways."""
    assert [violation["id"] for violation in Axe().run(page).response["violations"]] == []
    assert fits(page)
