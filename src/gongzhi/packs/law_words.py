"""Numbers of law packs in words, for people who read them. Pure; source strings, translated when they are shown."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.common.text import N_
from gongzhi.packs import laws
from gongzhi.packs.contents import Leave

# What a share is a part of.
BASES: dict[str, str] = {
    "adults": N_("十八周岁以上的居民（村民）"),
    "area": N_("全部专有部分面积"),
    "assembly_members": N_("代表会议组成人员"),
    "ballots": N_("已投选票总数"),
    "building_area": N_("建筑物总面积"),
    "capable_members": N_("有完全民事行为能力的全体成员"),
    "committee_members": N_("业主委员会全体委员"),
    "council_members": N_("全体理事"),
    "delegates": N_("全体成员代表"),
    "eligible_voters": N_("有选举权的村民"),
    "first_fund": N_("首期筹集金额"),
    "group_adults": N_("本小组十八周岁以上的村民"),
    "group_households": N_("本小组的户"),
    "group_members": N_("筹备组成员"),
    "group_representatives": N_("居民小组选举的代表"),
    "groups": N_("居民小组"),
    "heads": N_("业主总人数"),
    "households": N_("总户数"),
    "interested_owners": N_("有利害关系的业主"),
    "meetings": N_("会议总次数"),
    "party_due": N_("应到会党员"),
    "party_members": N_("全体党员"),
    "present": N_("到会的人"),
    "registered_voters": N_("登记参加选举的人"),
    "representatives": N_("全体居民（村民）代表"),
    "seats": N_("委员人数"),
    "unit_owners": N_("本单元（栋）的业主"),
    "villagers": N_("全体村民"),
    "voted_area": N_("参与表决的面积"),
    "voted_heads": N_("参与表决的人数"),
    "voters": N_("参加投票的人"),
}
# What a number, a period or a share is.
KEYS: dict[str, str] = {
    "adults": N_("居民（村民）"),
    "age": N_("年龄"),
    "alternates_most": N_("候补最多"),
    "chain": N_("由谁审核、批准"),
    "area": N_("面积"),
    "assemblies": N_("几个业主大会"),
    "balance": N_("余额"),
    "before": N_("提前"),
    "consent": N_("同意"),
    "contract": N_("前期合同到期前"),
    "convened": N_("几天内开会"),
    "count": N_("一共几类"),
    "days_per_year": N_("每年最多几个工日"),
    "decision": N_("几天内处理"),
    "deliberations": N_("几议"),
    "delivered": N_("交付的面积"),
    "deputies_most": N_("副书记最多"),
    "every": N_("至少每多久一次"),
    "extension": N_("最多延长"),
    "fen_per_head_year": N_("每人每年最多几分钱"),
    "group": N_("几天内组建"),
    "group_least": N_("每个小组最少几位代表"),
    "group_most": N_("每个小组最多几位代表"),
    "group_representatives": N_("小组代表"),
    "groups": N_("居民小组"),
    "forms": N_("开会的形式"),
    "granted": N_("什么时候拨付"),
    "heads": N_("人数"),
    "households": N_("户"),
    "households_least": N_("最少几户"),
    "households_most": N_("最多几户"),
    "households_over": N_("超过几户"),
    "least": N_("最少"),
    "legal_effect": N_("有什么效力"),
    "levels": N_("几个等级"),
    "left_early": N_("中途离任的"),
    "matter": N_("第几项"),
    "matters": N_("哪几项"),
    "max_total": N_("全程最多几天"),
    "members": N_("委员"),
    "members_below": N_("党员不足几人"),
    "members_least": N_("党员最少几人"),
    "men_from": N_("男，从几岁"),
    "men_to": N_("男，到几岁"),
    "min_publication": N_("公示至少几天"),
    "missed": N_("缺席"),
    "more_than": N_("要多于几人"),
    "most": N_("最多"),
    "moved_in": N_("入住的户"),
    "not_delegable": N_("不能授权的几项"),
    "notice": N_("提前通知"),
    "number": N_("第几项"),
    "odd": N_("是不是单数"),
    "outcomes": N_("各等级怎么办"),
    "people": N_("哪些人"),
    "published_every": N_("多久公布一次"),
    "quarter_mode": N_("每季度怎么算"),
    "situations": N_("哪些情况"),
    "system": N_("用哪个系统"),
    "to": N_("报给谁"),
    "objection": N_("几天内提异议"),
    "owners": N_("业主代表"),
    "owners_least": N_("最少几位业主"),
    "per_year": N_("一年至少几次"),
    "posted": N_("公示"),
    "present": N_("到会"),
    "project": N_("项目多长"),
    "proposers": N_("提议的人"),
    "publications": N_("几公开"),
    "published": N_("几天内公布"),
    "published_before": N_("提前多久公布"),
    "report": N_("提前多久报告"),
    "report_per_year": N_("一年报告几次"),
    "representatives": N_("居民（村民）代表"),
    "resident": N_("居住"),
    "residents_least": N_("最少几位居民"),
    "secretaries": N_("书记几名"),
    "shown": N_("公告至少"),
    "signed": N_("签字"),
    "small_households": N_("几户以下的可以少"),
    "small_least": N_("少的时候最少几人"),
    "small_most": N_("成员少的最多几名"),
    "term": N_("任期"),
    "unfit_in_a_row": N_("连续几次不称职"),
    "units_most": N_("最多几个单位"),
    "usually_most": N_("一般最多"),
    "villagers": N_("村民"),
    "voted": N_("参加投票"),
    "voters": N_("有选举权的人"),
    "votes": N_("赞成票"),
    "within": N_("期限"),
    "women": N_("妇女代表"),
    "women_from": N_("女，从几岁"),
    "women_least": N_("妇女最少几人"),
    "women_to": N_("女，到几岁"),
    "worked": N_("工作"),
}
UNITS: dict[str, str] = {
    "minutes": N_("{amount} 分钟"),
    "working_minutes": N_("{amount} 工作分钟"),
    "hours": N_("{amount} 小时"),
    "calendar_days": N_("{amount} 天"),
    "working_days": N_("{amount} 个工作日"),
    "months": N_("{amount} 个月"),
    "years": N_("{amount} 年"),
}
LEAVES: dict[Leave, str] = {
    "any": N_("随地方定"),
    "more": N_("地方只能定得更多、更长"),
    "less": N_("地方只能定得更少、更短"),
}
_SHARES: dict[laws.Compare, str] = {
    "at_least": N_("{base}的 {share} 以上（正好也算）"),
    "more_than": N_("超过{base}的 {share}（正好不算）"),
    "at_most": N_("不超过{base}的 {share}（正好也算）"),
    "less_than": N_("不足{base}的 {share}（正好不算）"),
}


def numbers(params: Mapping[str, Any]) -> Iterator[str]:
    """“人数：业主总人数的 2/3 以上（正好也算）”, one for each number of a rule."""
    if isinstance(special := params.get("special"), bool):
        yield _("要更高的多数（特别事项）") if special else _("过半数（普通事项）")
    for path, figure in laws.figures(params):
        yield _("{name}：{figure}").format(name=named(path), figure=figure_in_words(figure))


def lists(params: Mapping[str, Any]) -> Iterator[str]:
    """What a rule enumerates in words; codes that only the house reads are left out."""
    for value in params.values():
        if isinstance(value, list) and all(isinstance(item, str) and not item.isascii() for item in value):
            yield from value


def named(key: str) -> str:
    return _(KEYS[key]) if key in KEYS else key


def figure_in_words(figure: laws.Share | laws.Period | int | tuple[int, ...]) -> str:
    if isinstance(figure, laws.Share):
        base = _(BASES[figure.of]) if figure.of in BASES else figure.of
        if figure.share == 1 and not figure.most:
            return _("{base}全部").format(base=base)
        share = f"{figure.share.numerator}/{figure.share.denominator}"
        return _(_SHARES[figure.compare]).format(base=base, share=share)
    if isinstance(figure, laws.Period):
        return _(UNITS[figure.unit]).format(amount=figure.amount)
    return "、".join(map(str, figure)) if isinstance(figure, tuple) else str(figure)


def left_to_regions(local: Mapping[str, Leave]) -> Iterator[str]:
    """“提前通知：地方只能定得更多、更长”."""
    for key, leave in local.items():
        yield _("{name}：{figure}").format(name=named(key), figure=_(LEAVES[leave]))
