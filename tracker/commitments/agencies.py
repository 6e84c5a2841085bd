"""Who is responsible: names read from label lines, brackets and subjects, with coordination split."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

OFTEN = 1 << 10  # remarks so many of which are remembered: one is read for its item, its dates and what stands below it
BODY_ENDS = "局委办厅院会府处室心司行部署所校团站队科股"
TAIL = "(?:人民政府|人民法院|人民检察院|红十字会|政府|管委会|管理委员会|[\\u4e00-\\u9fff]{1,20}(?:局|委|办|厅|院|会|部门|处|中心|公司|领导小组))(?:[（(〔](?:局|委|办|中心|处|站|所)[）)〕])?"
ALSO_PLACE = "(?:[（(〔][市区县州旗特、]{1,8}[）)〕])?"  # 市（州）, 县（市、区、特区）
PLACE = re.compile(f"[\\u4e00-\\u9fff]{{1,8}}?[省市区县州旗盟镇乡]{ALSO_PLACE}|街道")
LEVEL = re.compile(f"[省市区县州旗盟]{ALSO_PLACE}")
BARE = re.compile(f"{LEVEL.pattern}(?:人民政府|政府|人民法院|人民检察院)?$")
PLACED = re.compile(  # 余姚市|人民政府; 县（区）|市场监管局
    f"(?P<name>[\\u4e00-\\u9fff]{{0,8}}?)(?P<place>[省市区县州旗盟镇乡])(?![级直属]){ALSO_PLACE}(?P<tail>{TAIL})"
)
HEIGHT = {place: height for height, places in enumerate(("省", "市州盟", "县区旗", "镇乡")) for place in places}
SHORT_PLACE = re.compile(
    f"(?![各每])[\\u4e00-\\u9fff](?![{BODY_ENDS}])[\\u4e00-\\u9fff]$"
)  # 余姚 in 余姚、慈溪市人民政府
HEAD = re.compile("(?:自治区|省|市|区|县|州)(?=[\\u4e00-\\u9fff]{2,})")
HEADLESS = re.compile("(?![\\u4e00-\\u9fff]{2,}(?:银保?监|证监|保监|煤监)局)[\\u4e00-\\u9fff]{2,10}(?:局|委|办|厅|院)$")
ALREADY_HEADED = re.compile(
    "自治区|[\\u4e00-\\u9fff]{0,4}[省市区县州各]|国家|国务院|中国|中央|全"
    "|[京津沪渝]|北京|天津|上海|重庆|河北|山西|内蒙古|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南"
    "|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆"
)
OFFICER = re.compile(  # 市住建委主任张三
    "(?<=[局委办厅院会府处室])(?:党组书记|书记|主任|局长|厅长|处长|院长|主要负责人|负责人|分管领导|主要领导)[\\u4e00-\\u9fff]{0,3}$"
)
GENERIC = re.compile("(?:相关|有关|其他)?(?:部门|单位)$|[-—–/／|]+$|(?:暂?无|空)$")  # and what an empty cell holds
SPLIT = re.compile(
    f"[、，,；;]|(?<=[\\u4e00-\\u9fff)）、][{BODY_ENDS}区县市州旗门位构)）])(?:以及|及(?![其所])|和|会同|联同|联合)(?=[\\u4e00-\\u9fff])|(?<=[地门位])(?=各)|等(?=(?:[\\u4e00-\\u9fff]|[（(][市区县州省]{{0,4}}[驻属直][市区县州省][）)]){{0,10}}(?:部门|单位))"
)
ROLE_LABEL = re.compile(
    "(?P<lead>牵头|主办|主(?=[（(])|主管)|(?P<support>配合|协办|参与|协同)|(?P<body>责任|承办|实施|负责|组织|落实)"
)
NAMED = re.compile(
    "(?:牵头|责任|配合|主办|协办|承办|实施|负责|主管|组织|参与|落实|协同|主（协）办)(?:责任|负责|考核|配合)?"
    "(?:单位|部门|机关|主体|处室|科室|股室|机构)?[:：]"
)
PERSON = re.compile("领导|责任人|联系人")
DUTY = re.compile(
    "(?:等(?:部门|单位)?)?(?:按照?(?:各自)?(?:职责|职能))?(?:分工)?(?:共同)?(?:(?P<verb>牵头负责|牵头|负责|配合|参与)(?:落实|实施)?|(?<=[局委办厅院会府处室门位])落实)$"
)
WHEN = re.compile("(?:时限|期限|时间)(?:要求)?[:：]|(?:完成|取得)|[0-9]年|[0-9]月|年底")


@dataclass(frozen=True, slots=True)
class Bodies:
    """The bodies that answer for an item: all of them, those that lead, those that support."""

    agencies: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    support: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.agencies)

    @property
    def of_all(self) -> bool:
        """Whether they are many that are not named one by one: 各地、各部门."""
        return any(name[0] in "各每" for name in self.agencies)

    @classmethod
    def of(cls, listed: Iterable[tuple[str, list[str]]]) -> "Bodies":
        """The bodies of several lists, each with its duty: lead, support or body."""
        found: dict[str, dict[str, None]] = {"body": {}, "lead": {}, "support": {}}
        for duty, several in listed:
            for kind in {"body", duty}:
                found[kind].update(dict.fromkeys(several))
        return cls(*map(tuple, found.values()))

    @classmethod
    def union(cls, several: Iterable["Bodies"]) -> "Bodies":
        """The bodies of several, each once, with all their duties."""
        each = list(several)
        return cls(*(tuple(dict.fromkeys(name for one in each for name in getattr(one, part)))
                     for part in ("agencies", "lead", "support")))  # fmt: skip

    def narrowed(self, clause: str) -> "Bodies":
        """Only the bodies of the place that a clause names as its subject, where they are of several places.

        各县（市）年底前开通 is said to 各县（市）人民政府 alone.
        """
        if group := next((name for name in self.agencies if name[0] == "各" and alone(name, clause)), ""):
            return Bodies(
                *(tuple(n for n in listed if n == group) for listed in (self.agencies, self.lead, self.support))
            )
        places = {name: m[0] for name in self.agencies if (m := PLACE.match(name)) and name[0] not in "各每全"}
        if len(set(places.values())) < 2:
            return self
        subjects, at = set[str](), 0
        while place := next((p for p in places.values() if clause.startswith(p, at)), ""):
            subjects.add(place)
            at += len(place) + 1  # 、 or 和
        if not subjects:
            return self
        return Bodies(
            *(
                tuple(n for n in names if places.get(n) in subjects)
                for names in (self.agencies, self.lead, self.support)
            )
        )


GOVERNMENT = re.compile("(?:人民)?政府$")


def alone(group: str, clause: str) -> bool:
    """Whether a clause begins with a group of places, with or without 人民政府, and with nobody beside it."""
    place = GOVERNMENT.sub("", group)
    rest = clause.removeprefix(group if clause.startswith(group) else place)
    return place[-1] in "省市区县州旗）" and rest != clause and rest[:1] not in ("", *"、，和及与各政人有相级直市县区")


KEPT = re.compile(  # 区县（市）, 县（市、区、特区）, 乡镇（街道）, 部门（单位）, 农业局（委）
    "[市区县州旗镇乡村街道社特、]{1,8}|单位|局|委|办|中心|处|站|所"
)
BRACKET = re.compile("[（(〈〔]([^（()）〈〉〔〕]*)[）)〉〕]")
ASIDE = re.compile("以下|简称|下称|[详参]?见|名单|包括|含(?![\\u4e00-\\u9fff]{0,3}[局委办])")
COUNTED = re.compile("等[0-9一二三四五六七八九十]{1,3}个?(?:市级|省级)?(?:部门|单位)")
WITHIN = re.compile("(?!以及|及|和|与|等)[\\u4e00-\\u9fff]")  # a name goes on: 审批（政务服务和大数据）管理机构
LEVELS = re.compile("((?:[省市县区镇乡]、)+[省市县区镇乡])[两三四]级([\\u4e00-\\u9fff]+)")  # 市、区两级住建部门
HOLD = "\x1f"  # stands for a 、 that does not part two names


def outside_brackets(text: str) -> tuple[str, list[str]]:
    """A list of names without its brackets, and what stood in them; （市） in 区县（市） stays."""
    inner: list[str] = []

    def take(m: re.Match[str]) -> str:
        if KEPT.fullmatch(m[1]):
            return m[0].replace("、", HOLD)
        if ASIDE.match(m[1]):
            return ""
        if WITHIN.match(text, m.end()):
            return m[0].replace("、", HOLD)
        inner.append(m[1])
        return ""

    return BRACKET.sub(take, text), inner


def names(text: str) -> list[str]:
    """The bodies that a list names, each whole: 鄞州区、余姚市人民政府 is 鄞州区人民政府 and 余姚市人民政府.

    A bracket after the list is a second list; 各市、县人民政府 is 各市人民政府 and 各县人民政府. 等部门 alone names nobody.
    """
    spread = LEVELS.sub(lambda m: "、".join(f"{level}{m[2]}" for level in m[1].split("、")), text.replace("\n", ""))
    plain, inner = outside_brackets(COUNTED.sub("", spread))
    parts = [
        re.sub("^(?:请|由|并由)", "", OFFICER.sub("", p.strip(" 　。.等"))).replace(HOLD, "、")
        for p in SPLIT.split(plain)
    ]
    parts = [p for p in parts if p and not GENERIC.fullmatch(p)]
    placed: list[re.Match[str] | None] = [None]  # the next body that is written out, for each part from the last
    for part in reversed(parts[1:]):
        placed.append(PLACED.fullmatch(part) or placed[-1])
    whole: list[str] = []
    for part, model in zip(parts, reversed(placed), strict=False):
        in_group = bool(whole) and whole[-1].startswith("各") and bool(BARE.match(part))
        if model and (PLACE.fullmatch(part) or LEVEL.fullmatch(part)) and shares_tail(part, model):
            part += model["tail"]
        elif model and model["name"] and SHORT_PLACE.fullmatch(part):
            part += model["place"] + model["tail"]
        if in_group:
            part = "各" + part
        elif whole and HEADLESS.fullmatch(part) and not ALREADY_HEADED.match(part) and (head := HEAD.match(whole[0])):
            part = head[0] + part
        whole.append(part)
    return [*whole, *(name for bracket in inner for name in names(bracket))]


def shares_tail(part: str, model: re.Match[str]) -> bool:
    """Whether a place in a list is short for its own part of the next body that is written out.

    鄞州区、余姚市科协, 各市、县教育局 and 各市及有关县教育局 share one; in 各区县、市教育局 the second is another body, and so is
    a zone's committee after 各区县.
    """
    if model["name"] in ("", "有关", "相关") and not model["tail"].endswith("政府"):
        return HEIGHT[re.sub("[（(〔].*", "", part)[-1]] < HEIGHT[model["place"]]
    return part[0] not in "各每" or not model["name"] or model["tail"].endswith("领导小组")


@lru_cache(OFTEN)
def read_remark(text: str) -> Bodies:
    """The bodies that a label line or a bracket names: 牵头单位：…, （…牵头，…负责，8月底前完成）."""
    return Bodies.of(duties(text))


MARKED = re.compile("([^、，,；;（(]+)[（(](?P<verb>牵头|主办|配合|协办|参与)[）)]")
A_BODY = re.compile(
    f"[\\u4e00-\\u9fff、（）()]{{1,200}}(?:[{BODY_ENDS}关]|部门|单位|[省市区县]|公司)(?:[（(][市州县区旗街道单位、]{{1,8}}[）)])?$"
)
BOXED = re.compile("[【［\\[]([\\u4e00-\\u9fff]{2,8})[】］\\]][:：]?")  # 【责任单位】


BESIDE = re.compile("[（(][协協][）)]")


def duties(text: str) -> Iterator[tuple[str, list[str]]]:
    """The lists of bodies in a label line or a bracket, each with its duty: lead, support or body."""
    inside = BOXED.sub(r"；\1：", text.strip("。；\n")).lstrip("；")
    if inside[:1] in "（(〔［[【":
        inside = inside[1:-1] if inside[-1] in "）)〕］]】" else inside[1:]
    inside = inside.partition("。")[0]  # …负责。以下均需各区县负责，不再列出
    if not NAMED.search(inside):
        yield from by_verbs(inside)
        return
    for label, listed in labelled(inside):
        duty = ROLE_LABEL.search(label)
        if duty and not PERSON.search(label):
            for marked in MARKED.finditer(listed):
                yield duty_of(marked["verb"]), names(marked[1])
            rest = MARKED.sub("", listed)
            beside: list[str] = []
            if BESIDE.search(label):  # 主（協）辦機關：甲、(乙)
                rest, beside = outside_brackets(rest)
            if any(DUTY.search(part) for part in re.split("[，,；;]", rest)):
                own = str(duty.lastgroup)
                yield from ((own if kind == "body" else kind, listed) for kind, listed in by_verbs(rest))
            else:
                yield str(duty.lastgroup), names(rest)
            yield from (("support", names(each)) for each in beside)


def by_verbs(text: str) -> Iterator[tuple[str, list[str]]]:
    """The lists of bodies whose duty a verb says: 甲牵头，乙、丙配合; a list without a verb answers for it."""
    pending: list[str] = []
    for part in re.split("[，,；;]|(?<=牵头|负责|配合)、", text):
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


def duty_of(verb: str | None) -> str:
    """The duty that a verb gives, where there is one."""
    verb = verb or ""
    if verb in ("配合", "参与", "协办", "协助"):
        return "support"
    return "lead" if "牵头" in verb or verb == "主办" else "body"


ANY_LABEL = re.compile(
    f"{NAMED.pattern}|(?:(?:完成|办结|整改)?(?:时限|期限|时间)(?:要求)?|责任人|联系人)[:：]|(?:^|(?<=[，,；;。]))[\\u4e00-\\u9fff（）]{{2,10}}[:：]"
)


def labelled(text: str) -> list[tuple[str, str]]:
    """The (label, list) pairs of a text with several labels: 牵头单位：甲；配合单位：乙；完成时限：11月."""
    marks = list(ANY_LABEL.finditer(text))
    ends = [m.start() for m in marks[1:]] + [len(text)]
    return [(m[0], text[m.end() : end].strip("，,；;。")) for m, end in zip(marks, ends, strict=True)]
