"""Bodies: an office by its name; 市发改委 and 宁波市发展和改革委员会 are one, once the issuer's place is known."""

from .naming import full_name, is_group, place_of, successors
from .register import BY_LEVEL, Meant, Register
from .seeking import seek

__all__ = ["BY_LEVEL", "Meant", "Register", "full_name", "is_group", "place_of", "seek", "successors"]
