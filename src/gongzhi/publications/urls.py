"""The public site of a community under c/, one item under n/, the desk under publications/."""

from django.urls import path

from gongzhi.publications.views import community, desk, item, mending

urlpatterns = [
    path("c/<str:code>/", community.community, name="community"),
    path("c/<str:code>/all", community.items, name="community-list"),
    path("c/<str:code>/archive", community.archive, name="community-archive"),
    path("c/<str:code>/feed.atom", community.atom, name="community-atom"),
    path("c/<str:code>/feed.rss", community.rss, name="community-rss"),
    path("c/<str:code>/feed.json", community.json_feed, name="community-json"),
    path("c/<str:code>/calendar.ics", community.calendar, name="community-ics"),
    path("n/<str:number>", item.item, name="publication"),
    path("n/<str:number>/verify", item.verify, name="publication-verify"),
    path("n/<str:number>/record.json", item.record, name="publication-record"),
    path("n/<str:number>/print", item.paper, name="publication-print"),
    path("n/<str:number>/paper.<str:form>", item.as_file, name="publication-paper"),
    path("n/<str:number>/qr.svg", item.qr_code, name="publication-qr"),
    path("n/<str:number>/event.ics", item.calendar, name="publication-ics"),
    path("n/<str:number>/reply", item.reply, name="publication-reply"),
    path("publications/", desk.listing, name="publications"),
    path("publications/new", desk.begin, name="publication-new"),
    path("publications/<str:number>", desk.page, name="publication-desk"),
    path("publications/<str:number>/edit", desk.edit, name="publication-edit"),
    path("publications/<str:number>/pictures", mending.add_pictures, name="publication-pictures"),
    path("publications/<str:number>/pictures/<uuid:media_id>", mending.cover_picture, name="publication-cover"),
    path("publications/<str:number>/notice.<str:form>", mending.notice, name="publication-notice"),
    path("publications/<str:number>/correct", mending.correct, name="publication-correct"),
    path(
        "publications/<str:number>/corrections/<int:correction_id>",
        mending.decide_correction,
        name="publication-decide-correction",
    ),
    path("publications/<str:number>/replies/<int:reply_id>", mending.decide_reply, name="publication-decide-reply"),
    path("publications/<str:number>/article", mending.article, name="publication-article"),
    path("publications/<str:number>/article.zip", mending.article_zip, name="publication-article-zip"),
    path("publications/<str:number>/step/<str:name>", desk.step, name="publication-step"),
]
