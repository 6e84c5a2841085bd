"""XML out of office files: parsed without entities, links or networks, and never a document type.

Elements and attributes are named without their namespaces, which differ between the editions of a standard.
"""

from collections.abc import Iterator

from lxml import etree
from lxml.etree import _Element

from ...errors import UnreadableFile


def parse(data: bytes) -> _Element:
    """The root of an XML document. Raises UnreadableFile, without the file's name.

    libxml2's own limits hold: 256 levels, 10 MB a text.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        deep = "depth" in str(error)
        raise UnreadableFile(
            "is nested over 256 levels deep, which is the limit" if deep else f"is damaged ({error}); save it anew"
        ) from None
    if root.getroottree().docinfo.doctype:
        raise UnreadableFile("declares XML entities, which no office program writes; it is not to be trusted")
    return root


def local(element: _Element) -> str:
    """The name of an element; empty for a comment."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: _Element | None, name: str) -> Iterator[_Element]:
    """The children of a name; none of None."""
    return (each for each in element if local(each) == name) if element is not None else iter(())


def child(element: _Element | None, name: str) -> _Element | None:
    """The first child of a name."""
    return next(children(element, name), None)


def attribute(element: _Element | None, name: str) -> str:
    """The value of an attribute; empty where there is none."""
    if element is None:
        return ""
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), "")
