from tests.load.run import Load, run
from tests.load.scene import scene


def test_everybody_gets_every_step_of_what_they_watch_once_and_in_order(tmp_path):
    with scene(tmp_path, trials=10) as made:
        outcome = run(made, Load(viewers=40, steps=100))
    assert outcome.faults == []
    assert [viewer.trials for viewer in outcome.viewers if not viewer.complete] == []
    assert sum(viewer.resyncs for viewer in outcome.viewers) == 0
    assert {len(viewer.trials) for viewer in outcome.viewers} == {1, 5}
