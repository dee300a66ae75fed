"""Pages of the shell; product pages stand in their rooms' urls."""

from django.urls import path

from gongzhi.web.views import contact, demo, errors, home, importing, instance, preferences, second_factor, signing_in

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", errors.healthz, name="healthz"),
    path("preferences/text-size", preferences.set_text_size, name="set-text-size"),
    path("preferences/language", preferences.set_language, name="set-language"),
    path("sign-in", signing_in.sign_in, name="sign-in"),
    path("sign-in/code", signing_in.code, name="sign-in-code"),
    path("sign-in/code/again", signing_in.send_again, name="sign-in-again"),
    path("sign-in/password", signing_in.password, name="sign-in-password"),
    path("sign-in/second", second_factor.check, name="sign-in-second"),
    path("sign-in/bind", second_factor.enrol, name="sign-in-enrol"),
    path("sign-in/bind/qr.svg", second_factor.qr_code, name="second-factor-qr"),
    path("sign-out", signing_in.sign_out, name="sign-out"),
    path("health", instance.health, name="health"),
    path("health/verify", instance.verify, name="health-verify"),
    path("setup", instance.setup, name="setup"),
    path("setup/import/", importing.overview, name="imports"),
    path("setup/import/wrong/<str:name>", importing.wrong, name="import-wrong"),
    path("setup/import/undo/<str:number>", importing.undo, name="import-undo"),
    path("setup/import/work/<str:token>", importing.work, name="import-work"),
    path("setup/import/work/<str:token>/cancel", importing.cancel, name="import-cancel"),
    path("setup/import/work/<str:token>/again", importing.again, name="import-again"),
    path("setup/import/<slug:kind>/", importing.upload, name="import-upload"),
    path("setup/import/<slug:kind>/template", importing.template, name="import-template"),
    path("setup/import/<slug:kind>/write", importing.write, name="import-write"),
    path("demo/sign-in/<str:role>", demo.sign_in_as, name="demo-sign-in"),
    path("me/contact", contact.change, name="my-contact"),
    path("me/contact/code", contact.confirm, name="my-contact-code"),
    path("me/second-factor", second_factor.mine, name="my-second-factor"),
    path("me/second-factor/drop", second_factor.drop, name="my-second-factor-drop"),
]
