"""Logs carry no personal data: numbers are masked, and exceptions lose the values a database quotes back."""

import logging
import re

from gongzhi.common.text import mask_personal_numbers

_DETAIL = re.compile(r"^DETAIL:.*$", re.MULTILINE)
_EMAIL = re.compile(r"[\w.+-]+@([\w-]+\.[\w.-]+)")


def without_personal_values(text: str) -> str:
    return _EMAIL.sub(r"***@\1", _DETAIL.sub("DETAIL: (left out)", mask_personal_numbers(text)))


class WithoutPersonalValues(logging.Filter):
    """Rewrites every record before it is written, its traceback included."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = without_personal_values(record.getMessage()), ()
        if record.exc_info:
            formatted = logging.Formatter().formatException(record.exc_info)
            record.exc_text, record.exc_info = without_personal_values(formatted), None
        return True
