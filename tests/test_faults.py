"""The faults that are planted by hand: each still fits the code."""

from tests import mutate_by_hand

FAULTS = mutate_by_hand.load()


def test_no_two_faults_have_the_same_title():
    """Guards: a title on the screen tells which fault was not noticed."""
    titles = [fault.title for fault in FAULTS]
    assert len(titles) >= 30 and len(set(titles)) == len(titles)


def test_each_fault_still_fits():
    """Guards: a fault whose place in the code has moved, or whose tests have."""
    for fault in FAULTS:
        planted = fault.planted()
        if fault.module.endswith(".py"):
            compile(planted, fault.module, "exec")
        for path in fault.paths():
            assert (mutate_by_hand.ROOT / path.split("::")[0]).exists(), fault.title
