"""What is wrong with a configuration, in TOML's terms."""

import re
from typing import Final

NO_STEP: Final = re.compile(r"`str` matching regex '[^']*w\$'")
WORDS: Final = {
    "str": "a text",
    "int": "a whole number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
}


def explained(message: str) -> str:
    """msgspec's "Expected `int`, got `str` - at `$.mail.port`" with the key first, in TOML's terms."""
    what, _, path = message.partition(" - at `$.")
    table, _, key = re.sub(r"\[.*?\]", "", path.rstrip("`")).rpartition(".")
    what = NO_STEP.sub('a number of working days such as "3w"', what).replace("`int | str`", "a number of days")
    for name, words in WORDS.items():
        what = what.replace(f"`{name}`", words)
    what = what.replace("`time`", 'a time of day such as "08:30"').replace("`", "")
    return f"{label(table, key)}: {what[:1].lower()}{what[1:]}" if key else what


def label(table: str, key: str) -> str:
    return f"[{table}] {key}" if table else key
