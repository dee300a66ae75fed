"""Under instruments/."""

from django.urls import path

from gongzhi.documents.views import instruments as views

urlpatterns = [
    path("", views.listing, name="instruments"),
    path("new", views.drafting, name="instrument-new"),
    path("<slug:code>", views.reading, name="instrument"),
    path("<slug:code>/changes", views.changes, name="instrument-changes"),
    path("<slug:code>/draft", views.drafting, name="instrument-draft"),
    path("<slug:code>/adopt", views.adopting, name="instrument-adopt"),
    path("<slug:code>/end", views.ending, name="instrument-end"),
    path("<slug:code>/<int:version>.<str:form>", views.printing, name="instrument-paper"),
]
