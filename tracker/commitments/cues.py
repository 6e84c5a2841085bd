"""What a mention does in its clause: a table of cues, each with the sentences that show it.

A cue is a pattern over the clause with the mention between 【 and 】. The first cue that fits decides; "due" leaves the
kind of obligation (deadline, window, recurrence, duration) to the shape of the mention itself.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from ..documents import SectionName
from ..timex import Mention, Timex
from .agencies import BODY_ENDS
from .values import Role

# How a day lies to the document: behind or ahead where its year is said, over or coming where that is taken from
# elsewhere; open where the document lies in it, or its end is not said.
Tense = Literal["behind", "over", "open", "coming", "ahead"]
ALWAYS: tuple[Tense, ...] = ("behind", "over", "open", "coming", "ahead")
NOT_AHEAD, UNLESS_SAID, OVER = ALWAYS[:3], ALWAYS[:4], ALWAYS[:2]
REACH = 60  # characters of the clause on each side of a mention that a cue sees


@dataclass(frozen=True)
class Cue:
    """One row: the role that a pattern gives, the sentences that show it, and the TIMEX3 types and tenses it is for.

    A cue for past facts says nothing of a day that lies ahead: 10月底前印发方案 has not happened.
    """

    role: Role | Literal["due"]
    pattern: str
    examples: tuple[str, ...]
    types: str = "DATE DURATION SET"
    tenses: tuple[Tense, ...] = ALWAYS

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The compiled pattern."""
        return re.compile(self.pattern)


NOUN = "[^，。；、的【】]"
MAKING = "制定|编制|出台|印发|(?<!未)完成|开展|形成|起草|修订|建立|启动|研究|推进|实施(?!方案)"
TITLE = (
    "安排|要点|重点(?:工作|任务|工作任务)|主要任务|(?<=】)(?:任务|重点)|目标(?:任务)?|总结|回顾|计划|规划|方案|(?:责任|任务|问题|工作|事项|服务|措施)清单|台账|(?:分解|一览|统计|任务|安排|进度|情况)表|分工表?|思路|打算|设想"
    "|工作情况|进展情况|通知|报告|意见"
)
STATED = "建成|交付|取得|实施|投产|发生|形成|出台|公布|修缮|新增|竣工|开工|注册|登记|查处|立项|认定|获得|签订|备案|引进|毕业|入职|出生"  # what a thing or a person is known by
FUTURE = "(?:将|拟|要|须|应|请|计划|预计|力争|争取|确保|务必|必须|应当|不晚于|不迟于|最迟|原则上)"

CUES = (
    Cue("past", "^【[^】]*[日号]】$|(?:发布|发文|成文|印发|公布|更新)(?:日期|时间)[：:]【", (
        "【2023年1月6日】", "发布日期：【2016-03-01】"), "DATE", tenses=NOT_AHEAD),
    Cue("past", "^[^。；]{0,12}【[^】前底]*】[^。；]{0,60}(?:主持召开|召集召开|组织召开)[^。；]{0,30}会", (
        "【8月13日下午】，局长张三同志主持召开局长办公会",), "DATE", tenses=NOT_AHEAD),
    Cue("past", "【全年】[^，。；]{0,16}共(?:计|有)?[^，。；]{2,10}[0-9]", ("【全年】市政府网站共发布各类信息46106条",), "DATE"),
    Cue("due", "(?:延期|推迟|顺延|延长|调整)(?:至|到)【(?!去|上)", ("未完成，延期至【10月15日】",), "DATE", tenses=ALWAYS[1:]),
    Cue("past", "过去【[^】]*】", ("过去【五年】，是发展进程中很不平凡的五年",), "DURATION"),
    Cue("past", "^[^，。；]{2,60}(?:表|情况|通报|清单|台账)[（(](?:截至|截止到?)【", ("民生实事进展情况表（截至【7月底】）",), "DATE"),
    Cue("past", f"^(?:时间|日期)[：:]【[^】前底]*】|^[\\u4e00-\\u9fff（）、]{{4,60}}[{BODY_ENDS}组]【[0-9]{{4}}年[^】前底起]*日】(?:[（(]|$)", (
        "时间：【2018-06-01】", "市人民政府办公室【2018年5月19日】（此件公开发布）"), "DATE", tenses=NOT_AHEAD),
    Cue("past", "^[—-]{0,2}【[0-9]{4}年[^】前底起]*日】(?:在|于)[^，。；]{4,40}(?:会议|大会)上?$|【[^】前底起]*日】，[^。；]{2,40}(?:[作做]出[^，。；]{0,8}批示"
        "|强调|指出|调研|听取了|主持召开了?)", ("【2018年7月22日】在市第一届人大常委会第十六次会议上", "【7月17日】，市长对整改工作作出批示"), "DATE",
        tenses=NOT_AHEAD),
    Cue("name", "^关于[^，。；]*【(?![0-9]{4}年度?】)[^】]*】[^，。；]*的(?:通报|通知|报告|函|意见|批复|公告|请示)$", ("关于【7月份】重点工作调度情况的通报",)),
    Cue("name", "^附件[0-9]{0,2}[：:][^。；]{0,40}【[0-9]{4}年[^】前底]*】", ("附件：1.城管局【2019年】重点项目表",), "DATE"),
    Cue("name", "^[（(]【(?:[0-9]{4}年?[-—–~至])?[0-9]{4}年度?】[）)]$", ("（【2018—2020年】）",), "DATE"),
    Cue("window", "^[\\u4e00-\\u9fff]{2,12}(?<!计划|规划|方案|纲要)[（(]【[^】前]*】[）)]$", ("动员部署（【2023年5月上旬】）",), "DATE"),
    Cue("window", "(?:执行|延续|延长|有效|实施)(?:期限|时间|期)?(?:至|到|为|截至|截止到?)【", (
        "政策执行至【2024年12月31日】", "以上政策延续到【2023年12月31日】", "上述政策实施期限截至【2025年6月底】"), "DATE"),
    Cue("name", "《[^《》]*【[^】]*】[^《》]*》", ("印发《健康宁波【2030】行动纲要》，召开大会", "按照《推广应用【三年】行动计划》的要求")),
    Cue("name", "(?:计划|规划|方案|纲要|工程|行动|清单|要点|手册|告知书|目录|台账|名单|任务表|分解表|安排表)[（(]【[^】]*】[^（）()]{0,6}[）)]|[（(]【[^】]*】(?:版|修订|修正)",
        ("编制健康宁波建设行动计划（【2018-2020年】）和实施方案", "业务告知书（【2020年】版）执行", "执行国家药品目录（【2017年】版）")),
    Cue("name", "【[^】]*】(?:[\\u4e00-\\u9fff]{0,8}行动(?:计划|方案)|五年规划)", ("确保我市优化营商环境【三年】行动计划圆满完成",)),
    Cue("name", "【[^】]*年】(?!时间|内|完成|实现|达到)[\\u4e00-\\u9fff]{0,6}?(?:行动|活动|攻坚|倍增|规划)", (
        "治本攻坚【三年】行动过程中", "召开助力“【三年】活动”对接会"), "DURATION"),
    Cue("name", "[“\"]【十?[一二三四五六七八九十]五】[”\"]", ("指导11个高校实施“【十三五】”宁波市高校教育教学体制改革试点",)),
    Cue("name", "【(?:19|20)[0-9]{2}】", ("举办【2018】宁波市文化消费季活动",)),
    Cue("name", f"(?:完成|实施|纳入|列入|办好|抓好|推进|组织|召开|举办)【[0-9]{{4}}年度?】{NOUN}{{2,}}",
        ("2018年底，完成【2018年】十大改善医疗服务项目的各项指标任务", "对新增纳入【2023年】省工业年报库的企业",
         "召开【2023年度】金融联席会议", "组织【2023年度】政务公开第三方评估")),
    Cue("attribute", "(?:明确|确定|下达|分解|细化|测算)【(?:[0-9]{4}|今|明)年度?】[^，。；]{0,16}(?:目标|任务|计划|指标)", (
        "明确【2023年】金融指标增长目标",), "DATE"),
    Cue("name", f"^[^，。；]{{0,40}}【[0-9]{{4}}年度?】(?:(?!{MAKING})[^，。；]){{0,20}}(?:{TITLE})(?:[（(](?![^（()）]*(?:负责|牵头|配合))[^（()）]*[）)])?$", (
        "关于印发【2019年】工作要点的通知", "【2019年】工作安排", "天津市【2023年】优化营商环境责任清单",
        "【2019年】工作思路", "【2018年】主要工作回顾", "【2021年】安全生产任务分解表", "【2023年度】重点工作清单（一季度执行情况）"), "DATE"),
    Cue("attribute", "【[0-9]{4}年度?】，?[^，。；]{0,16}(?:做好|抓好|抓实|推进|开展|落实)(?:以下|下列|如下)", (
        "【2018年】重点抓好以下工作",), "DATE"),
    Cue("name", "(?:启动|筹备|筹办|申办|迎接|备战|对照|按照|根据|依据|围绕|对标|落实|贯彻|结合|参照)(?:了|好)?【[0-9]{4}年度?】",
        ("启动【2022年】亚运会筹备工作", "对照【2020年】目标，11月底前完成评估", "落实【2016年】国务院文件精神"), "DATE"),
    Cue("attribute", "作为【(?:[0-9]{4}|今|明)年度?】|(?:现将|现就|对)【[0-9]{4}年度?】|(?:做好|搞好|谋划)【[^】前底]*】[^，。；]{0,16}工作|以【[0-9]{4}年度?】[^，。；]{2,40}为"
        "|【(?:[0-9]{4}|今|明)年】(?:仍|也|既)?是[^，。；]{0,40}(?:年|期|阶段|节点|之际)", (
        "现将【2016年】“民生实事”目标任务分解下达", "对【2025年】重点工作采取以下机制", "做好【2017年】政府工作，必须把握主动权", "作为【今年】政务督查的重中之重", "为做好【春节期间】有关工作",
        "以【2023年】督察通报的突出问题为重点", "【2019年】是新一届政府开局之年"), "DATE"),
    Cue("attribute", "(?:确定|提出|部署|安排|明确|下达)(?:的|了)?(?:[全我本][省市县区])?【(?:[0-9]{4}|今)年度?】[^，。；]{0,30}(?:工作|任务|目标|事项|措施)"
        "|(?:确保|圆满完成)【(?:[0-9]{4}|今)年度?】(?:各项|全部)?(?:年度|全年)?(?:重点)?(?:目标|任务|工作)[^，。；0-9]{0,12}(?:[，。；]|$)", (
        "完成《政府工作报告》中确定的【2018年】各项工作任务", "确定了我区【2018年】的工作目标和任务", "确保【2018年】各项年度目标任务圆满完成"), "DATE"),
    Cue("attribute", "(?:完成|确保|实现|对照|围绕|按照|为|超额|冲刺|锚定)【全年】[^，。；]{0,12}(?:目标|任务|计划|指标)", (
        "确保【全年】目标任务顺利完成",), "DATE"),
    Cue("past", "(?:较|比|由|从|超过|高于|低于)【(?:上年|去年|上一年|前年)度?】", ("比【上年】减少300亿元", "由【上年】第四位升为第三位"), "DATE"),
    Cue("attribute", "(?:较|比|相比|同比|对比)(?:于)?【", ("普惠小微贷款余额较【年初】增长15%以上", "比【2017年】提高10个百分点"), "DATE"),
    Cue("attribute", "【[^】]*[年月]内】[^，。；]{0,6}(?:给予|享受|免[收征缴交]|减[征免半按]|不再收取|按[^，。；]{1,8}(?:补助|补贴|奖励))", (
        "对首次创业的人员【三年内】给予定额税费减免", "【两年内】免收场地租金"), "DURATION"),
    Cue("attribute", "(?:至|到|为|超过|低于|约|平均|届满|满|缩短|压减|压缩|控制|步行|换乘|时间)【[^】]*】", (
        "等工程审批压减至【100个工作日以内】", "平均步行换乘时间【7分钟左右】", "被吊销营业执照已届满【三年】、无欠缴税费"), "DURATION"),
    Cue("past", "(?:应|须|要求?|计划|原定|承诺)[^。；]{0,60}【[^】]*】[^。；]{0,60}(?:，但|，却|，然而|目前[仅只尚仍]|截至目前|实际[仅只]|仍未|尚未|至今)", (
        "污水处理厂应在【2017年底前】达标，但市里一拖再拖", "要求提标改造在【2017年底前】完成，目前仅完成3座"), "DATE", tenses=NOT_AHEAD),
    Cue("name", "【(?:[0-9]{4}|今|本)年度?】第[0-9一二三四五六七八九十]{1,3}次[^，。；【】]{0,12}(?:会议|全会|例会)", (
        "方案已经市人民政府【2024年】第7次常务会议审议通过", "【2024年】第五次县政府常务会议确定事项43件"), "DATE"),
    Cue("attribute", "(?:将|把|对|报送|上报|通报)(?:本[单部][位门])?【[0-9]{1,2}月份?】[^，。；]{0,12}(?:情况|数据|报表|总结|名单)", (
        "请于8月3日前将【7月份】进展情况报区政府",), "DATE"),
    Cue("attribute", "对【[^】]*】[^，。；]{1,16}的[^，。；]{0,12}，?(?:按|给予|予以|可|一次性)", (
        "对【2020年6月30日前】复工的企业，按每人500元给予补贴",), "DATE"),
    Cue("past", "(?:未能?|没有)(?:按[^，。；]{0,8}(?:计划|要求|期|时))[^，。；]{0,4}【", ("因征迁滞后未能按计划于【7月底前】开工",), "DATE",
        tenses=NOT_AHEAD),
    Cue("due", f"{FUTURE}(?:于|在|到|至)?【(?!上?[上去本当](?:一?个?[年月周]|一?季度)】)", ("已完成立项，将于【8月底或9月上旬】正式开工", "优化试点实施方案，并计划于【9月底前】完成")),
    Cue("attribute", "【[^】]*】[^。；]{0,40}的，(?:可|给予|予以|按|依法|不再|视为|享受|奖励|参照|一次性)", (
        "企业在【2018年12月31日前】办理备案的，给予一次性补助",), "DATE"),
    Cue("past", "【[0-9]{4}年[^】]*[日号]】(?:公布|印发|发布|出台|施行|修订|批准|通过|召开|签订)(?:实施)?的", (
        "继续参照【2019年11月11日】公布的手册执行",), "DATE", tenses=NOT_AHEAD),
    Cue("deadline", "完成【(?:本年度|今年|年度)】[^，。；]{0,12}任务", ("完成【本年度】历史建筑的公布任务",), "DATE"),
    Cue("attribute", f"【[^】]*】{NOUN}{{0,4}}(?:{STATED}){NOUN}{{0,12}}的", (
        "基本完成【2000年底前】建成交付的老旧住宅小区改造", "全省【2020年10月至2021年10月底】取得施工许可的房屋建筑",
        "【2023年】实施的政府采购项目，采购人可以结合项目实际", "开展【2015年至2017年】历史建筑修缮的技术评估",
        "制定【2021—2023年】新增新能源汽车的具体计划"), "DATE", tenses=NOT_AHEAD),
    Cue("attribute", "(?:制定|编制|填写|梳理|开展|总结)(?:了|本部门)?【[^】]*】[^，。；]{0,20}(?:清单|计划|评估|事项|名单|报告|台账)", (
        "认真填写【2021年度】在建项目清单", "开展【2017年】项目评估"), "DATE"),
    Cue("attribute", "季度[（(]【(?:全年|半年|上半年|下半年)】[）)]", ("报送三季度、四季度（【全年】）工作进展情况",)),
    Cue("attribute", "【(?:上一?年度?|去年|下一?年度)】", ("对【去年】未完成的项目", "征集【下一年度】建设需求"), "DATE"),
    Cue("attribute", "【[^】]*】[^，。；]{0,12}(?:无法|不能|未能?|没有|逾期)[^，。；]{0,24}的(?:单位|部门|企业|项目|地区|地方|事项|人员|个人|问题|任务|$)"
        "|对【[^】]*】[^，。；]{0,6}未[^，。；]{0,16}的", (
        "因特殊原因【11月24日】无法完成缴纳的单位", "对【9月底前】未完成整改的企业", "对【10月底】仍未办结的提案"), "DATE"),
    Cue("attribute", "(?:对|按|报送|上报|总结|通报|听取|汇报)[^，。；【】]{0,16}【(?:本月|当月|上月|[上本]周|上季度|全年|[上下]半年|第?[一二三四]季度)】"
        "|【(?:本月|当月|上月|[上本]周|上季度|全年|[上下]半年|第?[一二三四]季度)】[^，。；]{0,14}(?:的|情况|数据|进展)", (
        "对【全年】上缴工会经费低于1万元的", "报送【一季度】、二季度工作进展情况", "每月25日前报送【当月】工作情况"), "DATE"),
    Cue("attribute", "期限(?:为)?【|有效期(?:为)?【|【[^】]*】(?:以上|及以上|[\\u4e00-\\u9fff]{0,4}期的|期限)", ("有效期【五年】", "城镇登记失业【半年】以上人员", "确定【2年】试点期的项目库"), "DURATION"),
    Cue("past", "(?:截至|截止到?)(?:该年|当年|去年|上年)?【[^】]*】[^。；]{0,40}(?:已|累计|共|达到|为)", ("截至【7月份】，全市已组建家庭医生签约团队1456个",), tenses=NOT_AHEAD),
    Cue("past", "(?:截至|截止到?)(?:该年|当年|去年|上年)?【[^】前]*】，(?![^。；]{0,40}(?:须|应|一律|将))", ("截至【7月25日】，全县项目开工38个，完成投资12亿元",),
        "DATE", tenses=OVER),
    Cue("past", "(?:截至|截止到?)(?:该年|当年|去年|上年)?【[^】]*】，?[^，。；]{0,20}(?:已|共有|累计已)", ("截至【12月底】，共有九成村庄达标",), tenses=UNLESS_SAID),
    Cue("past", "【[^】]*(?:以来|年来|月来)】|已(?:经)?[于在]【", (
        "【今年以来】，全市新设企业两万家", "项目已于【6月20日】正式通车", "【一年来】，改革取得重要进展"), "DATE DURATION", tenses=NOT_AHEAD),
    Cue("past", "是[^，。；]{2,10}的[0-9.]+倍[^。；]{0,20}【全年】|【[^】]*】，?[^，。；]{0,16}(?:同比|环比|比上年同期)", (
        "投入是2010年的2.2倍，【全年】开工建设1043万套", "【上半年】，出口同比增长一成"), "DATE", tenses=NOT_AHEAD),
    Cue("past", f"【[^】]*】，?{NOUN}{{0,10}}(?:已|了(?!解)|入选|荣获|获得|被评为|印发)", (
        "开展试点课题研究，【7月底】完成了摸底调查", "【今年】已列入改革试点的小区项目已完成立项",
        "【今年6月】，入选国家文化消费试点城市"), "DATE SET", tenses=NOT_AHEAD),
    Cue("attribute", "【每[^】]*】的(?!第?[0-9一二三四五六七八九十初])", ("明确【每季度】的形象进度",), "SET"),
    Cue("attribute", "每(?:月|季度?|半?年)[^，。；（）]{0,2}[（(](?:即|分别)?[在于]?[^（()）]{0,24}【", ("每季度末（分别在【6月】、9月）报送",), "DATE"),
    Cue("attribute", "【(?:年均|月均|月度)】", ("海铁联运【年均】增长40%以上", "建立【月度】工作通报制度"), "SET"),
)  # fmt: skip


def shown(text: str, mention: Mention, start: int, stop: int) -> str:
    """The clause around a mention, with the mention between 【 and 】, at most REACH characters on each side."""
    before = text[max(start, mention.start - REACH) : mention.start]
    after = text[mention.stop : min(stop, mention.stop + REACH)]
    return f"{before}【{mention.quote}】{after}"


def bounds(timex: Timex) -> bool:
    """Whether a length bounds an obligation: it ends on a day, or is a limit that counts from an event."""
    return timex.end is not None or timex.mod == "EQUAL_OR_LESS"


def role_by_shape(mention: Mention) -> Role:
    """The kind of obligation that a mention makes when it makes one."""
    timex = mention.timex
    if timex.type == "SET":
        return "recurrence"
    if timex.type == "DURATION":
        return "duration" if bounds(timex) else "attribute"
    if (
        mention.quote == "全年"
        or timex.open_start
        or ("/" in timex.value and timex.mod != "END" and timex.begin is not None)
    ):
        return "window"
    return "deadline"


def role_of(clause: str, mention: Mention, section: SectionName, tense: Tense) -> tuple[Role, str]:
    """The role of a mention and the reason, from the clause that `shown` gives.

    `section` decides where no cue does: what stands in a progress section has happened, unless its day lies ahead.
    """
    timex = mention.timex
    if timex.value == "PRESENT_REF":
        return "present", "the present"
    for cue in CUES:
        if timex.type in cue.types and tense in cue.tenses and cue.regex.search(clause):
            role = role_by_shape(mention) if cue.role == "due" else cue.role
            return role, f"cue {cue.pattern}"
    if timex.type == "DURATION" and not bounds(timex):
        return "attribute", "a length that bounds nothing"
    if section == "progress" and tense in NOT_AHEAD:
        return "past", "stands in a report of progress"
    if tense == "behind":
        return "past", "lies before the document"
    return role_by_shape(mention), "an obligation by its shape"
