"""Folders and zip archives named in place of files: the documents that they stand for."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from tracker.errors import ConfigError, UnreadableFile
from tracker.sources import expand, read

TEXT = "91.试点\n下步改革安排：6月底前完成改造。\n"


def packed(members: dict[str, bytes | str]) -> bytes:
    """A zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def nested(depth: int) -> bytes:
    data = packed({"a.txt": TEXT})
    for _ in range(depth - 1):
        data = packed({"in.zip": data})
    return data


def expanded(folder: Path, *names: str) -> list[str]:
    return [str(Path(path).relative_to(folder)) for path in expand([str(folder / name) for name in names])]


def test_a_folder_stands_for_its_documents_in_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "a.toml", "notes.jsonl", ".hidden.txt", "~$a.txt", "z/c.txt", ".git/d.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    (tmp_path / "m.zip").write_bytes(packed({"2018/y.txt": TEXT, "x.TXT": TEXT, "x.toml": "", "__MACOSX/x.txt": ""}))
    assert expanded(tmp_path, ".") == ["a.txt", "b.txt", "m.zip/2018/y.txt", "m.zip/x.TXT", "z/c.txt"]


def test_anything_else_stands_for_itself(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04 no archive")
    (tmp_path / "notes.jsonl").write_text("", encoding="utf-8")
    names = ["notes.jsonl", "nowhere.txt", "empty", "bad.zip"]
    assert expanded(tmp_path, *names) == names


def test_a_folder_that_may_not_be_listed_stands_for_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "locked").mkdir()
    listed = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("locked"):  # the tests may run as root, to whom no folder is closed
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr("os.scandir", scandir)
    assert expanded(tmp_path, ".") == ["a.txt", "locked"]


def test_a_member_is_read_like_a_file_with_the_toml_beside_it(tmp_path: Path) -> None:
    (tmp_path / "m.zip").write_bytes(
        packed({"2018/plan.txt": TEXT, "2018/plan.toml": 'published = "2018-08"\nissuer = "市政府"'})
    )
    (path,) = expand([str(tmp_path / "m.zip")])
    source = read(path)
    assert (source.key, source.text, source.issuer, source.published_as) == ("plan", TEXT, "市政府", "2018-08")
    assert source.published_from == "plan.toml"


def test_a_mistake_in_the_toml_of_a_member_is_named(tmp_path: Path) -> None:
    (tmp_path / "m.zip").write_bytes(packed({"plan.txt": TEXT, "plan.toml": "x = "}))
    with pytest.raises(ConfigError, match=r"m\.zip/plan\.toml: is not TOML"):
        read(str(tmp_path / "m.zip" / "plan.txt"))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_name_is_read_in_the_encoding_that_it_was_written_in(tmp_path: Path, encoding: str) -> None:
    name = "试点方案.txt"
    written = name.encode(encoding)
    plain = "x" * len(written)  # of an ASCII name zipfile does not mark the encoding
    (tmp_path / "m.zip").write_bytes(packed({plain: TEXT}).replace(plain.encode(), written))
    (path,) = expand([str(tmp_path / "m.zip")])
    assert path == str(tmp_path / "m.zip" / name)
    assert read(path, published="2018-08").key == "试点方案"


def test_archives_hold_archives_but_not_without_end(tmp_path: Path) -> None:
    (tmp_path / "3.zip").write_bytes(nested(3))
    (tmp_path / "9.zip").write_bytes(nested(9))
    assert expanded(tmp_path, "3.zip") == ["3.zip/in.zip/in.zip/a.txt"]
    assert read(str(tmp_path / "3.zip/in.zip/in.zip/a.txt"), published="2018-08").text == TEXT
    (deep,) = expand([str(tmp_path / "9.zip")])
    with pytest.raises(UnreadableFile, match="in it lie over 3 deep"):
        read(deep + "/in.zip", published="2018-08")


def encrypted(data: bytes) -> bytes:
    """The archive with the flag of encryption set, in the member's own header and in the list."""
    at, listed = data.index(b"PK\x03\x04") + 6, data.index(b"PK\x01\x02") + 8
    return bytes(byte | (i in (at, listed)) for i, byte in enumerate(data))


REFUSED = [
    (packed({"a.txt": TEXT})[:-30], "a.txt", "is damaged or not whole"),
    (packed({"a.txt": "1234567890" * 9}).replace(b"1234", b"1243"), "b.txt", "there is no such file in the archive"),
    (encrypted(packed({"a.txt": TEXT})), "a.txt", "is protected by a password; save it without one"),
    (packed({"a.txt": b"0" * (21 << 20)}), "a.txt", r"is over 20 MB when unpacked \(a\.txt\), which is the limit"),
    (packed({"../../etc/a.txt": TEXT}), "a.txt", r"holds a path that leads out of it \(\.\./\.\./etc/a\.txt\)"),
    (packed({"/etc/a.txt": TEXT}), "a.txt", "holds a path that leads out of it"),
    (packed({f"{i}.txt": "" for i in range(20_001)}), "1.txt", "holds over 20000 files, which is the limit"),
    (b"no archive", "a.txt", "is no zip archive, so there is no file in it"),
]


@pytest.mark.parametrize(("data", "name", "answer"), REFUSED, ids=[answer for *_, answer in REFUSED])
def test_what_an_archive_may_not_hold_is_refused_with_a_reason(
    tmp_path: Path, data: bytes, name: str, answer: str
) -> None:
    (tmp_path / "m.zip").write_bytes(data)
    with pytest.raises(UnreadableFile, match=answer) as caught:
        read(str(tmp_path / "m.zip" / name), published="2018-08")
    assert str(caught.value).startswith(str(tmp_path / "m.zip"))
