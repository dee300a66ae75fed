"""Under media/."""

from django.urls import path

from gongzhi.documents import views

urlpatterns = [
    path("<uuid:media_id>", views.media, name="media"),
    path("<uuid:media_id>/small", views.thumbnail, name="media-small"),
    path("<uuid:media_id>/redact", views.redact, name="media-redact"),
]
