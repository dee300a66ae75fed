"""Addresses: what everybody may read, what is one's own, and the privacy officer's desk."""

from django.urls import path

from gongzhi.privacy.views import breaches, exports, mine, register, requests, retention

urlpatterns = [
    path("privacy/", register.public, name="privacy"),
    path("my/consents/", mine.consents, name="my-consents"),
    path("my/consents/<str:purpose>/give", mine.give, name="my-consents-give"),
    path("my/consents/<str:purpose>/withdraw", mine.withdraw, name="my-consents-withdraw"),
    path("my/consents/minor", mine.minor, name="my-consents-minor"),
    path("my/readings/", mine.readings, name="my-readings"),
    path("my/rights/", mine.rights, name="my-rights"),
    path("my/rights/<str:number>/copy", mine.copy, name="my-rights-copy"),
    path("my/rights/<str:number>/file", mine.copy_file, name="my-rights-file"),
    path("privacy/desk/", register.desk, name="privacy-desk"),
    path("privacy/register/", register.activities, name="privacy-register"),
    path("privacy/register/<str:code>/", register.activity, name="privacy-activity"),
    path("privacy/register/<str:code>/change", register.change, name="privacy-change"),
    path("privacy/register/<str:code>/assess", register.assess, name="privacy-assess"),
    path("privacy/register/<str:code>/approve", register.approve, name="privacy-approve"),
    path("privacy/register/<str:code>/switch", register.switch, name="privacy-switch"),
    path("privacy/requests/<str:number>/", requests.request_page, name="privacy-request"),
    path("privacy/requests/<str:number>/show", requests.show, name="privacy-request-show"),
    path("privacy/requests/<str:number>/answer", requests.answer, name="privacy-request-answer"),
    path("privacy/exports/", exports.ask, name="privacy-exports"),
    path("privacy/exports/<str:number>/decide", exports.decide, name="privacy-export-decide"),
    path("privacy/exports/<str:number>/file", exports.file, name="privacy-export-file"),
    path("privacy/breaches/", breaches.listed, name="privacy-breaches"),
    path("privacy/breaches/<str:number>/", breaches.breach, name="privacy-breach"),
    path("privacy/breaches/<str:number>/paper", breaches.paper, name="privacy-breach-paper"),
    path("privacy/retention/", retention.retention, name="privacy-retention"),
]
