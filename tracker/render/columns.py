"""The columns of a ledger (台账): what stands in each, what each is called, and which of them people may write in."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from ..digests import wording
from ..milestones import Milestone, Standing, Status
from ..milestones.figures import days_late
from ..milestones.remarks import LedgerRow, Remarks
from ..milestones.standing import days_left
from .wrapping import printable

LONGEST: Final = 32_767  # characters of a cell (ECMA-376, 18.3.1.4; Excel's own limit)
LIGHTS: Final = {
    Standing.OVERDUE: "红", Standing.DUE_SOON: "黄", Standing.UPCOMING: "绿", Standing.UNDATED: "灰",
    Standing.CLOSED: "",
}  # fmt: skip
STATUSES: Final = {
    Status.OPEN: "在办", Status.CLAIMED: "已申请办结", Status.COMPLETED: "已办结", Status.CANCELLED: "已撤销",
}  # fmt: skip
# field: what its column is called in a workbook
CHINESE: Final = MappingProxyType({
    "title": "事项", "lead": "牵头单位", "support": "配合单位", "due": "时限", "progress": "进展", "status": "状态",
    "closed_on": "办结日期", "note": "备注", "evidence": "佐证", "quote": "原文", "id": "编号", "mark": "指纹",
})  # fmt: skip
# field: what it is called in CSV and JSON
ENGLISH: Final = MappingProxyType({
    **{field: field for field in CHINESE}, "agencies": "agencies",
})  # fmt: skip
EDITABLE: Final = (
    "title", "agencies", "lead", "support", "due", "progress", "status", "closed_on", "note", "evidence",
)  # fmt: skip
KEYS: Final = ("id", "mark", "quote")  # what makes a row that comes back known


def cells(number: int, row: LedgerRow, standing: Standing, today: date) -> dict[str, Any]:
    """The cells of a row of the workbook, in the order of its columns."""
    one = row.milestone
    said = said_in_chinese(one, row.remarks)
    return {
        "序号": number, "试点": wording.item(one), "事项": said["title"], "牵头单位": "、".join(said["lead"]),
        "配合单位": "、".join(said["support"]), "时限": said["due"], "进展": said["progress"], "状态": said["status"],
        "亮灯": LIGHTS[standing], "原文": said["quote"], "办结日期": said["closed_on"], "办结情况": ending(one),
        "备注": said["note"], "佐证": said["evidence"], "原文时限": one.timex,
        "剩余天数": None if one.closed else days_left(one, today), "目标": "；".join(map(wording.target, one.targets)),
        "来源": one.document_title or "", "编号": one.id, "指纹": str(row.mark),
    }  # fmt: skip


def said_in_chinese(milestone: Milestone, remarks: Remarks) -> dict[str, Any]:
    """What a workbook says of the fields of CHINESE; who does not support leads, where the document is silent."""
    lead = milestone.lead or tuple(a for a in milestone.agencies if a not in milestone.support)
    return said_in_english(milestone, remarks) | {
        "lead": lead,
        "support": tuple(a for a in milestone.agencies if a not in lead),
        "status": STATUSES[milestone.status],
    }


def said_in_english(milestone: Milestone, remarks: Remarks) -> dict[str, Any]:
    """What CSV and JSON say of the fields of ENGLISH, save the mark."""
    own = {name: getattr(milestone, name) for name in ENGLISH if name not in ("progress", "note", "evidence", "mark")}
    said = own | {"progress": remarks.progress, "note": remarks.note, "evidence": remarks.evidence}
    return said | {"status": str(milestone.status)}


def ending(milestone: Milestone) -> str:
    """How it was completed: 按期办结, or 逾期办结 with the days, which never merge; "" for what was not completed."""
    if milestone.status is not Status.COMPLETED:
        return ""
    late = days_late(milestone)
    return f"逾期办结（{late}天）" if late else "按期办结"


def cell_text(text: str) -> str:
    """A text as a cell holds it: its lines without what does not show, no longer than a cell can be."""
    return "\n".join(map(printable, text.splitlines())).strip()[:LONGEST].rstrip()


def responsible(said: Mapping[str, Any], before: Milestone) -> dict[str, tuple[str, ...]]:
    """What a correction has to set so that a workbook says `lead` and `support`: no lead where none was stated."""
    lead, support = said["lead"], said["support"]
    parts = before.lead or before.support or support
    return {"agencies": (*lead, *support), "lead": lead if parts else (), "support": support}
