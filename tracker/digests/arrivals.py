"""What the office reads of issues that did not arrive, or not as they should; the server's own words are kept."""

from collections.abc import Sequence
from typing import Final

NAMED_AT_MOST: Final = 20

# What became of an issue: {issue} is whose and which one, {id} its message in the outbox, {reply} what was said of it.
FATES: Final = {
    "failed": "{issue}未能送达：{reply}",
    "partly": "{issue}未能送达部分收件人：{reply}",
    "resent": "{issue}是否送达不明，将原样重发。",
    "unknown": "{issue}是否送达不明，待督查室决定是否重发（tracker outbox retry {id}）。",
    "held": "{issue}已暂扣，尚未发出（tracker outbox retry {id} 放行）。",
}


def issues(numbers: Sequence[int]) -> str:
    """ "第3期", "第3期、第4期", "第3期至第9期"."""
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"第{numbers[0]}期至第{numbers[-1]}期"
    return "、".join(f"第{number}期" for number in numbers)


def fate(how: str, agency: str, number: int, reply: str, id: int) -> str:
    """What became of one issue, `how` as in FATES."""
    return FATES[how].format(issue=f"{agency or '督查室'}第{number}期", reply=reply, id=id)


def twice(named: Sequence[tuple[str, int]]) -> str:
    """Which issues, (agency, number), may have arrived twice."""
    listed = "、".join(f"{agency or '督查室'}第{number}期" for agency, number in named[:NAMED_AT_MOST])
    return f"可能重复送达：{listed}{'等' if len(named) > NAMED_AT_MOST else ''}。"


def suspended(agency: str, address: str, since: str, reply: str) -> str:
    """An address to which nothing goes any more."""
    return f"{agency}的地址{address}自{since}起停用，不再发送，请核实更正：{reply}"


def merged(agencies: Sequence[tuple[str, Sequence[int]]]) -> str:
    """Which agencies are told now what earlier issues, which never left, were to tell them."""
    listed = "、".join(f"{agency}{issues(numbers)}" for agency, numbers in agencies[:NAMED_AT_MOST])
    more = f"等{len(agencies)}个单位" if len(agencies) > NAMED_AT_MOST else ""
    return f"未能发出、内容并入本期的有：{listed}{more}。"
