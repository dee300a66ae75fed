"""How the steps of mediation, appointments and campaigns are told: to the staff, and to the one who asked."""

from gongzhi.common.text import N_

STAFF = {
    "consent": N_("记下一方同意调解"),
    "mediate": N_("调解员接手"),
    "session": N_("调解一次"),
    "warn": N_("已向公安或有关部门报告"),
    "agree": N_("达成调解协议"),
    "decline_talk": N_("有一方不愿意，调解结束"),
    "withdraw_talk": N_("申请人不想调解了，调解结束"),
    "end_talk": N_("没有谈成，调解结束"),
    "file_paper": N_("传了签好的协议书"),
    "judicial": N_("记下司法确认"),
    "follow_up": N_("回访协议履行"),
    "archive": N_("归档"),
    "remind": N_("提醒司法确认快到期"),
    "propose_time": N_("约了时间"),
    "accept_time": N_("本人说可以"),
    "decline_time": N_("本人说时间不行"),
    "meet": N_("见面一次"),
    "served": N_("见过了，请本人确认"),
    "recheck": N_("专项复查"),
}
RESIDENT = {
    **STAFF,
    "warn": N_("调解员报告过有关部门"),
    "agree": N_("双方达成调解协议"),
    "withdraw_talk": N_("您不想调解了，调解结束"),
    "judicial": N_("记下了司法确认的情况"),
    "follow_up": N_("问了协议履行得怎样"),
    "remind": N_("提醒：司法确认快到期"),
    "propose_time": N_("约了时间，请您看行不行"),
    "accept_time": N_("您说可以"),
    "decline_time": N_("您说时间不行，再约"),
    "meet": N_("见面谈了一次"),
    "served": N_("谈完了，请您确认"),
}
# What comes next in a private matter: nobody takes a photo there, nobody else checks.
NEXT = {
    "dispatched": N_("有人来约您"),
    "in_progress": N_("一起谈"),
    "confirmed": N_("问协议履行得怎样，再归档"),
}
