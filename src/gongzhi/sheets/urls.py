"""Pages of figures: the library, one indicator and its rows, series, checks of regions, registers, sheets."""

from django.urls import path

from gongzhi.sheets.views import assets, library, public, regions, registers, series, weighted

urlpatterns = [
    path("c/<str:code>/figures", public.public_figures_page, name="community-figures"),
    path("c/<str:code>/figures.<str:form>", public.public_figures_file, name="community-figures-file"),
    path("c/<str:code>/bulletin.<str:form>", public.public_bulletin, name="community-bulletin"),
    path("sheets/", library.library_page, name="sheets"),
    path("sheets/rights/", library.rights, name="rights-map"),
    path("sheets/indicators/<str:code>/", library.indicator, name="indicator"),
    path("sheets/indicators/<str:code>/rows", library.rows, name="indicator-rows"),
    path("sheets/figures/<str:code>/<str:place>/", series.series, name="figure-series"),
    path("sheets/regions/", regions.regions, name="sheet-regions"),
    path("sheets/regions/<str:place>/units", regions.units, name="sheet-region-units"),
    path("sheets/premises/", registers.premises_page, name="premises"),
    path("sheets/assets/", registers.assets, name="idle-assets"),
    path("sheets/assets/<str:code>/", assets.asset, name="idle-asset"),
    path("sheets/compounds/", registers.compounds, name="compounds-in-need"),
    path("sheets/grid-members/", registers.grid_members, name="grid-member-report"),
    path("sheets/weighted/", weighted.sheets, name="weighted-sheets"),
    path("sheets/weighted/<str:code>/", weighted.sheet, name="weighted-sheet"),
    path(
        "sheets/weighted/<str:code>/<str:place>/<str:since>/<str:until>/bulletin.<str:form>",
        weighted.bulletin,
        name="sheet-bulletin",
    ),
    path("sheets/weighted/<str:code>/fill", weighted.fill, name="fill-sheet"),
]
