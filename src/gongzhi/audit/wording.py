"""How an entry of the trail is told to whom it is about."""

from django.utils.translation import gettext as _

from gongzhi.common.text import N_

FIELDS = {
    "name": N_("姓名"),
    "phone": N_("电话"),
    "email": N_("邮箱"),
    "address": N_("住址"),
    "contact": N_("联系方式"),
    "words": N_("说的话"),
    "membership": N_("党员登记"),
}


def fields_words(fields: str) -> str:
    """What was read: "name,phone" as 姓名、电话; what has no word of its own stays its code."""
    return "、".join(_(FIELDS[name]) if name in FIELDS else name for name in fields.split(","))


def purpose_word(purpose: str) -> str:
    """What was typed as the purpose; for a page that was opened, its address; for a message, that it was sent."""
    kind, _colon, page = purpose.partition(":")
    if kind == "web" and page:
        return _("打开页面 {page}").format(page=page)
    if kind == "api" and page:
        return _("接口 {page}").format(page=page)
    return _("给您发消息") if purpose.startswith("notifications.") else purpose
