"""Compares what an engine gave with the independent count, row by row."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools" / "flights"), str(ROOT / "tests" / "support")]

import count as counting  # noqa: E402

EXAMPLE = ROOT / "examples" / "flights"
DATA = EXAMPLE / "data"
MEAN_ERROR_MAX = 1e-9
FIGURES = {"valid": 24951, "windows": 1484, "closed": 1479, "late": 295, "waiting": 44, "alarms": 135}


def expected(bounded):
    """The independent count over the example's file; asserts the figures that the issue names."""
    with open(DATA / "departures.jsonl") as lines:
        result = counting.count(lines, counting.read_airports(DATA / "airports.csv"), bounded)
    figures = counting.summarise(result)
    for name, value in (FIGURES | ({"closed": 1484, "waiting": 0} if bounded else {})).items():
        assert figures[name] == value, f"the count has {figures[name]} {name}, not {value}"
    return result


def check_windows(found, result):
    """`found`: rows of `airport_hourly`, in any order."""
    wanted = {(w["origin"], w["window_start"]): w for w in result["windows"] if w["closed"]}
    given = by_window(found)
    assert given.keys() == wanted.keys(), difference("windows", given, wanted)
    for key, window in wanted.items():
        for field in ("airport", "window_end", "departures", "cancelled"):
            assert given[key][field] == window[field], f"{key} {field}: {given[key][field]}, not {window[field]}"
        check_number(key, "mean_delay", given[key]["mean_delay"], window["mean_delay"])


def check_alarms(found, result):
    """`found`: rows of `production.airport.alerts`."""
    wanted = by_window(result["alarms"])
    given = by_window(found)
    assert given.keys() == wanted.keys(), difference("alarms", given, wanted)
    for key, alarm in wanted.items():
        for field in ("window_end", "departures", "cancelled"):
            assert given[key][field] == alarm[field], f"{key} {field}: {given[key][field]}, not {alarm[field]}"
        check_number(key, "share", given[key]["share"], alarm["share"])


def check_ids(name, found, wanted):
    """Equal as multisets."""
    found, wanted = sorted(found), sorted(wanted)
    assert found == wanted, difference(name, found, wanted)


def check_lake(folder):
    """The Parquet files under `folder` hold each departure once, in its day's folder, with its values."""
    import json

    rows = read_lake(folder)
    with open(DATA / "departures.jsonl") as lines:
        wanted = {row["id"]: row for row in map(json.loads, lines)}
    check_ids("departures in the lake", [row["id"] for row in rows], list(wanted))
    fields = ("carrier", "flight", "tailnum", "origin", "dest", "distance", "dep_delay", "cancelled")
    for row in rows:
        departure = wanted[row["id"]]
        for field in fields:
            assert row[field] == departure[field], f"{row['id']} {field}: {row[field]}, not {departure[field]}"
        for field in ("sched_dep", "dep_time"):
            time = row[field] and row[field].strftime(counting.FORMAT)
            assert time == departure[field], f"{row['id']} {field}: {time}, not {departure[field]}"
        assert row["day"] == departure["sched_dep"][:10], f"{row['id']} lies in the folder of {row['day']}"


def lake_files(folder):
    """Files that readers see: not those hidden by a leading dot or underscore, or not yet finished."""
    return sorted(path for path in pathlib.Path(folder).glob("day=*/*") if path.name[0] not in "._")


def read_lake(folder):
    import pyarrow.parquet

    rows = []
    for path in lake_files(folder):
        day = path.parent.name.removeprefix("day=")
        rows += [row | {"day": day} for row in pyarrow.parquet.ParquetFile(path).read().to_pylist()]
    return rows


def by_window(rows):
    keyed = {(row["origin"], row["window_start"]): row for row in rows}
    assert len(keyed) == len(rows), f"{len(rows) - len(keyed)} windows were given twice"
    return keyed


def check_number(key, field, found, wanted):
    same = found is None if wanted is None else found is not None and abs(found - wanted) <= MEAN_ERROR_MAX
    assert same, f"{key} {field}: {found}, not {wanted}"


def difference(name, given, wanted):
    given, wanted = list(given), list(wanted)
    missing = sorted(set(wanted) - set(given))
    extra = sorted(set(given) - set(wanted))
    return (
        f"{len(given)} {name} instead of {len(wanted)}; "
        f"missing {len(missing)}: {missing[:3]}; too many {len(extra)}: {extra[:3]}"
    )
