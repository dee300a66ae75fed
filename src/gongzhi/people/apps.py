"""Registers what this room holds about a person."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "gongzhi.people"

    def ready(self) -> None:
        from gongzhi.common.registry import register_carrier, register_consents, register_holding, register_keeping
        from gongzhi.common.sheets import register_kind
        from gongzhi.common.text import N_
        from gongzhi.people.actions import forgetting
        from gongzhi.people.actions.accounts import erase_people
        from gongzhi.people.actions.carrying import carry_posts, carry_posts_back
        from gongzhi.people.actions.membership import erase_memberships
        from gongzhi.people.queries import consents_to, export_people
        from gongzhi.people.queries.membership import export_memberships
        from gongzhi.people.sheets import ORGANIZATIONS
        from gongzhi.people.sheets_posts import POSTS
        from gongzhi.people.sheets_roster import ROSTER

        # "zz": the key goes last, after every other room has erased its part.
        register_holding("zz-people", export_for=export_people, erase_for=erase_people)
        register_holding("people-party", export_for=export_memberships, erase_for=erase_memberships)
        register_consents(consents_to)
        register_keeping(
            "sign_in_codes", title=N_("登录验证码"), count=forgetting.codes_over, forget=forgetting.forget_codes
        )
        register_keeping(
            "withdrawn_consents",
            title=N_("撤回了的同意"),
            count=forgetting.consents_over,
            forget=forgetting.forget_consents,
        )
        register_carrier("people", carry_posts, carry_posts_back)
        for kind in (ORGANIZATIONS, POSTS, ROSTER):
            register_kind(kind)
