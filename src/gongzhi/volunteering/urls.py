"""Under the root: /volunteering/ for everybody who serves, calls and checks; /my/volunteering/ for one's own record."""

from django.urls import path

from gongzhi.volunteering.views import desk, mine, pages, verifying

urlpatterns = [
    path("volunteering/", pages.index, name="volunteering"),
    path("volunteering/me/<str:act>", pages.me, name="volunteering-me"),
    path("volunteering/teams/<int:team>", pages.team, name="volunteering-team"),
    path("volunteering/teams/<int:team>/<str:act>", pages.team_act, name="volunteering-team-act"),
    path("volunteering/desk", desk.index, name="volunteering-desk"),
    path("volunteering/desk/new", desk.new, name="volunteering-new"),
    path("volunteering/desk/team", desk.name_team, name="volunteering-name-team"),
    path("volunteering/desk/back/<int:entry>", desk.decide, name="volunteering-decide"),
    path("volunteering/desk/signups/<int:signup>/back", desk.back, name="volunteering-back"),
    path("volunteering/desk/records/<uuid:record>/reverse", desk.reverse, name="volunteering-reverse"),
    path("volunteering/desk/<str:number>", desk.day, name="volunteering-day"),
    path("volunteering/desk/<str:number>/<str:act>", desk.act, name="volunteering-act"),
    path("volunteering/verify/<str:code>", verifying.page, name="volunteering-verify"),
    path("volunteering/verify/<str:code>/revoke", verifying.revoke, name="volunteering-revoke"),
    path("volunteering/activities/<str:number>", pages.activity, name="volunteering-activity"),
    path("volunteering/activities/<str:number>/<str:act>", pages.activity_act, name="volunteering-activity-act"),
    path("my/volunteering/", mine.page, name="my-volunteering"),
    path("my/volunteering/certificates", mine.issue, name="my-certificate-issue"),
    path("my/volunteering/certificates/<str:code>.<str:form>", mine.paper, name="my-certificate"),
]
