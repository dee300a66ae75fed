"""Under the root: /projects/ for the office, /works/ for everybody."""

from django.urls import path

from gongzhi.projects.views import desk, evaluating, lists, public

urlpatterns = [
    path("projects/", lists.index, name="projects"),
    path("projects/new", lists.new, name="project-new"),
    path("projects/<str:number>", desk.page, name="project"),
    path("projects/<str:number>/evaluate", evaluating.page, name="project-evaluate"),
    path("projects/<str:number>/publish", desk.publish, name="project-publish"),
    path("projects/<str:number>/do/<str:what>", desk.do, name="project-do"),
    path("projects/<str:number>/move/<str:verb>", desk.move, name="project-move"),
    path("works/<str:number>", public.work, name="work"),
    path("works/<str:number>/accept", public.accept, name="work-accept"),
    path("works/at/<str:code>", public.at_place, name="works-at"),
]
