"""Under the root: /gatherings/."""

from django.urls import path

from gongzhi.gatherings import views
from gongzhi.gatherings.views import bodies, brands, councils, founding, holding, topics

urlpatterns = [
    path("brands/<str:code>/", brands.at_place, name="brands"),
    path("gatherings/", views.index, name="gatherings"),
    path("gatherings/new/<str:kind>/", views.call, name="gathering-call"),
    path("gatherings/series/<int:series>/next", views.next_one, name="gathering-next"),
    path("gatherings/series/<int:series>/end", views.end, name="gathering-series-end"),
    path("gatherings/councils", councils.coverage, name="councils"),
    path("gatherings/bodies/", bodies.index, name="bodies"),
    path("gatherings/bodies/new", founding.found, name="body-found"),
    path("gatherings/bodies/at/<str:code>", bodies.at_place, name="bodies-at"),
    path("gatherings/bodies/<str:code>/", bodies.page, name="body"),
    path("gatherings/bodies/<str:code>/change", founding.change, name="body-change"),
    path("gatherings/topics", topics.index, name="topics"),
    path("gatherings/topics/new", topics.propose, name="topic-propose"),
    path("gatherings/topics/raise", topics.raise_one, name="topic-raise"),
    path("gatherings/topics/<str:number>", topics.page, name="topic"),
    path("gatherings/topics/<str:number>/second", topics.second, name="topic-second"),
    path("gatherings/topics/<str:number>/answer", topics.answer, name="topic-answer"),
    path("gatherings/<str:number>", views.page, name="gathering"),
    path("gatherings/<str:number>/live", views.live, name="gathering-live"),
    path("gatherings/<str:number>/answer", views.answer, name="gathering-answer"),
    path("gatherings/<str:number>/said", holding.said, name="gathering-said"),
    path("gatherings/<str:number>/event.ics", views.event, name="gathering-event"),
    path("gatherings/<str:number>/minutes.<str:form>", views.minutes, name="gathering-minutes"),
    path("gatherings/<str:number>/wall", views.wall, name="gathering-wall"),
    path("gatherings/<str:number>/come", views.come, name="gathering-come"),
    path("gatherings/<str:number>/agenda", views.agenda, name="gathering-agenda"),
    path("gatherings/<str:number>/agenda/<int:position>/drop", views.drop, name="gathering-drop"),
    path("gatherings/<str:number>/offers", views.offers, name="gathering-offers"),
    path("gatherings/<str:number>/move", views.move, name="gathering-move"),
    path("gatherings/<str:number>/off", views.off, name="gathering-off"),
    path("gatherings/<str:number>/act/<str:act>", holding.act, name="gathering-act"),
    path("gatherings/<str:number>/people", holding.people, name="gathering-people"),
    path("gatherings/<str:number>/observers", holding.observers, name="gathering-observers"),
    path("gatherings/<str:number>/decide/<int:position>", holding.decide, name="gathering-decide"),
    path("gatherings/<str:number>/close", holding.close, name="gathering-close"),
]
