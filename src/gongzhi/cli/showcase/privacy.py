"""The privacy officer's morning in the demo: two requests, an export to decide, a drill half-way. 演示数据."""

import datetime as dt

from gongzhi.cases.models import OPEN, Case
from gongzhi.cli.showcase.staff import SHOWCASE, Crew
from gongzhi.people import actions as people
from gongzhi.people.rules import CONSENTS
from gongzhi.privacy import queries
from gongzhi.privacy.actions import breaches, exports, register, rights
from gongzhi.privacy.queries import exports as exported

# Left for whoever opens the demo to approve.
LEFT_OPEN = ("story",)


def approve_register(crew: Crew, now: dt.datetime) -> None:
    """Most assessments approved, before anything is done that rests on them; what waits a newcomer can press."""
    # The register was entered when the packs were loaded, a moment ago: its versions follow each other in time.
    register.adopt_shipped(by=SHOWCASE, at=now)
    by = crew.actor(crew.by_role["privacy_officer"]) if "privacy_officer" in crew.by_role else SHOWCASE
    for row in list(queries.waiting()):
        if row.code not in LEFT_OPEN:
            register.approve_assessment(by=by, at=now, code=row.code)


def open_privacy(crew: Crew, now: dt.datetime) -> None:
    """Two requests, an export to decide, a drill half-way."""
    if "privacy_officer" not in crew.by_role:
        return
    officer, at = crew.actor(crew.by_role["privacy_officer"]), now - dt.timedelta(hours=20)
    first, second = (crew.actor(person) for person in crew.residents[:2])
    people.grant_consent(by=first, at=at, purpose="callback", version=CONSENTS["callback"].version)
    rights.ask_right(by=first, at=at, right="copy", text="想看看你们有我什么，带走一份。")
    rights.ask_right(by=second, at=now - dt.timedelta(hours=3), right="explain", text="路灯那件事为什么派给路灯所？")
    newest = Case.objects.filter(status__in=OPEN, privacy="named").order_by("-id").first()
    asking = crew.actor(crew.over(newest.path if newest else "/", "dispatcher"))
    reason = "明天上午停水，逐户打电话通知，由值班员用。"
    if exported.cases_in(asking, "status=open", now):
        exports.ask_export(by=asking, at=now - dt.timedelta(hours=2), reason=reason, scope="status=open")
    begun = now - dt.timedelta(hours=1)
    drill = breaches.report_breach(
        by=asking,
        at=begun,
        text="演练：联系名单发错了工作群，5 分钟后撤回。",
        kinds="称呼、电话",
        persons=12,
        harm="可能接到骚扰电话",
        drill=True,
    )
    note = "群里消息已撤回，下载过的 3 人已删除。"
    breaches.note_breach(by=officer, at=begun, number=drill["number"], step="contain", note=note)
