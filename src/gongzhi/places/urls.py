"""Pages of places: the tree for staff; sheets, QR codes and outlines for everyone."""

from django.urls import path

from gongzhi.places.views import changing, comparing, tree

urlpatterns = [
    path("", tree.tree, name="places"),
    path("outlines", tree.outlines, name="place-outlines"),
    path("boundaries/", comparing.boundaries, name="boundaries"),
    path("boundaries/<str:number>", comparing.boundary_report, name="boundary-report"),
    path("grid-sizes/", comparing.grid_sizes, name="grid-sizes"),
    path("<str:code>/", tree.place_page, name="place"),
    path("<str:code>/sheet", tree.sheet, name="place-sheet"),
    path("<str:code>/qr.svg", tree.qr_code, name="place-qr"),
    path("<str:code>/change/<slug:act>", changing.change, name="place-change"),
]
