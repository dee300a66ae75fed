"""Under the root: /projects/ for the office, /works/ for everybody."""

from django.urls import path

from gongzhi.projects.views import bidding, desk, evaluating, lists, plans, pledges, public, rounds, works

PLEDGE = "projects/<str:number>/pledges/<int:position>"

urlpatterns = [
    path("projects/", lists.index, name="projects"),
    path("projects/new", lists.new, name="project-new"),
    path("projects/warranties", works.warranties, name="works-warranties"),
    path("projects/<str:number>/lines", works.lines, name="works-lines"),
    path("projects/<str:number>/lines/<int:position>", works.line, name="works-line"),
    path("projects/<str:number>/lines/<int:position>/<str:verb>", works.step, name="works-step"),
    path("projects/<str:number>/pledges", pledges.page, name="project-pledges"),
    path(PLEDGE, pledges.fulfil, name="pledge-fulfil"),
    path(f"{PLEDGE}/certificate.<str:form>", pledges.certificate, name="pledge-certificate"),
    path("works/<str:number>/totals", works.totals, name="works-totals"),
    path("projects/rounds/", rounds.index, name="rounds"),
    path("projects/rounds/with/<str:roll>", rounds.new, name="round-new"),
    path("works/ideas/<str:code>", rounds.ideas, name="ideas"),
    path("projects/rounds/<str:number>", rounds.page, name="round"),
    path("projects/rounds/<str:number>/settle", rounds.settle, name="round-settle"),
    path("projects/<str:number>/bids", bidding.desk, name="project-bids"),
    path("projects/<str:number>/bids/open", bidding.begin, name="project-bids-open"),
    path("projects/<str:number>/bids/choose", bidding.choose, name="project-bids-choose"),
    path("projects/<str:number>/bids/<int:position>", bidding.judge, name="project-bid"),
    path("projects/<str:number>/bids/<int:position>/declare", bidding.declare, name="project-bid-declare"),
    path("bids/", bidding.index, name="tenders"),
    path("bids/<str:number>", bidding.tender, name="tender"),
    path("bids/<str:number>/<int:position>/withdraw", bidding.withdraw, name="tender-withdraw"),
    path("projects/<str:number>", desk.page, name="project"),
    path("projects/<str:number>/evaluate", evaluating.page, name="project-evaluate"),
    path("projects/<str:number>/evaluate/<int:step>", evaluating.page, name="project-evaluate-step"),
    path("projects/<str:number>/plan", plans.desk, name="project-plan"),
    path("projects/<str:number>/publish", desk.publish, name="project-publish"),
    path("projects/<str:number>/do/<str:what>", desk.do, name="project-do"),
    path("projects/<str:number>/move/<str:verb>", desk.move, name="project-move"),
    path("works/<str:number>", public.work, name="work"),
    path("works/<str:number>/plan", plans.reading, name="work-plan"),
    path("works/<str:number>/accept", public.accept, name="work-accept"),
    path("works/at/<str:code>", public.at_place, name="works-at"),
]
