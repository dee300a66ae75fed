"""Addresses of people's pages: one's own account; organizations, posts and who holds them."""

from django.urls import path

from gongzhi.people.views import account, appointing, changing, organizing, reporting, rights, serving, staffing, tokens

urlpatterns = [
    path("me", account.me, name="me"),
    path("me/show", account.show, name="my-values"),
    path("me/name", account.name, name="my-name"),
    path("me/password", account.password, name="my-password"),
    path("me/export", rights.export, name="my-export"),
    path("me/export/file", rights.export_file, name="my-export-file"),
    path("me/erase", rights.erase, name="my-erasure"),
    path("my/tokens/", tokens.tokens, name="my-tokens"),
    path("my/tokens/<int:token>/revoke", tokens.revoke, name="my-token-revoke"),
    path("people/", staffing.overview, name="people"),
    path("people/posts/", staffing.posts, name="posts"),
    path("people/posts/<str:code>/", staffing.post, name="post"),
    path("people/posts/<str:code>/appoint", appointing.appoint, name="appoint"),
    path("people/mandates/<int:mandate_id>/substitute", appointing.substitute, name="substitute"),
    path("people/mandates/<int:mandate_id>/end", appointing.end, name="end-mandate"),
    path("people/mandates/<int:mandate_id>/show", appointing.reveal, name="show-holder"),
    path("people/mandates/<int:mandate_id>/unbind", appointing.unbind, name="unbind-holder"),
    path("people/mandates/<int:mandate_id>/terms", serving.terms, name="mandate-terms"),
    path("people/mandates/<int:mandate_id>/households", serving.households, name="neighbour-households"),
    path("people/roster/", serving.roster, name="duty-roster"),
    path("people/roster/<int:mandate_id>/remove", serving.remove_shift, name="shift-remove"),
    path("people/reports/sharing", reporting.sharing, name="report-sharing"),
    path("people/reports/vacancies", reporting.vacancies, name="report-vacancies"),
    path("people/reports/employment", reporting.employment, name="report-employment"),
    path("people/reports/changes", changing.changes, name="report-changes"),
    path("neighbour", serving.my_neighbour, name="my-neighbour"),
    path("people/organizations/add", organizing.add_organization, name="organization-add"),
    path("people/organizations/<str:code>/", staffing.organization, name="organization"),
    path("people/organizations/<str:code>/change", organizing.change_organization, name="organization-change"),
    path("people/organizations/<str:code>/posts/add", organizing.add_post, name="post-add"),
    path("people/organizations/<str:code>/relate", organizing.relate, name="organization-relate"),
    path("people/organizations/<str:code>/merge", organizing.merge_organization, name="organization-merge"),
    path("people/organizations/<str:code>/end", organizing.end_organization, name="organization-end"),
    path("people/relations/<int:relation_id>/end", organizing.end_relation, name="relation-end"),
]
