"""What a new demo shows: people made up for it (演示数据), and our own written cases taken through the real actions."""

from gongzhi.cli.showcase.building import build
from gongzhi.cli.showcase.cards import role_cards

__all__ = ["build", "role_cards"]
