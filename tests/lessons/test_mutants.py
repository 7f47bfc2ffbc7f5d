"""Small faults planted in the published solutions: the checks must refuse them."""

from tests import mutate_solutions


def test_the_mutants_that_pass_are_equal_to_the_solution():
    """Guards: any small wrong change to a solution that a check accepts."""
    count, accepted = mutate_solutions.survivors()
    assert count >= 150
    assert not [mutant for mutant in accepted if mutant not in mutate_solutions.equal()]
