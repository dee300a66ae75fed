"""Text at the edges: marking for translation, cleaning what people paste, masking what few may see."""

import re
import unicodedata

_SPACES = re.compile(r"[\s\u3000\u200b\ufeff]+")
_PHONE = re.compile(r"(?<!\d)(1[3-9]\d)(\d{4})(\d{4})(?!\d)")
_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])(\d{6})(\d{8})(\d{3}[0-9Xx])(?![0-9A-Za-z])")


def N_(message: str) -> str:
    """Mark a source string for translation; the string itself is returned unchanged."""
    return message


def tidy(text: str) -> str:
    """Strip tabs, full-width and zero-width spaces at the ends and fold runs of white space inside lines."""
    lines = (_SPACES.sub(" ", line).strip() for line in text.replace("\r\n", "\n").split("\n"))
    return "\n".join(line for line in lines if line)


def normalize_phone(phone: str) -> str:
    """Digits of a mainland number without country code, spaces or dashes (NFKC folds full-width digits)."""
    digits = re.sub(r"[^\d+]", "", unicodedata.normalize("NFKC", phone))
    return digits.removeprefix("+86").removeprefix("0086").lstrip("+")


def normalize_email(email: str) -> str:
    return unicodedata.normalize("NFKC", email).strip().lower()


def mask_personal_numbers(text: str) -> str:
    """Mask mainland phone and identity numbers inside running text."""
    return _ID_NUMBER.sub(r"\1********\3", _PHONE.sub(r"\1****\3", text))
