"""Addresses of rulings, orders from above, lists and joint work; cases/urls.py includes them."""

from django.urls import path

from gongzhi.cases.views import issued, rulings

urlpatterns = [
    path("rulings/", rulings.rulings, name="rulings"),
    path("supervised/", issued.supervised, name="supervised"),
    path("lists/", issued.task_lists, name="task-lists"),
    path("lists/<str:number>", issued.task_list, name="task-list"),
    path("together/", issued.together, name="together"),
]
