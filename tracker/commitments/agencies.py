"""Who is responsible: names read from label lines, brackets and subjects, with coordination split."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

BODY_ENDS = "局委办厅院会府处室心司行部署所校团站队"
TAIL = "(?:人民政府|人民法院|人民检察院|红十字会|政府|管委会|管理委员会|[\\u4e00-\\u9fff]{1,12}(?:局|委|办|厅|院|会|部门|处|中心|公司))"
PLACE = re.compile("[\\u4e00-\\u9fff]{1,8}?[省市区县州旗盟镇乡]|街道")
BARE = re.compile("[省市区县州](?:人民政府)?$")
PLACED = re.compile(f"[\\u4e00-\\u9fff]{{0,8}}?(?P<place>[省市区县州旗盟镇乡])(?P<tail>{TAIL})$")
SHORT_PLACE = re.compile(f"[\\u4e00-\\u9fff](?![{BODY_ENDS}])[\\u4e00-\\u9fff]$")  # 余姚 in 余姚、慈溪市人民政府
HEAD = re.compile("(?:自治区|省|市|区|县|州)(?=[\\u4e00-\\u9fff]{2,})")
HEADLESS = re.compile("[\\u4e00-\\u9fff]{2,10}(?:局|委|办|厅|院)$")
ALREADY_HEADED = re.compile("自治区|[\\u4e00-\\u9fff]{0,4}[省市区县州各]|国家|国务院|中国|中央|全")
GENERIC = re.compile("(?:相关|有关|其他)?(?:部门|单位)$")
SPLIT = re.compile(
    f"[、，,；;]|(?<=[\\u4e00-\\u9fff)）][{BODY_ENDS}区县市门位)）])(?:以及|及|和|会同|联同)(?=[\\u4e00-\\u9fff])|(?<=[地门位])(?=各)|等(?=[\\u4e00-\\u9fff]{{0,8}}(?:部门|单位))"
)
ROLE_LABEL = re.compile(
    "(?P<lead>牵头|主办|主(?=[（(])|主管)|(?P<support>配合|协办|協辦|参与|协同)|(?P<body>责任|承办|实施|负责|组织|落实)"
)
NAMED = re.compile(
    "(?:牵头|责任|配合|主办|协办|承办|实施|负责|主管|组织|参与|落实|协同|主（協）辦)(?:考核)?(?:单位|部门|机关|單位|機關)[:：]"
)
PERSON = re.compile("领导|责任人|联系人")
DUTY = re.compile("(?:按照?职责)?(?:分工)?(?:共同)?(?P<verb>牵头负责|牵头|负责|配合|参与)(?:落实|实施)?$")
WHEN = re.compile("(?:时限|期限|时间)(?:要求)?[:：]|(?:完成|取得)|[0-9]年|[0-9]月|年底")


@dataclass(frozen=True, slots=True)
class Bodies:
    """The bodies that answer for an item: all of them, those that lead, those that support."""

    agencies: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    support: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.agencies)

    @classmethod
    def of(cls, listed: Iterable[tuple[str, list[str]]]) -> "Bodies":
        """The bodies of several lists, each with its duty: lead, support or body."""
        found: dict[str, dict[str, None]] = {"body": {}, "lead": {}, "support": {}}
        for duty, several in listed:
            for kind in {"body", duty}:
                found[kind].update(dict.fromkeys(several))
        return cls(*map(tuple, found.values()))

    def narrowed(self, clause: str) -> "Bodies":
        """Only the bodies of the place that a clause names as its subject, where they are of several places."""
        places = {name: m[0] for name in self.agencies if (m := PLACE.match(name)) and name[0] not in "各每全"}
        if len(set(places.values())) < 2:
            return self
        subject = next((p for p in set(places.values()) if clause.startswith(p)), None)
        if subject is None:
            return self
        return Bodies(
            *(tuple(n for n in names if places.get(n) == subject) for names in (self.agencies, self.lead, self.support))
        )


KEPT = re.compile("[市区县州旗镇乡村街道社、]{1,8}")  # 区县（市）, 县（市、区）, 乡镇（街道）
COUNTED = re.compile("等[0-9一二三四五六七八九十]{1,3}个?(?:市级|省级)?(?:部门|单位)")
HOLD = "\x1f"  # stands for a 、 that does not part two names


def outside_brackets(text: str) -> tuple[str, list[str]]:
    """A list of names without its brackets, and what stood in them; （市） in 区县（市） stays."""
    inner: list[str] = []

    def take(m: re.Match[str]) -> str:
        if KEPT.fullmatch(m[1]):
            return m[0].replace("、", HOLD)
        if not m[1].startswith(("以下", "简称", "下称")):
            inner.append(m[1])
        return ""

    return re.sub("[（(〈]([^（()）〈〉]*)[）)〉]", take, text), inner


def names(text: str) -> list[str]:
    """The bodies that a list names, each whole: 鄞州区、余姚市人民政府 is 鄞州区人民政府 and 余姚市人民政府.

    A bracket after the list is a second list; 各市、县人民政府 is 各市人民政府 and 各县人民政府. 等部门 alone names nobody.
    """
    plain, inner = outside_brackets(COUNTED.sub("", text.replace("\n", "")))
    parts = [re.sub("^(?:请|由|并由)", "", p.strip(" 　。.等")).replace(HOLD, "、") for p in SPLIT.split(plain)]
    parts = [p for p in parts if p and not GENERIC.fullmatch(p)]
    placed: list[re.Match[str] | None] = [None]  # the next body that is written out, for each part from the last
    for part in reversed(parts[1:]):
        placed.append(PLACED.fullmatch(part) or placed[-1])
    whole: list[str] = []
    for part, model in zip(parts, reversed(placed), strict=False):
        if model and PLACE.fullmatch(part):
            part += model["tail"]
        elif model and SHORT_PLACE.fullmatch(part):
            part += model["place"] + model["tail"]
        if whole and whole[0].startswith("各") and BARE.match(part):
            part = "各" + part
        elif whole and HEADLESS.fullmatch(part) and not ALREADY_HEADED.match(part) and (head := HEAD.match(whole[0])):
            part = head[0] + part
        whole.append(part)
    return [*whole, *(name for bracket in inner for name in names(bracket))]


def read_remark(text: str) -> Bodies:
    """The bodies that a label line or a bracket names: 牵头单位：…, （…牵头，…负责，8月底前完成）."""
    return Bodies.of(duties(text))


MARKED = re.compile("([^、，,；;（(]+)[（(](?P<verb>牵头|主办|配合|协办|参与)[）)]")
A_BODY = re.compile(f"[\\u4e00-\\u9fff、（）()]{{1,40}}(?:[{BODY_ENDS}]|部门|单位|[省市区县]|公司)$")
BOXED = re.compile("[【［\\[]([\\u4e00-\\u9fff]{2,8})[】］\\]][:：]?")  # 【责任单位】


def duties(text: str) -> Iterator[tuple[str, list[str]]]:
    """The lists of bodies in a label line or a bracket, each with its duty: lead, support or body."""
    inside = BOXED.sub(r"；\1：", text.strip("。；\n")).lstrip("；")
    inside = inside.strip("（()）〔［〕］") if inside[:1] in "（(〔［" else inside
    if not NAMED.search(inside):
        yield from by_verbs(inside)
        return
    for label, listed in labelled(inside):
        duty = ROLE_LABEL.search(label)
        if duty and not PERSON.search(label):
            for marked in MARKED.finditer(listed):
                yield duty_of(marked["verb"]), names(marked[1])
            rest = MARKED.sub("", listed)
            if any(DUTY.search(part) for part in re.split("[，,；;]", rest)):
                yield from by_verbs(rest)
            else:
                yield str(duty.lastgroup), names(rest)


def by_verbs(text: str) -> Iterator[tuple[str, list[str]]]:
    """The lists of bodies whose duty a verb says: 甲牵头，乙、丙配合; a list without a verb answers for it."""
    pending: list[str] = []
    for part in re.split("[，,；;]", text):
        if WHEN.search(part) and not DUTY.search(part):
            continue
        duty = DUTY.search(part)
        if duty is None:
            pending.append(part)
            continue
        yield duty_of(duty["verb"]), names("、".join((*pending, part[: duty.start()])))
        pending = []
    if pending and all(A_BODY.fullmatch(part) for part in pending):
        yield "body", names("、".join(pending))


def duty_of(verb: str) -> str:
    """The duty that a verb gives."""
    if verb in ("配合", "参与", "协办", "协助"):
        return "support"
    return "lead" if "牵头" in verb or verb == "主办" else "body"


def labelled(text: str) -> list[tuple[str, str]]:
    """The (label, list) pairs of a text with several labels: 牵头单位：甲；配合单位：乙；完成时限：11月."""
    label = re.compile("[\\u4e00-\\u9fff（）]{2,10}[:：]")
    marks = list(label.finditer(text))
    ends = [m.start() for m in marks[1:]] + [len(text)]
    return [(m[0], text[m.end() : end].strip("，,；;。")) for m, end in zip(marks, ends, strict=True)]


KIND = "(?:部门|单位|地区|地|政府|管委会|局|委|厅|办公室|办|企业|机构|处室)"
SUBJECT = re.compile(
    f"(?P<bodies>(?:各|每个|全[省市区县])[\\u4e00-\\u9fff、（()）]{{0,14}}?(?:{KIND}|[市县区])"
    f"|[\\u4e00-\\u9fff、（()）]{{1,30}}?{KIND})"
    "(?:要|应|须|将|必须|负责|分[0-9]|于|在|以|对|按|针对|根据|结合|依照|建立|实现|完成|通过此|[0-9]|年底|逐年|每年|每月|每季)"
)
LED = re.compile(
    "(?:由)?(?P<lead>[^，。；]{2,40}?)牵头(?:负责)?[，,](?:(?P<support>[^，。；]{2,60}?)(?:配合|参与|协助)[，,])?"
)


def subject(clause: str) -> Bodies:
    """The bodies that a clause names as its subject; none where it names none."""
    if led := LED.match(clause):
        return Bodies.of([("lead", names(led["lead"])), ("support", names(led["support"] or ""))])
    m = SUBJECT.match(clause)
    return Bodies(tuple(names(m["bodies"]))) if m else Bodies()
