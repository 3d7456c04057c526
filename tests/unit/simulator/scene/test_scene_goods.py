"""Pallets and cases bear tags that say what the truth says."""

from random import Random

import pytest

from gs1.epc.codec import decode
from gs1.epc.model import Tag
from gs1.keys import Sgtin, Sscc
from simulator.scene.goods import CATALOGUE, PC_96, CatalogueItem, Packer, Pallet, Tagged


def pallets(count: int, seed: int = 1) -> list[Pallet]:
    packer = Packer(Random(seed))
    return [packer.pallet() for _ in range(count)]


def decoded(thing: Tagged) -> Tag:
    tag = decode(thing.epc, PC_96)
    assert isinstance(tag, Tag)
    return tag


def test_the_catalogue_names_cases_and_what_they_hold() -> None:
    assert list(CATALOGUE) == [
        CatalogueItem("19521141001018", "TEA-EARL-12", "Earl Grey tea, 12 tins a case", 12),
        CatalogueItem("19521141002022", "OATS-500-20", "Rolled oats 500 g, 20 bags a case", 20),
        CatalogueItem("19521141003036", "SOAP-BAR-48", "Olive soap bar, 48 a case", 48),
        CatalogueItem("19521141004040", "LAMP-E27-06", "LED lamp E27, 6 a case", 6),
    ]


def test_every_tag_decodes_to_the_key_that_the_truth_names() -> None:
    for pallet in pallets(20):
        assert [decoded(thing).key for thing in pallet.things] == [
            thing.key for thing in pallet.things
        ]


def test_a_pallet_bears_an_sscc_and_its_cases_sgtins_of_the_catalogue() -> None:
    gtins = {item.gtin for item in CATALOGUE}

    for pallet in pallets(20):
        parent = decoded(pallet.sscc)
        children = [decoded(case) for case in pallet.cases]
        assert isinstance(parent.identity, Sscc)
        assert parent.filter_value == 6
        for child in children:
            assert isinstance(child.identity, Sgtin)
            assert child.identity.gtin in gtins
            assert child.filter_value == 2


def test_a_pallet_carries_eight_to_twenty_four_cases_of_one_item_or_two() -> None:
    packed = pallets(300)
    counts = {len(pallet.cases) for pallet in packed}
    kinds = [{key_of.rsplit("/21/")[0] for key_of in keys} for keys in map(case_keys, packed)]

    assert counts == set(range(8, 25))
    assert {len(kind) for kind in kinds} == {1, 2}


def test_every_tag_has_its_place_in_the_load() -> None:
    for pallet in pallets(20):
        assert len(pallet.places) == len(pallet.things)
        for x, y, z in pallet.places:
            assert abs(x) <= 0.6
            assert abs(y) <= 0.4
            assert 0.0 < z <= 1.65


def test_no_number_comes_twice() -> None:
    things = [thing for pallet in pallets(300) for thing in pallet.things]

    assert len({thing.epc for thing in things}) == len(things)
    assert len({thing.key for thing in things}) == len(things)


def test_the_numbers_go_round_at_the_end_of_their_range() -> None:
    packer = Packer(Random(1))
    packer._serial = (1 << 38) - 2
    packer._sscc = 10**9 - 2

    serials = [packer.any_case().key.rsplit("/", 1)[1] for _ in range(2)]
    ssccs = [packer.pallet().sscc.key.rsplit("/", 1)[1] for _ in range(2)]

    assert serials == ["274877906943", "0"]
    assert ssccs == ["195211419999999993", "195211410000000004"]


def test_a_seed_packs_the_same_pallets_and_another_seed_others() -> None:
    assert pallets(3, seed=5) == pallets(3, seed=5)
    assert pallets(3, seed=5) != pallets(3, seed=6)


@pytest.mark.parametrize(("least", "most"), [(0, 3), (5, 4)])
def test_a_range_of_cases_that_cannot_be_is_refused(least: int, most: int) -> None:
    with pytest.raises(ValueError, match=f"^{least} to {most} cases: expected 1 <= min <= max$"):
        Packer(Random(1), least, most)


def case_keys(pallet: Pallet) -> list[str]:
    return [case.key for case in pallet.cases]
