"""Under the root: /share/ and /help/ for everybody, /my/share/ for oneself, /exchange/ for whoever gives."""

from django.urls import path

from gongzhi.exchange.views import claims, desk, guides, help, share

urlpatterns = [
    path("share/", share.index, name="share"),
    path("share/offers/<str:number>", share.offer, name="offer"),
    path("share/offers/<str:number>/busy.ics", share.feed, name="offer-feed"),
    path("share/offers/<str:number>/poster", share.poster, name="offer-poster"),
    path("share/offers/<str:number>/qr.svg", share.square, name="offer-qr"),
    path("share/claims/<str:number>", claims.page, name="share-claim"),
    path("share/claims/<str:number>/<str:step>", claims.step, name="share-step"),
    path("share/feed/<str:token>.ics", claims.own_feed, name="share-feed"),
    path("guides/", guides.index, name="guides"),
    path("my/share/", claims.mine, name="share-mine"),
    path("help/", help.wall, name="help"),
    path("help/micro", help.micro, name="micro"),
    path("help/new", help.new, name="need-new"),
    path("help/<str:number>", help.page, name="need"),
    path("help/<str:number>/<str:step>", help.step, name="need-step"),
    path("exchange/", desk.desk, name="exchange-desk"),
    path("exchange/offers/", desk.offers, name="exchange-offers"),
    path("exchange/offers/new", desk.new, name="offer-new"),
    path("exchange/offers/<str:number>/change", desk.change, name="offer-change"),
    path("exchange/offers/<str:number>/roll", desk.roll, name="offer-roll"),
    path("exchange/offers/<str:number>/<str:step>", desk.manage, name="offer-manage"),
    path("exchange/catalogue/", desk.catalogue, name="exchange-catalogue"),
    path("exchange/windows", guides.windows, name="exchange-windows"),
    path("exchange/matching", desk.matching, name="exchange-matching"),
    path("exchange/redeem", desk.redeem, name="exchange-redeem"),
    path("terminal/<str:code>", desk.terminal, name="terminal"),
]
