"""Under the root: /ledger/ for the office, /accounts/ and /points/ for everybody, /my/points/ for oneself."""

from django.urls import path

from gongzhi.ledger.views import desk, entries, funds, later, members, points, public

urlpatterns = [
    path("accounts/<str:code>", public.place, name="public-accounts"),
    path("accounts/<str:code>/<str:number>.jsonl", public.books, name="public-books"),
    path("points/", points.index, name="points"),
    path("points/<str:number>", points.fund, name="points-fund"),
    path("points/<str:number>/join", points.join, name="points-join"),
    path("my/points/", points.mine, name="my-points"),
    path("my/points/entries/<str:number>/answer", points.answer, name="points-answer"),
    path("my/points/entries/<str:number>/object", points.object_to, name="points-object"),
    path("my/points/<str:number>", points.own, name="my-points-fund"),
    path("my/points/<str:number>/transfer", points.transfer, name="points-transfer"),
    path("my/points/<str:number>/listed", points.listed, name="points-listed"),
    path("my/points/<str:number>/leave", points.leave, name="points-leave"),
    path("ledger/", funds.index, name="funds"),
    path("ledger/open", funds.new, name="fund-open"),
    path("ledger/approvals", desk.index, name="ledger-approvals"),
    path("ledger/entries/<str:number>", entries.page, name="ledger-entry"),
    path("ledger/entries/<str:number>/decide", entries.decide, name="ledger-decide"),
    path("ledger/entries/<str:number>/withdraw", entries.withdraw, name="ledger-withdraw"),
    path("ledger/entries/<str:number>/undo", entries.undo, name="ledger-undo"),
    path("ledger/entries/<str:number>/papers", later.papers, name="ledger-papers"),
    path("ledger/entries/<str:number>/papers/<uuid:media_id>/show", entries.show, name="ledger-show-paper"),
    path("ledger/objections/<uuid:objection_id>", members.answer, name="objection-answer"),
    path("ledger/<str:number>", funds.page, name="fund"),
    path("ledger/<str:number>/members", members.page, name="fund-members"),
    path("ledger/<str:number>/award", members.award, name="fund-award"),
    path("ledger/<str:number>/books.jsonl", funds.books, name="fund-books"),
    path("ledger/<str:number>/end", later.end, name="fund-end"),
    path("ledger/<str:number>/entries", entries.index, name="fund-entries"),
    path("ledger/<str:number>/write", entries.write, name="fund-write"),
    path("ledger/<str:number>/statement", funds.statement, name="fund-statement"),
    path("ledger/<str:number>/add-up", desk.add_up, name="fund-add-up"),
    path("ledger/<str:number>/close/<str:label>", desk.close, name="fund-close-period"),
    path("ledger/<str:number>/publish/<str:label>", desk.publish, name="fund-publish"),
]
