"""The people of the demo: one holder for most posts, a few seats left empty so that the vacancy list has work."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from gongzhi.common.access import Actor, system_actor
from gongzhi.common.progress import Progress
from gongzhi.people import actions as people
from gongzhi.people.models import Person, Post
from gongzhi.people.queries import actor_for
from gongzhi.places.models import Place

SHOWCASE = system_actor("showcase")
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
RESIDENTS = 6
# Every this many-th seat of a grid stays empty.
EMPTY_EVERY = 19
# A model with more posts than this is staffed where the stories happen: their streets, and whoever is above.
MOST_POSTS = 800
HANDLING = ("department", "mediator", "lawyer", "counsellor")
_SHORT = {
    "grid_member": "网格员",
    "patch_lead": "片长",
    "secretary": "书记",
    "dispatcher": "分拨员",
    "department": "经办",
    "mediator": "调解员",
    "lawyer": "法律服务",
    "counsellor": "咨询师",
    "supervisor": "督办",
    "auditor": "审计",
    "member": "委员",
    "neighbour_lead": "邻长",
    "privacy_officer": "信息保护",
    "administrator": "管理员",
}


@dataclass
class Crew:
    """Who plays which role: the first holder of each role, one handler for each unit, a few residents."""

    now: dt.datetime
    residents: list[Person] = field(default_factory=list)
    by_role: dict[str, Person] = field(default_factory=dict)
    by_unit: dict[int, Person] = field(default_factory=dict)
    by_place: dict[tuple[str, str], Person] = field(default_factory=dict)

    def actor(self, person: Person) -> Actor:
        """With today's mandates, also for what is told of earlier days."""
        return actor_for(person, at=self.now, purpose="showcase")

    def over(self, path: str, *roles: str) -> Person:
        """The holder of the first of these roles that somebody holds over the place, the nearest one."""
        for role in roles:
            near = [place for (held, place) in self.by_place if held == role and path.startswith(place)]
            if near:
                return self.by_place[role, max(near, key=len)]
        return self.by_role[roles[0]]


def make_crew(at: dt.datetime, progress: Progress, spots: Sequence[Place] = ()) -> Crew:
    """Residents first, then holders of posts; appointed since the day each post began."""
    crew = Crew(at)
    for number in range(RESIDENTS):
        crew.residents.append(_person(number, f"{SURNAMES[number * 5 % len(SURNAMES)]}女士", at))
    posts = _staffed(list(Post.objects.select_related("place").order_by("place__path", "code")), spots)
    progress.start("演示人员", len(posts))
    for number, post in enumerate(posts):
        progress.advance()
        if post.role == "grid_member" and number % EMPTY_EVERY == EMPTY_EVERY - 1:
            continue
        surname = SURNAMES[number % len(SURNAMES)]
        person = _person(RESIDENTS + number, f"{surname}{_SHORT.get(post.role, '')}", at)
        people.appoint(
            by=SHOWCASE, at=at, person=person, post=post, decision="演示任命", valid_from=post.valid_from
        )
        _place_in(crew, post, person)
    progress.finish()
    return crew


def _staffed(posts: list[Post], spots: Sequence[Place]) -> list[Post]:
    """All posts; of very many, those above the spots and in their streets."""
    if len(posts) <= MOST_POSTS or not spots:
        return posts
    streets = {place.path for place in Place.objects.filter(level="street") if _any_inside(spots, place.path)}
    return [
        post
        for post in posts
        if _any_inside(spots, post.place.path) or any(post.place.path.startswith(path) for path in streets)
    ]


def _any_inside(spots: Sequence[Place], path: str) -> bool:
    return any(spot.path.startswith(path) for spot in spots)


def _person(number: int, name: str, at: dt.datetime) -> Person:
    values = {"name": f"{name}（演示）", "phone": f"1990000{number:04d}"}
    return people.create_person(by=SHOWCASE, at=at, values=values, is_demo=True)


def _place_in(crew: Crew, post: Post, person: Person) -> None:
    crew.by_role.setdefault(post.role, person)
    crew.by_place.setdefault((post.role, post.place.path), person)
    if post.organization_id and post.role in HANDLING:
        crew.by_unit.setdefault(post.organization_id, person)
