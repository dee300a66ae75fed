"""S4's district in made-up ballots, through the real rolls and tallies: 89.3 % vote, 224 bodies fill 1,158 seats."""

from fractions import Fraction

from bench.tally import BODIES, SEATS, bodies, elected_in, second_rounds
from gongzhi.engines.change import rounded
from gongzhi.engines.voting.tallies import tally_secret


def test_the_figures_of_the_survey_come_out_of_rolls_and_ballots() -> None:
    district = bodies()
    tallies = [tally_secret(rule, roll, papers, cast=len(cast)) for rule, roll, papers, cast in district]
    registered = sum(tally.amounts["registered"]["heads"] for tally in tallies)
    voted = sum(tally.amounts["cast"]["heads"] for tally in tallies)
    assert (len(tallies), registered, voted) == (BODIES, 378_400, 337_800)
    assert str(rounded(100 * Fraction(voted, registered), 1)) == "89.3"
    assert all(tally.quorum.met for tally in tallies), "more than half came everywhere (第15条)"
    again = second_rounds(district, tallies)
    assert {tally.outcome for tally in tallies} == {"elected", "incomplete"} or len(again) == BODIES
    assert elected_in(tallies) + elected_in(again) == SEATS == 1_158
    sizes = [rule.seats for rule, *_ in district]
    assert min(sizes) >= 3 and max(sizes) <= 7, "三至七人 (第6条), as in all 168 villages"
