"""Small faults planted in the published solutions: the checks must refuse them."""

import pytest

from tests import mutate_solutions


@pytest.mark.slow
def test_the_mutants_that_pass_are_equal_to_the_solution():
    """Guards: any small wrong change to a solution that a check accepts."""
    assert mutate_solutions.main() == 0
