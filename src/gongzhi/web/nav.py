"""Where each role can go: one table. An entry whose page does not exist yet is not shown."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from gongzhi.common.text import N_


@dataclass(frozen=True, slots=True)
class Entry:
    """`page` is a URL name; a view may give a number for it in `nav_counts`."""

    page: str
    word: str
    icon: str


HOME = Entry("home", N_("首页"), "home")
TRACK = Entry("track", N_("进度"), "list-check")
PUBLIC = Entry("public", N_("公开"), "news")
ME = Entry("me", N_("我的"), "user")
TODAY = Entry("grid-today", N_("今天"), "sun")
MORNING = Entry("morning", N_("今天"), "sun")
DESK = Entry("desk", N_("分拨"), "inbox")
INBOX = Entry("inbox", N_("收件箱"), "inbox")
MEDIATION = Entry("mediations", N_("调解"), "messages")
MEETINGS = Entry("meetings", N_("约见"), "calendar-event")
CAMPAIGNS = Entry("campaigns", N_("专项"), "flag")
RULINGS = Entry("rulings", N_("裁决"), "building-bank")
SUPERVISED = Entry("supervised", N_("督办单"), "alarm")
LISTS = Entry("task-lists", N_("任务清单"), "list-check")
VOTES = Entry("votes", N_("表决"), "checkbox")
FUNDS = Entry("funds", N_("账本"), "building-bank")
PROJECTS = Entry("projects", N_("项目"), "building-community")
AGREEMENTS = Entry("agreements", N_("协议"), "heart-handshake")
SHARING = Entry("exchange-desk", N_("供给台"), "calendar-event")
VOLUNTEERING = Entry("volunteering-desk", N_("志愿服务"), "users-group")
NEIGHBOURS = Entry("neighbours-desk", N_("线上社区"), "messages")
GATHERINGS = Entry("gatherings", N_("会议"), "users-group")
DECISIONS = Entry("courses", N_("程序和决议"), "list-check")
DUTIES = Entry("duties", N_("职责"), "calendar-event")
VERIFY = Entry("verify", N_("核查"), "checkbox")
HELP = Entry("report-for", N_("代填"), "user-edit")
CASES = Entry("case-list", N_("诉求"), "message-report")
STATISTICS = Entry("statistics", N_("统计"), "chart-dots")
CALLS = Entry("callbacks", N_("回访"), "phone")
AUDIT_CASES = Entry("audit-cases", N_("查询"), "search")
DRAWS = Entry("callback-draws", N_("抽样"), "phone")
WAYS = Entry("channels", N_("渠道和清单"), "layers-subtract")
PLACES = Entry("places", N_("地点"), "map-pin")
PEOPLE = Entry("people", N_("组织和任职"), "users")
IMPORTS = Entry("imports", N_("导入"), "upload")
FORMS = Entry("forms", N_("一表通"), "file-text")
TASKS = Entry("collection-tasks", N_("采集任务"), "list-details")
EVENTS = Entry("incoming-events", N_("来件"), "plug-connected-x")
HOMES = Entry("tenures", N_("住户"), "building-community")
PACKS = Entry("packs", N_("模式包"), "book")
PUBLICATIONS = Entry("publications", N_("发布"), "news")
TRAIL = Entry("trail", N_("留痕"), "history")
HEALTH = Entry("health", N_("运行状况"), "settings")

PRIVACY = Entry("privacy-desk", N_("今天"), "sun")
REGISTER = Entry("privacy-register", N_("处理活动"), "book")
EXPORTS = Entry("privacy-exports", N_("导出审批"), "download")
BREACHES = Entry("privacy-breaches", N_("泄露处置"), "alarm")
RETENTION = Entry("privacy-retention", N_("到期清理"), "history")

RESIDENT = (HOME, TRACK, VOTES, PUBLIC, ME)
NAV: dict[str, tuple[Entry, ...]] = {
    "dispatcher": (DESK, VERIFY, CASES, RULINGS, STATISTICS, HELP, CALLS, PUBLICATIONS, EVENTS, FORMS, WAYS),
    "secretary": (
        *(MORNING, CASES, VERIFY, DUTIES, GATHERINGS, DECISIONS, VOTES, RULINGS, SUPERVISED, LISTS),
        *(PLACES, HOMES, FORMS, STATISTICS, HELP, CALLS, PROJECTS, FUNDS, AGREEMENTS),
        *(SHARING, VOLUNTEERING, NEIGHBOURS, PUBLICATIONS, WAYS),
    ),
    "grid_member": (TODAY, CASES, VERIFY, DUTIES, VOTES, HOMES, TASKS, STATISTICS, WAYS, HELP),
    "patch_lead": (TODAY, CASES, VERIFY, DUTIES, VOTES, TASKS, STATISTICS, WAYS, HELP),
    "department": (INBOX, CASES, SUPERVISED, LISTS, FORMS, AGREEMENTS, SHARING),
    "mediator": (MEDIATION, INBOX, CASES),
    "lawyer": (MEETINGS, INBOX, CASES),
    "counsellor": (MEETINGS, INBOX, CASES),
    "supervisor": (
        *(MORNING, VERIFY, CASES, DUTIES, GATHERINGS, DECISIONS, VOTES, RULINGS, SUPERVISED),
        *(LISTS, CAMPAIGNS, FORMS, STATISTICS, DRAWS, PROJECTS, FUNDS, AGREEMENTS),
        *(SHARING, VOLUNTEERING, NEIGHBOURS, PUBLICATIONS, WAYS),
    ),
    "auditor": (TRAIL, AUDIT_CASES, CASES, DUTIES, DECISIONS, VOTES, PROJECTS, FUNDS, AGREEMENTS, STATISTICS, FORMS),
    "privacy_officer": (PRIVACY, REGISTER, EXPORTS, BREACHES, RETENTION, PEOPLE),
    "administrator": (HEALTH, IMPORTS, PLACES, PEOPLE, PACKS),
}
# The parts of a long list, in their order; what stands in none comes first and without a heading.
GROUPS: dict[str, tuple[Entry, ...]] = {
    N_("办事"): (
        *(CASES, VERIFY, DUTIES, RULINGS, SUPERVISED, LISTS, CAMPAIGNS),
        *(AUDIT_CASES, HELP, CALLS, DRAWS, EVENTS),
    ),
    N_("商议和共建"): (GATHERINGS, DECISIONS, VOTES, PROJECTS, FUNDS, AGREEMENTS, SHARING, VOLUNTEERING),
    N_("底数"): (PLACES, HOMES, FORMS, TASKS, STATISTICS),
    N_("公开和规则"): (PUBLICATIONS, NEIGHBOURS, WAYS),
}
SHORT = 8  # a list of so many needs no parts
TABS = 5
ROLES = {
    "dispatcher": N_("分拨员"),
    "secretary": N_("社区书记"),
    "grid_member": N_("网格员"),
    "patch_lead": N_("片长"),
    "department": N_("承办单位"),
    "mediator": N_("人民调解员"),
    "lawyer": N_("三官一律"),
    "counsellor": N_("心理咨询师"),
    "supervisor": N_("督办"),
    "auditor": N_("审计"),
    "privacy_officer": N_("个人信息保护负责人"),
    "administrator": N_("系统管理员"),
}


@dataclass(frozen=True, slots=True)
class Link:
    page: str
    url: str
    word: str
    icon: str
    current: bool


def address(page: str) -> str:
    """The URL of a page, or "" where it does not exist in this installation."""
    try:
        return reverse(page)
    except NoReverseMatch:
        return ""


def entries_for(roles: Iterable[str]) -> tuple[Entry, ...]:
    """Entries of all roles held, each once, in the table's order; a resident's where no role has any."""
    held = set(roles)
    found = [entry for role, entries in NAV.items() if role in held for entry in entries]
    return tuple(dict.fromkeys(found)) or RESIDENT


def role_word(roles: Iterable[str]) -> str:
    """What the person is here; the first role in the table's order, "" for a resident."""
    held = set(roles)
    return next((word for role, word in ROLES.items() if role in held), "")


def is_staff(roles: Iterable[str]) -> bool:
    return any(role in NAV for role in roles)


def links(roles: Iterable[str], path: str) -> list[Link]:
    """The links to show, the one that the path lies under marked as current."""
    reachable = [(entry, address(entry.page)) for entry in entries_for(roles)]
    reachable = [(entry, url) for entry, url in reachable if url]
    under = max((url for _, url in reachable if _lies_under(path, url)), key=len, default="")
    return [Link(entry.page, url, entry.word, entry.icon, url == under) for entry, url in reachable]


def grouped(found: list[Link]) -> list[tuple[str, list[Link]]]:
    """The links in parts with a heading each; a short list is one part without any."""
    if len(found) <= SHORT:
        return [("", found)]
    part_of = {entry.page: heading for heading, entries in GROUPS.items() for entry in entries}
    parts: dict[str, list[Link]] = {heading: [] for heading in ("", *GROUPS)}
    for link in found:
        parts[part_of.get(link.page, "")].append(link)
    return [(heading, links) for heading, links in parts.items() if links]


def tabs(found: list[Link]) -> list[Link]:
    """What a telephone shows at the bottom: all of a few, else the first ones, and the rest behind one more."""
    return found if len(found) <= TABS else found[: TABS - 1]


def _lies_under(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))
