"""The official Nexmark texts: found outside this repository, and given sources and sinks that both engines have."""

import pathlib
import re
import subprocess
import sys

ORIGIN = "https://github.com/nexmark/nexmark"
QUERIES = "nexmark-flink/src/main/resources/queries"
NAMES = [f"q{number}" for number in range(24)]
EVENTS = "'connector' = 'filesystem', 'path' = 'data/nexmark.jsonl', 'format' = 'json'"
SIDE = "'connector' = 'filesystem', 'path' = 'data/side_input.csv', 'format' = 'csv'"

# What Flink 2.3 refuses of the published texts, and how the same is asked otherwise; nothing: there is no such way.
REFUSED = {
    "q6": None,
    "q13": ("as a plain join", lambda text: text.replace(" FOR SYSTEM_TIME AS OF B.p_time", "")),
    "q23": ("with `dateTime` in backticks", lambda text: text.replace("A.dateTime", "A.`dateTime`")),
}


def folder(given, cache):
    """Where the texts are: the given folder (it may be a bare repository), or a clone in the cache, made where missing."""
    if given is not None:
        return given
    clone = cache / "official"
    if not clone.exists():
        subprocess.run(["git", "clone", "--quiet", "--depth", "1", ORIGIN, clone], check=True)
    return clone


def commit(repository):
    found = subprocess.run(["git", "-C", repository, "log", "-1", "--format=%h of %cs"], capture_output=True, text=True)
    return found.stdout.strip() or "unknown"


def official(repository, file):
    plain = repository / QUERIES / file
    if plain.exists():
        return plain.read_text()
    shown = subprocess.run(["git", "-C", repository, "show", f"HEAD:{QUERIES}/{file}"], capture_output=True, text=True)
    if shown.returncode:
        sys.exit(f"no {QUERIES}/{file} in {repository}: {shown.stderr.strip()}")
    return shown.stdout


def with_options(text, table, options):
    """The text with another WITH clause of one table."""
    pattern = re.compile(rf"(CREATE TABLE {table}\b.*?WITH\s*\()(.*?)(\)\s*;)", re.DOTALL)
    replaced, count = pattern.subn(lambda found: found[1] + options + found[3], text, count=1)
    if count == 0:
        sys.exit(f"the official texts have no `CREATE TABLE {table} (…) WITH (…);` any more")
    return replaced


def generated(events, rate):
    """The published definition of the source, its placeholders filled in."""
    values = {"TPS": rate, "EVENTS_NUM": events, "PERSON_PROPORTION": 1, "AUCTION_PROPORTION": 3, "BID_PROPORTION": 46}
    return lambda text: re.sub(r"\$\{(\w+)\}", lambda found: str(values[found[1]]), text)


def from_file(text):
    return with_options(text, "datagen", EVENTS)


def text_of(repository, name, source=from_file):
    """One query's text. `source` gives the published definition of the events another source."""
    views = official(repository, "ddl_views.sql").replace("${NEXMARK_TABLE}", "datagen")
    query = official(repository, f"{name}.sql").replace("'connector' = 'blackhole'", "'connector' = 'print'")
    if name == "q10":
        query = re.sub(r"'path' = '[^']*'", "'path' = 'out'", query)
    if name == "q13":
        query = with_options(query, "side_input", SIDE)
    return "\n".join((source(official(repository, "ddl_gen.sql")), views, query, ""))
