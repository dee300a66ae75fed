"""Drawn pictures for the demo's evidence: nobody's photo, and marked 演示图 by what they are: drawings."""

import io

from PIL import Image, ImageDraw

SIZE = (960, 720)
_GROUND = {"before": (38, 46, 54), "after": (86, 96, 104), "report": (38, 46, 54), "work": (70, 78, 84)}


def draw(subject: str, stage: str) -> io.BytesIO:
    """A scene ("lamp", "rubbish", "water", "road") before or after; JPEG bytes in a file object."""
    image = Image.new("RGB", SIZE, _GROUND[stage])
    canvas = ImageDraw.Draw(image)
    _SCENES.get(subject, _road)(canvas, stage == "after")
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80)
    file.seek(0)
    return file


def _lamp(canvas: ImageDraw.ImageDraw, good: bool) -> None:
    wall = (196, 178, 142) if good else (54, 62, 70)
    canvas.rectangle((180, 120, 780, 720), fill=wall)
    for left in (360, 490):
        canvas.rectangle((left, 330, left + 120, 720), fill=(88, 72, 52) if good else (30, 36, 44))
    if good:
        canvas.ellipse((330, 90, 640, 360), fill=(236, 214, 150))
    canvas.rounded_rectangle((450, 200, 520, 236), 10, fill=(252, 240, 196) if good else (74, 82, 90))


def _rubbish(canvas: ImageDraw.ImageDraw, good: bool) -> None:
    canvas.rectangle((0, 0, 960, 420), fill=(150, 172, 180) if good else (112, 122, 128))
    for left, shade in ((260, (58, 110, 84)), (470, (62, 92, 132))):
        canvas.rounded_rectangle((left, 300, left + 160, 560), 14, fill=shade)
        canvas.rectangle((left - 12, 280, left + 172, 312), fill=(44, 58, 62))
    if not good:
        for left, top, size in ((180, 520, 120), (640, 500, 150), (400, 560, 130), (560, 590, 90)):
            canvas.ellipse((left, top, left + size, top + size * 2 // 3), fill=(92, 84, 72))


def _water(canvas: ImageDraw.ImageDraw, good: bool) -> None:
    canvas.rectangle((0, 0, 960, 720), fill=(214, 208, 196))
    if good:
        return
    for left in range(300, 640, 40):
        canvas.ellipse((left, 180 + left // 6, left + 90, 420 + left // 5), fill=(168, 158, 136))


def _road(canvas: ImageDraw.ImageDraw, good: bool) -> None:
    canvas.rectangle((0, 300, 960, 720), fill=(96, 100, 104))
    canvas.rectangle((0, 0, 960, 300), fill=(158, 182, 166))
    if good:
        canvas.ellipse((380, 450, 560, 520), outline=(130, 134, 138), width=10)
    else:
        canvas.ellipse((360, 430, 580, 530), fill=(30, 32, 36))


def _roof(canvas: ImageDraw.ImageDraw, good: bool) -> None:
    canvas.rectangle((0, 0, 960, 720), fill=(176, 194, 204))
    canvas.rectangle((140, 320, 820, 720), fill=(188, 176, 158))
    for left in range(200, 780, 150):
        for top in (390, 540):
            canvas.rectangle((left, top, left + 80, top + 90), fill=(108, 132, 146))
    if not good:
        canvas.polygon(((360, 200), (640, 170), (640, 320), (360, 320)), fill=(146, 98, 74))


def _green(canvas: ImageDraw.ImageDraw, good: bool) -> None:
    canvas.rectangle((0, 0, 960, 720), fill=(186, 202, 208))
    canvas.rectangle((0, 420, 960, 720), fill=(120, 158, 106))
    height = 40 if good else 190
    for left in range(20, 950, 26):
        canvas.line((left, 470, left + 8, 470 - height + left % 60), fill=(74, 116, 66), width=10)


_SCENES = {"lamp": _lamp, "rubbish": _rubbish, "water": _water, "road": _road, "roof": _roof, "green": _green}
