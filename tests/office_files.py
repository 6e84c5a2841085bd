"""Office files that the tests make: parts of a zip, XML by hand, and what LibreOffice and Chromium make of them."""

import io
import subprocess
import zipfile
from pathlib import Path
from shutil import which

from needed import missing

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MARKUP = (
    f'{W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


def packed(members: dict[str, bytes | str]) -> bytes:
    """A zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def word(body: str, **parts: str) -> bytes:
    """A docx of the XML of its body, and of further parts (numbering, styles, footnotes)."""
    further = {f"word/{name}.xml": f"<w:{name} {MARKUP}>{xml}</w:{name}>" for name, xml in parts.items()}
    return packed({"word/document.xml": f"<w:document {MARKUP}><w:body>{body}</w:body></w:document>", **further})


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def table(*rows: list[str]) -> str:
    """A table of Word; a cell is its text, or its properties and its text: "<w:vMerge/>|text"."""
    cells = [[cell.rpartition("|")[::2] for cell in row] for row in rows]
    return "".join((
        "<w:tbl>",
        *("<w:tr>" + "".join(f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>" for properties, text in row)
          + "</w:tr>" for row in cells),
        "</w:tbl>",
    ))  # fmt: skip


def pdf(*pages: str) -> bytes:
    """A PDF of page contents in PDF's own operators, /F being Helvetica; by hand, for whoever reads it."""
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} /MediaBox [0 0 600 800] >>",
        "<< /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>",
    ]
    for i, content in enumerate(pages):
        objects.append(f"<< /Type /Page /Parent 2 0 R /Resources 3 0 R /Contents {5 + 2 * i} 0 R >>")
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    data, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    size, end = len(objects) + 1, len(data)
    trailer = f"<< /Size {size} /Root 1 0 R >>\nstartxref\n{end}\n%%EOF"
    return data + f"xref\n0 {size}\n0000000000 65535 f \n{rows}trailer\n{trailer}".encode()


def words(text: str, x: float, y: float, size: float = 10) -> str:
    """Text on a page of a PDF."""
    return f"BT /F {size} Tf {x} {y} Td ({text}) Tj ET\n"


def converted(file: Path, form: str, filter: str = "") -> Path:
    """What LibreOffice makes of a file, beside it."""
    program = which("soffice")
    if program is None:
        missing("LibreOffice (soffice)")
    folder = file.parent / form
    profile = (file.parent / "profile").as_uri()
    command = [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", f"{form}{filter}"]
    subprocess.run([*command, "--outdir", str(folder), str(file)], capture_output=True, check=True, timeout=120)
    return folder / f"{file.stem}.{form}"


def printed(page: Path) -> Path:
    """The PDF that Chromium prints of a web page, beside it."""
    program = which("chromium")
    if program is None:
        missing("Chromium")
    made = page.with_suffix(".pdf")
    profile = f"--user-data-dir={page.parent / 'chromium'}"
    command = [program, "--headless", "--no-sandbox", "--disable-gpu", profile, "--no-pdf-header-footer"]
    subprocess.run([*command, f"--print-to-pdf={made}", page.as_uri()], capture_output=True, check=True, timeout=120)
    return made
