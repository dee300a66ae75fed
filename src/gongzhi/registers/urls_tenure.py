"""Addresses of who lives or owns where."""

from django.urls import path

from gongzhi.registers.views import certificate, conflicts, desk, home, lists

urlpatterns = [
    path("my/home/", home.mine, name="my-home"),
    path("my/home/declare", home.declare, name="home-declare"),
    path("my/home/join", home.join, name="home-join"),
    path("my/home/<int:number>/tenants", home.tenants, name="home-tenants"),
    path("my/home/<int:number>/out", home.out, name="home-out"),
    path("my/home/<int:number>/renew", home.renew, name="home-renew"),
    path("my/home/<int:number>/retract", home.retract, name="home-retract"),
    path("my/home/<int:number>/choose", home.choose, name="home-choose"),
    path("my/home/<int:number>/certificate.<str:form>", certificate.issue, name="home-certificate"),
    path("certificates/<str:number>", certificate.check, name="certificate"),
    path("registers/tenures/", desk.desk, name="tenures"),
    path("registers/tenures/<int:number>", desk.one, name="tenure"),
    path("registers/tenures/<int:number>/approve", desk.approve, name="tenure-approve"),
    path("registers/tenures/<int:number>/refuse", desk.refuse, name="tenure-refuse"),
    path("registers/tenures/<int:number>/end", desk.end, name="tenure-end"),
    path("registers/tenures/<int:number>/show", desk.show, name="tenure-show"),
    path("registers/conflicts/", conflicts.conflicts, name="register-conflicts"),
    path("registers/conflicts/<uuid:number>/decide", conflicts.decide_conflict, name="conflict-decide"),
    path("registers/conflicts/<uuid:number>/show", conflicts.show_conflict, name="conflict-show"),
    path("registers/dwellings/<str:code>", desk.dwelling, name="dwelling-register"),
    path("registers/dwellings/<str:code>/areas", desk.areas, name="dwelling-areas"),
    path("registers/owners/<str:code>", lists.owners_page, name="owners-register"),
    path("registers/households/<str:code>", lists.households_page, name="households-register"),
    path("registers/missing/<str:code>", lists.missing_page, name="register-missing"),
    path("registers/lettings/<str:code>", lists.lettings_page, name="register-lettings"),
]
