"""How quickly races are explored: schedules a second, and the share of the time that PostgreSQL works.

    python -m tests.benchmarks.races [TREE]

Explores the scenes of B and D on a submission (the reference, unless another tree is given).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from grader import rig as rigs
from grader.app import App
from grader.races.completes import completes_of_one, create_and_complete
from grader.races.creates import creates
from grader.races.scene import SceneMaker, run
from grader.scheduling.explore import Exploration, explore
from grader.scheduling.stage import Choice, Trace

MOST = 100


def runner(app: App, make: SceneMaker) -> Callable[[Choice], Trace]:
    return lambda choose: run(app, make(), choose).trace


def measure(app: App, name: str, make: SceneMaker) -> None:
    exploration, mark, start = Exploration(), app.rig.wire.mark(), time.perf_counter()
    for _ in explore(runner(app, make), MOST, exploration):
        pass
    seconds = time.perf_counter() - start
    units = app.rig.wire.since(mark)
    busy = sum(unit.ended - unit.started for unit in units if unit.ended and unit.started)
    print(
        f"{name:20} {exploration.explored:4} schedules  {exploration.explored / seconds:6.1f} a second"
        f"  {len(units) / exploration.explored:5.1f} statements each  {busy / seconds:4.0%} in PostgreSQL"
    )


def main(tree: Path) -> None:
    ground = rigs.prepare(tree)
    try:
        server = ground.start_server()
        rig = rigs.start(ground, lambda: server)
        app = App(rig)
        measure(app, "two creates", creates(app, ("KYC", "KYC")))
        measure(app, "create and complete", create_and_complete(app, "KYC"))
        measure(app, "two completes", completes_of_one(app, "KYC"))
        rig.close()
    finally:
        ground.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else rigs.CHECKOUT / "solutions" / "reference"))
