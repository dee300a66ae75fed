"""The pages of signed-in people, for journeys."""

import io
import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.test import Client
from PIL import Image

from tests.cast import World

WORDS = "5栋门口路灯不亮，晚上看不见台阶。"


def photo() -> dict[str, Any]:
    file = io.BytesIO()
    Image.new("RGB", (640, 480), (200, 180, 120)).save(file, "JPEG")
    return {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


class Street:
    """Pages of signed-in people on one server."""

    def __init__(self, page_at: Callable[..., Any], url: str, world: World) -> None:
        self.page_at, self.url, self.world = page_at, url, world

    def page_of(self, name: str, width: int = 1280) -> Any:
        page = self.page_at(width)
        if name != "visitor":
            client = Client()
            client.force_login(self.world.people[name])
            cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
            page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.url}])
        return page

    def report(self, page: Any, words: str = WORDS) -> str:
        page.goto(f"{self.url}/r/LY-5")
        page.get_by_label("怎么了").fill(words)
        page.get_by_role("button", name="送出").click()
        page.wait_for_url("**/report/sent/**")
        return re.search(r"sent/([A-Z0-9-]+)", page.url)[1]  # type: ignore[index]

    def look(self, page: Any, number: str, note: str) -> None:
        """The unit goes there, and keeps a photo of how it was before the work."""
        self.move(page, number, "record", note=note, shot=True, stage="before")

    def move(
        self, page: Any, number: str, move: str, note: str = "", shot: bool = False, reason: str = "", stage: str = ""
    ) -> None:
        """Open the case's page and take one step with its form."""
        page.goto(f"{self.url}/desk/{number}")
        form = page.locator(f'form[action$="/{number}/{move}"]').first
        form.evaluate("form => { const box = form.closest('details'); if (box) box.open = true; }")
        if note:
            form.locator("textarea").first.fill(note)
        if reason:
            form.locator("select[name=reason]").select_option(reason)
        if stage:
            form.locator("select[name=stage]").select_option(stage)
        if shot:
            form.locator("input[name=photos]").set_input_files(photo())
        with page.expect_navigation(timeout=30_000):
            form.locator("button[type=submit]").first.click()
