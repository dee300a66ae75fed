"""Disputes, joint work, pauses and orders from above in words: for the staff, and for who raised the case."""

from gongzhi.common.text import N_

STAFF = {
    "dispute": N_("提请裁决"),
    "ask_ruling": N_("提请裁决"),
    "rule": N_("裁决"),
    "join": N_("请几家合办"),
    "whistle": N_("吹哨"),
    "respond": N_("应答"),
    "sign": N_("配合单位签字"),
    "arrive": N_("到场"),
    "absent": N_("没到"),
    "rate_unit": N_("评价了来的部门"),
    "rate_whistle": N_("评价了这次吹哨"),
    "offer": N_("拿出来给共建单位认领"),
    "claim": N_("共建单位认领"),
    "ask_pause": N_("申请暂停计时"),
    "grant_pause": N_("同意暂停计时"),
    "refuse_pause": N_("不同意暂停计时"),
    "unpause": N_("接着计时"),
    "night": N_("下班以后，转值班单位"),
    "morning": N_("上班了，值班单位没接的交回"),
    "urge": N_("催办"),
    "supervise": N_("下督办单"),
    "issue": N_("交办"),
    "strike": N_("销号"),
    "remind_due": N_("快到时了，提醒承办单位"),
}
CLOCKS = {
    "ruling": N_("裁决"),
    "whistle": N_("应答吹哨"),
    "co": N_("配合"),
    "partner": N_("共建"),
    "pause": N_("暂停到期"),
    "remind": N_("到期提醒"),
    "reopen": N_("反复打开"),
}
RESIDENT = {
    "dispute": N_("归谁管有争议，请上级来定。定下以前{unit}先办"),
    "ask_ruling": N_("归谁管有争议，请上级来定"),
    "rule": N_("上级定了：由{unit}负责"),
    "join": N_("请几家单位一起办"),
    "whistle": N_("叫有关部门到现场"),
    "respond": N_("{unit}应答了"),
    "sign": N_("{unit}把配合的部分办好了"),
    "arrive": N_("{unit}到了现场"),
    "offer": N_("拿出来请共建单位帮忙"),
    "claim": N_("{unit}认领了，来帮忙"),
    "ask_pause": N_("{unit}申请停一停，等条件"),
    "grant_pause": N_("同意停一停，时限顺延"),
    "refuse_pause": N_("没同意停，照原来的日子办"),
    "unpause": N_("条件到了，接着办"),
    "night": N_("下班时间，先交给{unit}值班的人"),
    "morning": N_("上班了，交回来接着办"),
    "urge": N_("催过{unit}了"),
    "issue": N_("交给{unit}办"),
    "strike": N_("办完销号"),
}
# Steps whose day is the end of a pause.
PAUSES = ("ask_pause", "grant_pause")
