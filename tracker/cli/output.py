"""What commands print: JSON lines and CSV for programs, words for people; messages on standard error."""

import csv
import io
import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any, TextIO

from ..errors import UnreadableFile

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

# What tables say to people in a Chinese locale; programs get the words of the promise whatever the locale.
CHINESE = {
    "id": "编号", "item": "事项", "due": "到期", "days": "天数", "standing": "状态", "title": "内容",
    "agencies": "责任单位", "agency": "单位", "milestone": "事项编号", "target": "目标", "quote": "原文",
    "document": "文件", "uid": "标识", "sentence": "原句", "in": "出处", "rule": "规则", "assumed": "推定",
    "look at": "请核对", "now": "现为", "day": "日期", "what": "动作", "who": "经办", "changes": "变更", "why": "理由",
    "planned": "计划", "issue": "期号", "state": "状态", "key": "文件号", "published": "发文日期", "lead": "牵头",
    "confirmed": "已确认", "withdrawn_on": "撤回日", "context": "上下文", "fate": "去向", "reason": "理由",
    "tries": "次数", "to": "收件人", "reply": "回复", "name": "名称", "email": "邮箱", "head": "领导邮箱",
    "cc": "抄送", "aliases": "别名", "members": "成员", "as written": "原文写作",
    "timex": "时间词", "type": "类型", "value": "值", "mod": "修饰", "end": "止",
    "begin": "起", "role": "作用", "status": "办理", "made of": "来自", "year": "年份", "decided": "人工确定",
    "overdue": "逾期", "due_soon": "临期", "upcoming": "未到期", "undated": "未定期", "closed": "已办结",
    "open": "在办", "claimed": "申请办结", "completed": "已销号", "cancelled": "已取消",
    "tracked": "立项", "set-aside": "排除", "waiting": "待定", "date": "时间词", "written": "记录于",
    "{} days before": "到期前{}天", "{} days after": "逾期第{}天", "on the last day": "到期当天",
    "when tracking began": "立项时", "when its day was moved": "时限调整时",
    "read like": "读法同", "no time expression": "没有时间词", "kept": "不变",
    "the document says": "原文", "item_title": "事项", "kind": "类别", "targets": "目标", "recurrence": "周期",
    "line": "行", "as read": "原样", "characters": "字符", "said in the sentence": "本句写明",
    "from a heading, the title or the document's date": "取自小标题、标题或发文日期",
    "changed by a person, see": "已由人工更改，见", "read as": "读作",
    "corrected": "已更正", "answered": "已定", "left": "剩余", "last day": "到期日",
    "agencies, joined by 、": "责任单位（用、分隔）", "that was the last one": "已到最后一项",
    "nothing to undo": "没有可退回的",
    "no day was read: d gives one (none: an undated duty)": "没有读出日期：按 d 填写（none 表示不定期限）",
    "accept": "按此立项", "set aside": "排除", "skip": "跳过", "undo": "退回", "quit": "退出",
    "ready": "待发", "sending": "发送中", "sent": "已发", "failed": "失败", "unknown": "不明", "held": "暂扣",
    "added": "立项", "moved": "改期", "reworded": "改写", "withdrawn": "撤回", "restored": "恢复", "edited": "更正",
    "reopened": "重开", "opened": "开启", "folded": "并入", "undone": "回退",
    "cadence": "频次", "remind": "提醒", "acknowledged": "签收", "until": "至", "all": "全部", "withheld": "暂缓",
    "day off": "休息日", "inhibited": "由更高一级督办单代替", "no address": "没有地址", "budget": "超出本周次数",
    "blue sheet": "蓝色督办单", "yellow sheet": "黄色督办单", "red sheet": "红色督办单",
    "{} working days before": "到期前{}个工作日", "{} working days after": "逾期第{}个工作日",
    "daily": "每日", "weekly": "每周", "immediate": "即时",
    "suspended": "停用", "attached": "附件", "ack": "签收",
    "measured": "读数", "gauges": "读数",
    "verified": "核实销号", "returned": "退回", "deferral_asked": "申请延期", "deferral_approved": "同意延期",
    "deferral_refused": "不同意延期", "blocked": "等待", "superseded": "被取代", "forecast": "预计办结",
    "claims": "办结申请", "grade": "评价", "asked": "延期申请", "slips": "延期记录", "waits_for": "等待事项",
    "answer": "答复", "answered_on": "答复自", "superseded_by": "取代事项", "ended_by": "依据文件",
    "when the office answered": "答复时",
    "remarked": "记录", "in time": "按期", "late": "逾期办结", "by days": "平均天数",
    "progress": "进展", "note": "备注", "evidence": "佐证", "support": "配合",
    "to the day": "日", "to the dekad": "旬", "to the month": "月", "to the quarter": "季", "to the half": "半年",
    "to the year": "年", "to the plan": "规划期", "put off": "推迟",
    "baseline_due": "原定到期", "closed_on": "办结日", "precision": "精度", "yes": "是", "no": "否",
}  # fmt: skip


def chinese() -> bool:
    """Whether the locale of messages is Chinese (POSIX: LC_ALL, else LC_MESSAGES, else LANG)."""
    named = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return named.lower().startswith("zh")


def word(name: str) -> str:
    """A heading, standing or state in the language of the person."""
    return CHINESE.get(name, name) if chinese() else name


def precision_word(precision: str) -> str:
    """How exactly a day is known, in the language of the person: in Chinese the same words mean other things, too."""
    return word(f"to the {precision}") if chinese() else precision


def exactly(precision: str | None) -> str:
    """The same behind a day; nothing where none is known."""
    return f" ({precision_word(precision)})" if precision else ""


def plain(value: Any) -> Any:
    """A value as JSON has it: days and instants in ISO 8601, dataclasses as objects, whole floats as integers."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    return value


def print_jsonl(rows: Iterable[Mapping[str, Any]]) -> None:
    """One JSON object a line in UTF-8, whatever the locale, and nothing else."""
    put_bytes(json_lines(rows))


def json_lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """One JSON object a line in UTF-8."""
    return b"".join(json.dumps(plain(row), ensure_ascii=False).encode("utf-8", "replace") + b"\n" for row in rows)


def print_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """The rows as CSV in UTF-8 with a header; lists are joined with 、, and no cell can be taken for a formula."""
    put_bytes(csv_text(rows, columns).encode("utf-8", "replace"))


def csv_text(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], line_end: str = "\n") -> str:
    """The rows as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=line_end)
    writer.writerow(columns)
    writer.writerows([[csv_cell(row.get(column)) for column in columns] for row in rows])
    return text.getvalue()


def csv_cell(value: Any) -> str:
    """A cell that a spreadsheet shows as it is."""
    from ..render.table import is_formula

    value = plain(value)
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        text = "、".join(value)
    elif isinstance(value, list | dict):
        text = json.dumps(value, ensure_ascii=False)
    else:
        text = "" if value is None else str(value)
    bare = text.lstrip("'")  # an apostrophe of its own gets one more, so that one can be taken off again
    return f"'{text}" if isinstance(value, str | list) and is_formula(bare) else text


def shown(value: Any) -> str:
    """A value as a person reads it, without control characters: document text cannot steer the terminal."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return word("yes" if value else "no")
    if isinstance(value, list | tuple):
        return "、".join(map(shown, value)) or "–"
    return CONTROL.sub("", str(value)).replace("\n", " ").replace("\t", " ")


def say(message: str) -> None:
    """A message to the person, on standard error."""
    _tell(message, sys.stderr)


def put(message: str) -> None:
    """A line of the answer, on standard output."""
    _tell(message, sys.stdout)


def _tell(message: str, stream: TextIO) -> None:
    """On a terminal lines are folded where words end; print, unlike click, lets a progress bar make room for them."""
    text = shown_lines(message)
    columns = shutil.get_terminal_size((80, 24)).columns
    if stream.isatty() and any(2 * len(line) > columns for line in text.split("\n")):
        text = "\n".join(line for long in text.split("\n") for line in _folded(long, columns))
    print(text, file=stream, flush=True)


def _folded(line: str, columns: int) -> list[str]:
    """A line that is too long in several, those that follow two columns further in."""
    from ..render.wrapping import wrap

    words = line.lstrip(" ")
    indent = " " * (len(line) - len(words))
    return wrap(words, max(columns, 40), indent, indent + "  ")


def put_bytes(data: bytes) -> None:
    """Bytes of the answer, on standard output."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def shown_lines(message: str) -> str:
    """A message without control characters save its line ends."""
    return CONTROL.sub("", message)


def unwritable(path: str, error: OSError) -> UnreadableFile:
    """The failure of a file that cannot be written."""
    return UnreadableFile(f"{path}: cannot be written: {error.strerror or error}")


def counted(number: int, noun: str) -> str:
    """ "1 milestone", "2 milestones", "3 agencies"."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun[:-1]}ies" if noun.endswith("y") else f"{number} {noun}s"
