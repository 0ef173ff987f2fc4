"""Run as a process of its own: what pm4py makes of logs. In: lines of JSON, question and folder; out: answers.

pm4py is slow to import, prints banners and progress bars, and warns; none of that is to touch the tests' own process.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any


def xes(folder: Path) -> dict[str, Any]:
    """The traces: for each case its activities in order, and the kinds of value that were read."""
    import pm4py

    frame = pm4py.read_xes(str(folder / "log.xes"))
    cases = {case: list(rows["concept:name"]) for case, rows in frame.groupby("case:concept:name", sort=False)}
    days = sorted({str(moment.date()) for moment in frame["time:timestamp"]})
    return {"cases": cases, "columns": sorted(frame.columns), "days": days}


def deviating(folder: Path) -> dict[str, Any]:
    """The cases that are no way through the net of their machine, by alignments and by token-based replay."""
    import pm4py
    from pm4py.objects.petri_net.obj import Marking, PetriNet
    from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

    described = json.loads((folder / "net.json").read_text("utf-8"))
    net = PetriNet("machine")
    places = {name: PetriNet.Place(name) for name in described["places"]}
    end = PetriNet.Place("end")
    net.places.update([*places.values(), end])
    for number, (source, label, target) in enumerate(described["arcs"]):
        transition = PetriNet.Transition(f"t{number}", label)
        net.transitions.add(transition)
        add_arc_from_to(places[source], transition, net)
        add_arc_from_to(transition, places[target], net)
    for name, place in places.items():  # a machine may be under way: the log may stop anywhere
        stop = PetriNet.Transition(f"stop {name}", None)
        net.transitions.add(stop)
        add_arc_from_to(place, stop, net)
        add_arc_from_to(stop, end, net)
    log = pm4py.convert_to_event_log(pm4py.read_xes(str(folder / "log.xes")))
    begin, finish = Marking({places[described["initial"]]: 1}), Marking({end: 1})
    aligned = pm4py.conformance_diagnostics_alignments(log, net, begin, finish)
    replayed = pm4py.conformance_diagnostics_token_based_replay(log, net, begin, finish)
    names = [trace.attributes["concept:name"] for trace in log]
    return {
        "cases": names,
        "alignments": [name for name, found in zip(names, aligned, strict=True) if found["cost"] >= 10_000],
        "replay": [name for name, found in zip(names, replayed, strict=True) if not found["trace_is_fit"]],
    }


def ocel(folder: Path) -> dict[str, Any]:
    """What the two object-centric logs hold, and which of the standard's constraints the SQLite file breaks."""
    import pm4py
    from pm4py.objects.ocel.validation import ocel20_rel_validation

    return {
        "json": _counted(pm4py.read_ocel2_json(str(folder / "log.json"))),
        "sqlite": _counted(pm4py.read_ocel2_sqlite(str(folder / "log.sqlite"))),
        "broken": list(ocel20_rel_validation.apply(str(folder / "log.sqlite"))[1]),
    }


def _counted(log: Any) -> dict[str, Any]:
    changes = log.object_changes
    return {
        "events": sorted(zip(log.events["ocel:eid"], log.events["ocel:activity"], strict=True)),
        "objects": sorted(zip(log.objects["ocel:oid"], log.objects["ocel:type"], strict=True)),
        "relations": sorted(
            zip(log.relations["ocel:eid"], log.relations["ocel:oid"], log.relations["ocel:qualifier"], strict=True)
        ),
        "between": len(log.o2o),
        "states": sorted(zip(changes["ocel:oid"], changes["state"], strict=True)),
    }


if __name__ == "__main__":
    for line in sys.stdin:
        question, place = json.loads(line)
        with contextlib.redirect_stdout(io.StringIO()):
            answer = {"xes": xes, "deviating": deviating, "ocel": ocel}[question](Path(place))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
