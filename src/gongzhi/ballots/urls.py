"""Under the root: /votes/."""

from django.urls import path

from gongzhi.ballots import views
from gongzhi.ballots.views import desk, electing, holding, money, printing, rolls

urlpatterns = [
    path("votes/", views.index, name="votes"),
    path("votes/new", holding.new, name="vote-new"),
    path("votes/rolls/", rolls.index, name="rolls"),
    path("votes/rolls/new", rolls.new, name="roll-new"),
    path("votes/rolls/<str:number>", rolls.page, name="roll"),
    path("votes/rolls/<str:number>/election", electing.new, name="election-new"),
    path("votes/rolls/<str:number>/review", electing.review, name="review-new"),
    path("votes/rolls/<str:number>/budget", money.new, name="budget-new"),
    path("votes/rolls/<str:number>/register", rolls.register, name="roll-register"),
    path("votes/rolls/<str:number>/enter", rolls.enter, name="roll-enter"),
    path("votes/rolls/<str:number>/strike/<int:position>", rolls.strike, name="roll-strike"),
    path("votes/rolls/<str:number>/consent", rolls.consent, name="roll-consent"),
    path("votes/rolls/<str:number>/publish", rolls.publish, name="roll-publish"),
    path("votes/rolls/<str:number>/object", rolls.objection, name="roll-object"),
    path("votes/rolls/<str:number>/objections/<int:objection>", rolls.decide, name="roll-decide"),
    path("votes/<str:number>", views.page, name="vote"),
    path("votes/<str:number>/nominate", electing.nominate, name="vote-nominate"),
    path("votes/<str:number>/nominate/<int:position>/withdraw", electing.withdraw, name="vote-stand-down"),
    path("votes/<str:number>/candidates", electing.settle, name="vote-candidates"),
    path("votes/<str:number>/next", electing.another, name="vote-next"),
    path("votes/<str:number>/lot", electing.lot, name="vote-lot"),
    path("votes/<str:number>/cast", views.cast, name="vote-cast"),
    path("votes/<str:number>/roll", views.roll, name="vote-roll"),
    path("votes/<str:number>/record.json", views.record, name="vote-record"),
    path("votes/<str:number>/papers.pb", money.papers, name="vote-papers-pb"),
    path("votes/<str:number>/budget.json", money.outcome, name="vote-spent"),
    path("votes/<str:number>/print/<str:what>.<str:form>", printing.paper, name="vote-print"),
    path("votes/<str:number>/announce/<str:what>", printing.announce, name="vote-announce"),
    path("votes/<str:number>/act/<str:act>", holding.act, name="vote-act"),
    path("votes/<str:number>/off", holding.off, name="vote-off"),
    path("votes/<str:number>/proxies", holding.proxies, name="vote-proxies"),
    path("votes/<str:number>/proxies/<int:position>/withdraw", holding.withdraw, name="vote-withdraw"),
    path("votes/<str:number>/desk", desk.desk, name="vote-desk"),
    path("votes/<str:number>/desk/<int:box>", desk.box, name="vote-box"),
    path("votes/<str:number>/hand-out", desk.hand_out, name="vote-hand-out"),
    path("votes/<str:number>/papers", desk.papers, name="vote-papers"),
]
