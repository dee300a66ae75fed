"""Under the root: /agreements/ for those who keep or stand in them, /partners/ for everybody."""

from django.urls import path

from gongzhi.partnerships.views import agreements, lines, matrix, moves, network, participants

urlpatterns = [
    path("agreements/", agreements.index, name="agreements"),
    path("agreements/new", agreements.new, name="agreement-new"),
    path("agreements/matrix", matrix.page, name="agreement-matrix"),
    path("agreements/gaps", matrix.gaps, name="agreement-gaps"),
    path("agreements/assets", matrix.assets, name="agreement-assets"),
    path("agreements/<str:number>", agreements.page, name="agreement"),
    path("agreements/<str:number>/sign", moves.sign, name="agreement-sign"),
    path("agreements/<str:number>/renew", moves.renew, name="agreement-renew"),
    path("agreements/<str:number>/end", moves.end, name="agreement-end"),
    path("agreements/<str:number>/judge", moves.judge, name="agreement-judge"),
    path("agreements/<str:number>/lines/add", lines.add_line, name="agreement-add-line"),
    path("agreements/<str:number>/lines/<int:position>", lines.line, name="agreement-line"),
    path("agreements/<str:number>/lines/<int:position>/drop", lines.drop_line, name="agreement-drop-line"),
    path("agreements/<str:number>/assets/add", lines.add_asset, name="agreement-add-asset"),
    path("agreements/<str:number>/assets/<int:position>", lines.asset, name="agreement-asset"),
    path("agreements/<str:number>/assets/<int:position>/drop", lines.drop_asset, name="agreement-drop-asset"),
    path("agreements/participants/<str:code>", participants.page, name="participants"),
    path("partners/<str:code>", network.page, name="partners"),
]
