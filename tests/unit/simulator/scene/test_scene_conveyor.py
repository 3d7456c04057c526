"""A conveyor with boxes: what is true of it, and what its reader hears."""

from random import Random

from simulator.scene.conveyor import BeltShape, ConveyorScene, EyeEdge, drawn_shape
from simulator.scene.door import SceneRead

SHAPE = BeltShape(
    speed_m_s=0.8, antennas_x_m=1.0, boxes=6, tags=(1, 3), strays=2, empty_share=0.0, dead_share=0.0
)


def played(shape: BeltShape, seed: int) -> tuple[ConveyorScene, list[SceneRead | EyeEdge]]:
    scene = ConveyorScene(shape, Random(seed))
    return scene, list(scene.play())


def test_the_same_seed_gives_the_same_scene() -> None:
    first, again = played(SHAPE, 3), played(SHAPE, 3)

    assert first[1] == again[1]
    assert first[0].boxes == again[0].boxes
    assert first[1] != played(SHAPE, 4)[1]


def test_everything_comes_in_the_order_of_time_and_the_eye_sees_each_box() -> None:
    scene, seen = played(SHAPE, 3)

    assert [each.at_s for each in seen] == sorted(each.at_s for each in seen)
    edges = [each for each in seen if isinstance(each, EyeEdge)]
    assert edges == [
        EyeEdge(at_s, dark=dark)
        for box in scene.boxes
        for at_s, dark in ((box.start_s, True), (box.end_s, False))
    ]


def test_tags_are_loudest_when_their_box_is_before_the_antennas() -> None:
    scene, seen = played(SHAPE, 3)
    reads = [each for each in seen if isinstance(each, SceneRead)]
    riding = {tag.thing.epc: tag for tag in scene._riding}
    assert len(riding) == sum(len(box.keys) for box in scene.boxes)
    for epc, tag in riding.items():
        mine = [each for each in reads if each.epc == epc]
        power = sum(10 ** (each.rssi_dbm / 10) for each in mine)
        centre_s = sum(each.at_s * 10 ** (each.rssi_dbm / 10) for each in mine) / power
        box = scene.boxes[tag.box]
        assert box.start_s - 0.5 < centre_s - 1.0 / 0.8 < box.end_s + 0.5
        assert tag.thing.key in box.readable


def test_a_stray_is_on_no_box() -> None:
    scene, seen = played(SHAPE, 3)
    strays = {each.epc for each in scene.strays}

    assert len(strays) == 2
    assert any(isinstance(each, SceneRead) and each.epc in strays for each in seen)
    assert not {each.key for each in scene.strays} & {
        key for box in scene.boxes for key in box.keys
    }


def test_empty_boxes_and_dead_tags_are_there_as_often_as_the_shape_says() -> None:
    shape = BeltShape(1.0, 1.0, 8, (1, 3), 0, empty_share=1.0)
    empty, _ = played(shape, 1)
    dead, _ = played(BeltShape(1.0, 1.0, 8, (1, 3), 0, empty_share=0.0, dead_share=1.0), 1)

    assert [box.keys for box in empty.boxes] == [()] * 8
    assert all(box.keys and not box.readable for box in dead.boxes)


def test_belts_are_drawn_as_one_meets_them() -> None:
    shapes = [drawn_shape(Random(seed), 10) for seed in range(50)]

    assert all(0.3 <= each.speed_m_s <= 2.0 for each in shapes)
    assert {each.antennas_x_m > 0 for each in shapes} == {True, False}
    assert max(each.tags[1] for each in shapes) == 30
