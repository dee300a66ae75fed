"""Addresses of facts and forms, of readers from outside, of scenes; and what is held about oneself."""

from django.urls import path

from gongzhi.registers.views import asking, collecting, sharing, tasks

urlpatterns = [
    path("registers/forms/", asking.forms, name="forms"),
    path("registers/forms/new/", asking.draw_up, name="form-new"),
    path("registers/forms/<str:code>/", asking.form_page, name="form"),
    path("registers/forms/<str:code>/edit/", asking.draw_up, name="form-edit"),
    path("registers/forms/<str:code>/results.xlsx", asking.results, name="form-results"),
    path("registers/forms/<str:code>/act/<str:act>/", asking.act_on_form, name="form-act"),
    path("registers/fields/", asking.fields, name="field-dictionary"),
    path("registers/tasks/", tasks.tasks, name="collection-tasks"),
    path("registers/tasks/<int:task>/", tasks.task_page, name="collection-task"),
    path("registers/tasks/<int:task>/act/<str:act>/", tasks.act_on_task, name="collection-task-act"),
    path("registers/tasks/<int:task>/fill/<str:code>/", collecting.fill, name="fill-form"),
    path("registers/facts/<int:fact>/choose/", collecting.choose, name="choose-fact"),
    path("registers/rechecks/<int:recheck>/", collecting.recheck, name="recheck"),
    path("registers/exchange/", sharing.exchange, name="exchange"),
    path("registers/exchange/<int:grant>/<str:act>/", sharing.act_on_grant, name="exchange-act"),
    path("registers/scenes/", sharing.scenes, name="scenes"),
    path("registers/scenes/<int:scene>/end/", sharing.end_scene, name="scene-end"),
    path("visit/<str:code>/", collecting.visit, name="visit"),
    path("me/facts/", collecting.mine, name="my-facts"),
    path("me/facts/<int:task>/", collecting.fill_mine, name="my-facts-fill"),
    path("me/facts/<str:code>/withdraw/", collecting.withdraw, name="my-facts-withdraw"),
]
