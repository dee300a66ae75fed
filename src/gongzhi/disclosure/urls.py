"""Under the root: /neighbours/ for who reads and writes and who looks after it, /scenes/ for everybody."""

from django.urls import path

from gongzhi.disclosure.views import desk, message, scenarios, space

urlpatterns = [
    path("scenes/<str:code>/", scenarios.index, name="life-scenes"),
    path("scenes/<str:code>/<str:name>", scenarios.scene, name="life-scene"),
    path("neighbours/", space.index, name="neighbours"),
    path("neighbours/desk", desk.index, name="neighbours-desk"),
    path("neighbours/desk/appeals/<int:number>", desk.judge, name="neighbours-judge"),
    path("neighbours/posts/<str:number>", message.page, name="neighbours-message"),
    path("neighbours/posts/<str:number>/<str:act>", message.act, name="neighbours-act"),
    path("neighbours/<str:code>", space.space, name="neighbours-space"),
    path("neighbours/<str:code>/new", space.new, name="neighbours-new"),
    path("neighbours/<str:code>/moderation", space.figures, name="neighbours-figures"),
]
