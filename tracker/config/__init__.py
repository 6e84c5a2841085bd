"""The configuration: one TOML file over the built-in defaults."""

from .reading import built_in, data_folder, find, is_address, load, make_data_folder, separate
from .values import Config, Secret

__all__ = ["Config", "Secret", "built_in", "data_folder", "find", "is_address", "load", "make_data_folder", "separate"]
