"""Notices of everyone, stopped deliveries of the administrator, and the screen of the demo."""

from django.urls import path

from gongzhi.notifications import views

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/read", views.read_all, name="notices-read"),
    path("notices/<int:notice_id>/open", views.open_notice, name="notice-open"),
    path("admin/deliveries/", views.deliveries, name="deliveries"),
    path("admin/deliveries/retry", views.retry_all, name="deliveries-retry"),
    path("admin/deliveries/<int:delivery_id>/retry", views.retry, name="delivery-retry"),
    path("admin/webhooks/", views.webhooks, name="webhooks"),
    path("admin/webhooks/<int:webhook_id>/switch", views.switch, name="webhook-switch"),
    path("admin/webhooks/<int:webhook_id>/remove", views.remove, name="webhook-remove"),
    path("demo/messages", views.demo_messages, name="demo-messages"),
]
