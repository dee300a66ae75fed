"""Under the root: /deliberations/ and /resolutions/."""

from django.urls import path

from gongzhi.deliberation import views
from gongzhi.deliberation.views import alliances, bodies, convening, experts, moving, opening, posts, resolving, saying

urlpatterns = [
    path("deliberations/", views.index, name="courses"),
    path("deliberations/five/", views.five, name="five-democracies"),
    path("deliberations/alliances/", alliances.index, name="alliances"),
    path("deliberations/alliances/<str:code>/", alliances.page, name="alliance"),
    path("deliberations/experts/", experts.roster, name="experts"),
    path("deliberations/say/", saying.say, name="say"),
    path("deliberations/new/", opening.choose, name="course-choose"),
    path("deliberations/new/<int:body>/<str:name>/", opening.begin, name="course-open"),
    path("deliberations/at/<str:code>/", bodies.one_core, name="one-core"),
    path("deliberations/<str:number>", views.page, name="course"),
    path("deliberations/<str:number>/record/<str:kind>", moving.record, name="course-record"),
    path("deliberations/<str:number>/meeting", convening.convene, name="course-convene"),
    path("deliberations/<str:number>/experts", experts.choose, name="course-expert"),
    path("deliberations/<str:number>/object", moving.objection, name="course-object"),
    path("deliberations/<str:number>/notice.<str:form>", views.notice, name="course-notice"),
    path("resolutions/", resolving.index, name="resolutions"),
    path("resolutions/<str:number>", resolving.page, name="resolution"),
    path("resolutions/<str:number>/paper.<str:form>", resolving.paper, name="resolution-paper"),
    path("resolutions/<str:number>/announce", resolving.announce, name="resolution-announce"),
    path("resolutions/<str:number>/refer", resolving.refer, name="resolution-refer"),
    path("resolutions/<str:number>/done", resolving.done, name="resolution-done"),
    path("resolutions/<str:number>/posts", posts.plan, name="resolution-posts"),
    path("resolutions/<str:number>/posts/drop", posts.drop, name="resolution-posts-drop"),
    path("resolutions/<str:number>/posts/confirm", posts.confirm, name="resolution-posts-confirm"),
    path("resolutions/<str:number>/text", resolving.text, name="resolution-text"),
]
