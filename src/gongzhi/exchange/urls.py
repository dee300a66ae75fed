"""Under the root."""


urlpatterns: list[object] = []
