"""Offers, needs and claims as pages, links and duties show them (duties.registry); what each state looks like."""

from collections.abc import Iterable

from django.urls import reverse

from gongzhi.common.access import Actor
from gongzhi.common.text import N_
from gongzhi.duties.registry import Shown, evidence, naming
from gongzhi.exchange.models import Offer
from gongzhi.exchange.queries import needs

# state: (tone, icon)
OFFER_TONES = {
    "asked": ("wait", "clock"),
    "open": ("done", "circle-check"),
    "paused": ("soon", "alert-triangle"),
    "ended": ("", "x"),
    "refused": ("", "x"),
}
CLAIM_TONES = {
    "asked": ("wait", "clock"),
    "lacking": ("soon", "file-text"),
    "waiting": ("wait", "clock"),
    "held": ("now", "calendar-event"),
    "running": ("now", "refresh"),
    "delivered": ("soon", "checkbox"),
    "done": ("done", "circle-check"),
    "refused": ("", "x"),
    "cancelled": ("", "x"),
    "missed": ("over", "alert-triangle"),
    "lapsed": ("", "x"),
}
NEED_TONES = {
    "asked": ("wait", "clock"),
    "open": ("now", "heart-handshake"),
    "taken": ("now", "users"),
    "done": ("done", "circle-check"),
    "refused": ("", "x"),
    "withdrawn": ("", "x"),
    "lapsed": ("", "x"),
}
STEP_WORDS = {
    "book": N_("约了"),
    "approve": N_("同意了"),
    "refuse": N_("没同意"),
    "cancel": N_("取消了"),
    "lapse": N_("过期了"),
    "promote": N_("轮到了"),
    "ask": N_("轮到了，等答复"),
    "hand": N_("交到手里"),
    "deliver": N_("办完了"),
    "miss": N_("没来"),
    "recall": N_("提供的一方取消了"),
    "confirm": N_("确认办好了"),
    "dispute": N_("说还没办好"),
    "settle": N_("没人确认，到期结束"),
    "appeal": N_("申诉了"),
    "excuse": N_("申诉成立，不算"),
    "keep": N_("申诉没有成立"),
    "inspect": N_("看了一次"),
    "attend": N_("来了"),
    "arrive": N_("到了"),
    "supplement": N_("告知要补的材料"),
    "supply": N_("补上了"),
    "rate": N_("评价了"),
}
WEEKDAYS = (N_("周一"), N_("周二"), N_("周三"), N_("周四"), N_("周五"), N_("周六"), N_("周日"))


@evidence("offer")
def shown_offer(actor: Actor, number: str) -> Shown | None:
    found = Offer.objects.filter(number=number, standing__in=("open", "paused", "ended")).first()
    return Shown(f"{number} {found.title}", reverse("offer", args=[number])) if found else None


@evidence("need")
def shown_need(actor: Actor, number: str) -> Shown | None:
    found = needs.wall().filter(number=number).first() or needs.wall(done=True).filter(number=number).first()
    return Shown(found.title, reverse("need", args=[number])) if found else None


@naming("offer")
def called_offers(numbers: Iterable[str]) -> dict[str, str]:
    rows = Offer.objects.filter(number__in=list(numbers)).values_list("number", "title")
    return {number: f"{number} {title}" for number, title in rows}
