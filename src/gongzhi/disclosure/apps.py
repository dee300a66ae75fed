"""Registers what this room holds about a person, who may see its pictures, and what a withdrawn consent ends."""

from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    name = "gongzhi.disclosure"

    def ready(self) -> None:
        from gongzhi.common.registry import register_holding, register_withdrawal
        from gongzhi.disclosure import linking, queries
        from gongzhi.disclosure.actions import erasing
        from gongzhi.disclosure.models import Appeal, Message
        from gongzhi.documents.registry import viewer
        from gongzhi.places.actions.following import Following, register_following

        register_holding("disclosure", export_for=erasing.export_messages, erase_for=erasing.erase_messages)
        register_withdrawal("disclosure", erasing.take_off_name)
        viewer("message")(queries.may_see_media)
        linking.register()
        register_following(
            "disclosure",
            Following("messages", lambda: Message.objects.filter(ended_at__isnull=True)),
            Following("appeals", lambda: Appeal.objects.filter(decided_at__isnull=True)),
        )
