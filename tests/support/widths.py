"""How wide a page is, asked in a way that outlives a navigation under way."""

from typing import Any


def fits(page: Any) -> bool:
    """Nothing scrolls sideways on the page, once it has loaded."""
    asked = "() => document.readyState === 'complete' && [document.documentElement.scrollWidth - innerWidth]"
    return bool(page.wait_for_function(asked).json_value()[0] <= 0)
