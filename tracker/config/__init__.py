"""The configuration: one TOML file over the built-in defaults."""

from .addresses import is_address, is_calendar_url, separate
from .reading import built_in, data_folder, find, load, make_data_folder
from .values import Config, Secret

__all__ = [
    "Config",
    "Secret",
    "built_in",
    "data_folder",
    "find",
    "is_address",
    "is_calendar_url",
    "load",
    "make_data_folder",
    "separate",
]
