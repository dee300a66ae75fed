"""Under the root: /duties/."""

from django.urls import path

from gongzhi.duties import views

urlpatterns = [
    path("duties/", views.mine, name="duties"),
    path("duties/team", views.team, name="duties-team"),
    path("duties/rules", views.rules_page, name="duty-rules"),
    path("duties/report.<str:form>", views.report, name="duty-report"),
    path("duties/calendar/renew", views.renew, name="duty-feed-renew"),
    path("duties/calendar/<str:token>.ics", views.calendar, name="duty-feed"),
    path("duties/<uuid:duty_id>", views.page, name="duty"),
    path("duties/<uuid:duty_id>/done", views.done, name="duty-done"),
    path("duties/<uuid:duty_id>/excuse", views.excuse, name="duty-excuse"),
    path("duties/<uuid:duty_id>/decide", views.decide, name="duty-decide"),
    path("duties/<uuid:duty_id>/reopen", views.reopen, name="duty-reopen"),
]
