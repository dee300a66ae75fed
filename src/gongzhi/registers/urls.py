"""Addresses of the room: one's own home; the desk and the registers; facts and forms."""

from gongzhi.registers import urls_facts, urls_tenure

urlpatterns = [*urls_tenure.urlpatterns, *urls_facts.urlpatterns]
