"""How the instance is doing and what it still lacks: reads only, each with a verdict and one thing to do."""

import datetime as dt
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.db import connection
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gongzhi.audit.models import Entry, Seal
from gongzhi.audit.queries import head_file
from gongzhi.common.access import system_actor
from gongzhi.common.clock import CHINA, local_date
from gongzhi.common.errors import Refused
from gongzhi.common.refusals import worded
from gongzhi.common.text import N_
from gongzhi.notifications.queries import channel_is_set, delivery_health
from gongzhi.packs import queries as packs
from gongzhi.packs import shipped
from gongzhi.people.models import Mandate, Organization
from gongzhi.people.queries import in_force
from gongzhi.people.queries.staffing import Seats, all_seats, seats_by_role
from gongzhi.places.models import Place
from gongzhi.privacy.queries import waiting
from gongzhi.web import nav

Tone = Literal["done", "soon", "over"]
WORKER_NAME = "gongzhi worker"
NEAR_DAYS = 45  # the State Council's notice comes in November; a deadline may reach that far
BACKUP_DAYS = 8  # a weekly backup, a day late
LEAST_FREE = 2 * 1024**3
SLOW = dt.timedelta(minutes=10)
UNSEALED = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the health page; `command` is typed on the server, `url` leads to a page."""

    title: str
    tone: Tone
    value: str
    note: str = ""
    url: str = ""
    action: str = ""
    command: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of setting up: done or not, why it is needed, and how to do it."""

    title: str
    ok: bool
    now: str
    basis: str
    url: str = ""
    action: str = ""
    commands: tuple[str, ...] = field(default=())
    must: bool = True


def _size(number: int) -> str:
    for unit in ("B", "KB", "MB", "GB"):
        if number < 1024:
            return f"{number:.0f} {unit}"
        number //= 1024
    return f"{number} TB"


def _moment(at: dt.datetime | None) -> str:
    return date_format(at.astimezone(CHINA), "Y-m-d H:i") if at else ""


def checks(at: dt.datetime) -> list[Check]:
    """Everything on the health page, what is wrong first."""
    order = {"over": 0, "soon": 1, "done": 2}
    return sorted((look(at) for look in LOOKS), key=lambda check: order[check.tone])


def _database(at: dt.datetime) -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
        version, size = cursor.fetchone()
    note = _("数据 {size}").format(size=_size(size))
    return Check(_("数据库"), "done", f"PostgreSQL {version.split(' ')[0]}", note)


def _worker(at: dt.datetime) -> Check:
    """The worker holds a connection of its own name; its last statement tells when it last looked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), max(coalesce(state_change, backend_start)) FROM pg_stat_activity "
            "WHERE application_name = %s AND datname = current_database()",
            [WORKER_NAME],
        )
        count, last = cursor.fetchone()
    if not count:
        words = _("没有在跑。消息发不出去，到点的事没有人催。")
        return Check(_("后台"), "over", _("停着"), words, command="./gongzhi worker")
    note = _("最近一次干活 {at}").format(at=_moment(last))
    return Check(_("后台"), "done", _("{n} 个在跑").format(n=count), note)


def _outbox(at: dt.datetime) -> Check:
    health, url = delivery_health(), nav.address("deliveries")
    waiting = health.waiting + health.events_waiting
    stuck = health.failed + health.events_failing
    oldest = min((one for one in (health.oldest_waiting_at, health.oldest_event_at) if one), default=None)
    if stuck:
        words = _("{n} 条没发出去").format(n=stuck)
        return Check(_("要发的消息"), "over", words, _("原因和再试都在那一页"), url, _("去看"))
    late = oldest is not None and at - oldest > SLOW
    note = _("最早的一条 {at}").format(at=_moment(oldest)) if oldest else ""
    return Check(_("要发的消息"), "soon" if late else "done", _("{n} 条等着").format(n=waiting), note, url, _("看一看"))


def last_backup() -> dt.datetime | None:
    """When the command line last took a backup, as the trail has it."""
    by = system_actor("cli").reference
    return Entry.objects.filter(actor=by, action="cli.backup").order_by("-id").values_list("at", flat=True).first()


def _backup(at: dt.datetime) -> Check:
    last, command = last_backup(), "./gongzhi backup FILE"
    if last is None:
        return Check(_("备份"), "soon", _("还没有做过"), _("坏一块盘，就什么都没了。"), command=command)
    tone: Tone = "soon" if at - last > dt.timedelta(days=BACKUP_DAYS) else "done"
    days = (local_date(at) - local_date(last)).days
    ago = _("{n} 天前").format(n=days) if days else _("今天")
    return Check(_("备份"), tone, _moment(last), ago, command=command)


def _calendar(at: dt.datetime) -> Check:
    url = nav.address("calendar-add")
    try:
        until = packs.calendar().known_until
    except Refused:
        note = _("没有它，时限算不出来。")
        return Check(_("工作日历"), "over", _("还没有"), note, command="./gongzhi load-model pingchang")
    near = (until - local_date(at)).days < NEAR_DAYS
    note = _("之后的时限先按周末算，补上新一年再重算。") if near else ""
    words = worded(N_("节假日知道到 {day}"), {"day": until})
    return Check(_("工作日历"), "soon" if near else "done", words, note, url, _("补一年"))


def _chain(at: dt.datetime) -> Check:
    """Only how far the seals reach: recomputing all of them is a button, it may take minutes."""
    last = Seal.objects.order_by("-position").first()
    position = last.position if last else 0
    unsealed = Entry.objects.filter(id__gt=last.entry_id if last else 0).order_by("id").first()
    if unsealed is not None and at - unsealed.at > UNSEALED:
        note = _("最早一条 {at} 还没封存。看看后台在不在跑。").format(at=_moment(unsealed.at))
        return Check(_("留痕"), "soon", _("封存了 {n} 条").format(n=position), note)
    note = _("链尾另存在库外，被截断看得出来") if head_file().exists() else ""
    return Check(_("留痕"), "done", _("封存了 {n} 条").format(n=position), note)


def _disk(at: dt.datetime) -> Check:
    free = shutil.disk_usage(settings.DATA_DIR).free
    tone: Tone = "done" if free >= LEAST_FREE else "over"
    note = "" if free >= LEAST_FREE else _("不到 {size} 了。清一清，或者换一块大的。").format(size=_size(LEAST_FREE))
    return Check(_("磁盘"), tone, _("还剩 {size}").format(size=_size(free)), note)


def _loose(folder: Path) -> Iterator[str]:
    """Names in the keys' folder that others than its owner may open."""
    for path in (folder, *folder.glob("*.key")):
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield path.name


def _keys(at: dt.datetime) -> Check:
    folder = Path(settings.KEYS_DIR)
    if not folder.is_dir():
        return Check(_("密钥"), "over", _("找不到密钥文件夹"), _("没有密钥，姓名电话都读不出来。从带密钥的备份恢复。"))
    count = len(list(folder.glob("master-*.key")))
    if loose := list(_loose(folder)):
        note = _("别的用户也能读：{names}").format(names="、".join(loose))
        return Check(_("密钥"), "over", _("权限太宽"), note, command="chmod -R go= keys")
    return Check(_("密钥"), "done", _("{n} 把，只有本账号能读").format(n=count))


def _door(at: dt.datetime) -> Check:
    if settings.DEMO:
        return Check(_("入口"), "soon", _("演示"), _("任何人在这台机器上都能扮任何角色。别放真数据。"))
    if not settings.SECURE:
        note = _("号码和密码在网上是明文。只在本机试用时可以这样。")
        return Check(_("入口"), "soon", settings.HOST_URL, note, command="GONGZHI_URL=https://…")
    return Check(_("入口"), "done", settings.HOST_URL)


LOOKS: tuple[Callable[[dt.datetime], Check], ...] = (
    _database,
    _worker,
    _outbox,
    _calendar,
    _chain,
    _backup,
    _disk,
    _keys,
    _door,
)


def steps(at: dt.datetime) -> list[Step]:
    """What an instance needs before people can use it, in order; each works on an empty one."""
    return [build(at) for build in STEPS]


def _model_step(at: dt.datetime) -> Step:
    try:
        now, ok = packs.active_model().title, True
    except Refused:
        now, ok = _("还没有"), False
    basis = _("层级、岗位、分类、时限都从模式来")
    commands = tuple(f"./gongzhi load-model {name}" for name in shipped.model_names())
    return Step(_("装入一个治理模式"), ok, now, basis, nav.address("packs"), _("看模式包"), () if ok else commands)


def _place_step(at: dt.datetime) -> Step:
    count = Place.objects.filter(valid_to__isnull=True).count()
    basis = _("一件事归谁管，先看它在哪里")
    commands = () if count else ("./gongzhi import divisions FILE…",)
    now = _("{n} 个地点").format(n=count)
    return Step(_("有区域和网格"), count > 1, now, basis, nav.address("imports"), _("用表导入"), commands)


def _organization_step(at: dt.datetime) -> Step:
    count = Organization.objects.filter(valid_to__isnull=True).count()
    now = _("{n} 个组织").format(n=count)
    return Step(_("有承办的组织"), count > 0, now, _("派单要派得出去"), nav.address("imports"), _("用表导入"))


def _manned(at: dt.datetime) -> dict[str, Seats]:
    return {row.role: row for row in seats_by_role(system_actor("setup"), local_date(at))}


def _administrator_step(at: dt.datetime) -> Step:
    ok = has_administrator(at)
    now = _("有") if ok else _("还没有")
    commands = () if ok else ("./gongzhi admin create --phone 13800000000 --name 姓名",)
    basis = _("第一位在服务器上建，之后由他任命别人")
    return Step(_("有系统管理员"), ok, now, basis, nav.address("people"), _("去任命"), commands)


def _post_step(at: dt.datetime) -> Step:
    rows = _manned(at)
    total = all_seats(rows.values())
    lacking = [role for role in ("dispatcher", "grid_member") if not (role in rows and rows[role].filled)]
    now = _("{filled} / {seats} 个名额有人").format(filled=total.filled, seats=total.seats)
    basis = _("至少要有一位分拨员、一位网格员")
    url = f"{nav.address('posts')}?vacant=1"
    return Step(_("岗位上有人"), not lacking, now, basis, url, _("看空缺"))


def _assessment_step(at: dt.datetime) -> Step:
    left = len(waiting())
    now = _("{n} 项等批准").format(n=left) if left else _("都批准了")
    basis = _("没评估的用不了：公开、自动分类、谈心。由个人信息保护负责人在“处理活动”里批")
    return Step(_("影响评估批准了"), not left, now, basis)


def _channel_step(at: dt.datetime) -> Step:
    words = {"sms": _("短信"), "mail": _("邮件")}
    ready = [word for channel, word in words.items() if channel_is_set(channel)]
    now = "、".join(ready) if ready else _("都没有接通")
    basis = _("登录验证码和办理进度要发得出去，至少接一样")
    commands = () if ready else ("GONGZHI_SMTP_HOST=…", "GONGZHI_SMS_URL=…")
    return Step(_("短信或邮件接通"), bool(ready), now, basis, commands=commands)


def _calendar_step(at: dt.datetime) -> Step:
    check = _calendar(at)
    basis = _("时限按工作日算，节假日和调休每年一张表")
    commands = (check.command,) if check.command else ()
    return Step(_("工作日历够用"), check.tone == "done", check.value, basis, check.url, check.action, commands)


def _backup_step(at: dt.datetime) -> Step:
    check = _backup(at)
    basis = _("每周一份，放到别的机器上；带密钥的那份锁好")
    return Step(_("做过备份"), check.tone == "done", check.value, basis, commands=(check.command,))


def _https_step(at: dt.datetime) -> Step:
    check = _door(at)
    commands = (check.command,) if check.command else ()
    return Step(_("用加密的网址"), check.tone == "done", check.value, _("号码和密码不能明文走"), commands=commands)


STEPS: tuple[Callable[[dt.datetime], Step], ...] = (
    _model_step,
    _place_step,
    _organization_step,
    _administrator_step,
    _post_step,
    _assessment_step,
    _channel_step,
    _calendar_step,
    _backup_step,
    _https_step,
)


def has_administrator(at: dt.datetime) -> bool:
    """Whether anybody real administers the instance; in a demo somebody made up does."""
    day = local_date(at)
    holding = Mandate.objects.filter(in_force(day), post__role="administrator", person__kind="person")
    return holding.exists() if settings.DEMO else holding.filter(person__is_demo=False).exists()
