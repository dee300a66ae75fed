"""Every address of the product. A room's urls are included where the room has them."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

handler400 = "gongzhi.web.views.errors.bad_request"
handler403 = "gongzhi.web.views.errors.forbidden"
handler404 = "gongzhi.web.views.errors.not_found"
handler500 = "gongzhi.web.views.errors.server_error"

# prefix, module; the order is the order of look-up
PAGES = [
    ("api/v1/", "gongzhi.api.urls"),
    ("", "gongzhi.web.urls"),
    ("", "gongzhi.people.urls"),
    ("", "gongzhi.cases.urls"),
    ("", "gongzhi.exchange.urls"),
    ("places/", "gongzhi.places.urls"),
    ("media/", "gongzhi.documents.urls"),
    ("instruments/", "gongzhi.documents.urls_instruments"),
    ("", "gongzhi.notifications.urls"),
    ("", "gongzhi.duties.urls"),
    ("", "gongzhi.sheets.urls"),
    ("", "gongzhi.publications.urls"),
    ("", "gongzhi.ballots.urls"),
    ("", "gongzhi.ledger.urls"),
    ("", "gongzhi.registers.urls"),
    ("", "gongzhi.gatherings.urls"),
    ("", "gongzhi.partnerships.urls"),
    ("", "gongzhi.volunteering.urls"),
    ("", "gongzhi.deliberation.urls"),
    ("", "gongzhi.projects.urls"),
    ("", "gongzhi.disclosure.urls"),
    ("", "gongzhi.privacy.urls"),
    ("packs/", "gongzhi.packs.urls"),
    ("trail/", "gongzhi.audit.urls"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path(prefix, include(module)) for prefix, module in PAGES if find_spec(module) is not None
]
