"""The figures of a query as a line, their sums, and what they are measured by."""

EACH_MIN = 4
SUM_MIN = {1_000_000: 10, 10_000_000: 8}
MEMORY_SHARE_MAX = 1 / 8
OURS = ("yeoul", "log")


def line(name, events, results):
    """What each engine took for a query, and how often Yeoul goes into Flink."""
    cells = [f"{name:4}"]
    for engine, found in results.items():
        if "failed" in found:
            last = (found["failed"].strip().splitlines() or ["no message"])[-1]
            cells.append(f"{engine} failed: {last[:60]}")
            continue
        rate, dear = events / found["wall"] / 1000, events / found["cores"] / 1000
        cells.append(f"{engine:5} {rate:6.0f} k/s {found['cores']:7.2f} core-s {dear:6.0f} k/core-s {found['mib']:6.0f} MiB")
    for engine in OURS:
        if compared(results, engine):
            flag = "" if not short(results, engine) else f" SHORT: {', '.join(short(results, engine))}"
            cells.append(f"{engine} x{speed(results, engine):.1f}, memory 1/{1 / memory(results, engine):.0f}{flag}")
    return " | ".join(cells)


def compared(results, engine):
    return all("cores" in results.get(each, {}) for each in (engine, "flink"))


def speed(results, engine):
    """Flink's core-seconds for one of Yeoul's."""
    return results["flink"]["cores"] / results[engine]["cores"]


def memory(results, engine):
    return results[engine]["mib"] / results["flink"]["mib"]


def short(results, engine):
    """Where a query falls short of what each must reach."""
    found = []
    if speed(results, engine) < EACH_MIN:
        found.append(f"less than x{EACH_MIN}")
    if memory(results, engine) > MEMORY_SHARE_MAX:
        found.append("memory above 1/8")
    return found


def sums(events, everything):
    """Lines of sums over the queries that both engines ran, with the targets."""
    for engine in OURS:
        both = {name: results for name, results in everything.items() if compared(results, engine)}
        if not both:
            continue
        ours, flinks = (sum(results[each]["cores"] for results in both.values()) for each in (engine, "flink"))
        wanted = SUM_MIN.get(events)
        verdict = "" if wanted is None else f", wanted x{wanted}: {'reached' if flinks >= wanted * ours else 'SHORT'}"
        yield f"sum over {len(both)} queries: {engine} {ours:.1f} core-s, flink {flinks:.1f}: x{flinks / ours:.1f}{verdict}"
        slow = [name for name, results in both.items() if speed(results, engine) < EACH_MIN]
        big = [name for name, results in both.items() if memory(results, engine) > MEMORY_SHARE_MAX]
        yield f"  each x{EACH_MIN}: {listed(slow)}; memory at most 1/8 of Flink's: {listed(big)}"


def listed(names):
    return f"SHORT {', '.join(names)}" if names else "reached"
