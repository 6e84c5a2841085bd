"""What an agency is told in one issue, and what the office is told of all of them."""

from dataclasses import replace
from datetime import date

import pytest
from milestone_factory import INGESTED, commitment, milestone, of_the_day, seed

from tracker.commitments import Target
from tracker.digests import MentionCounts, agency_digest, compose, wording
from tracker.milestones import Status
from tracker.reminders import Reminder, Rules, due
from tracker.render import lay_out

RULES = Rules()
TODAY = date(2018, 11, 5)
OFFICE = "市委督查室"


def told(number=1, rule="lead-30", planned=TODAY, agency="市住建委", folded=False):
    return Reminder(number, rule, planned, agency, "到期日前30天", folded)


def composed(reminders, milestones, today=TODAY, **others):
    return {
        digest.recipient: digest for digest in compose(reminders, milestones, RULES, today, office=OFFICE, **others)
    }


def shown(milestones, today=TODAY):
    reminders = of_the_day(milestones, RULES, today)
    return agency_digest(milestones, "市住建委", RULES, today, office=OFFICE, reminders=reminders)


def overview(milestones, **others):
    return composed(of_the_day(milestones, RULES, TODAY), milestones, office_always=True, **others)[""].overview


def placed(digest):
    return {section.title: [line.milestone for line in section.lines] for section in digest.sections}


def test_the_seed_on_5_november_shows_what_is_overdue_due_soon_and_later():
    digest = shown(seed())
    assert [(section.title, [line.last_day for line in section.lines]) for section in digest.sections] == [
        ("逾期", ["8月底或9月上旬，即 2018-09-10"]),
        ("即将到期", ["11月底，即 2018-11-30"]),
        ("后续到期", ["每年，本期截至 2018-12-31", "2018年12月底前，即 2018-12-31"]),
    ]
    assert [(line.when, line.role) for line in digest.lines] == [
        ("逾期56天", "牵头"), ("还有25天（19个工作日）", "牵头"), ("还有56天", "牵头"), ("还有56天", "牵头"),
    ]  # fmt: skip
    assert digest.lines[0].item == "第97项 国家老旧小区改造试点"
    assert digest.lines[0].targets == ("海曙区、江北区开工小区项目不少于6个",)
    assert digest.lines[0].assumed == ("2018年取自文件日期（2018-08）",)


STANDS = {
    "new_overdue": ("新逾期", milestone(due=date(2018, 11, 2)), "overdue-1"),
    "told at intake": ("新逾期", milestone(due=date(2018, 6, 1)), "intake"),
    "overdue for longer": ("逾期", milestone(due=date(2018, 9, 10)), "overdue-53"),
    "due today": ("即将到期", milestone(due=TODAY), "lead-0"),
    "due soon": ("即将到期", milestone(due=date(2018, 12, 5)), "lead-30"),
    "within its first lead": ("后续到期", milestone(due=date(2018, 12, 6)), "lead-60"),
    "a year within its first lead": ("后续到期", milestone(due=date(2019, 5, 4), precision="year"), "lead-180"),
}


@pytest.mark.parametrize(("title", "each", "rule"), STANDS.values(), ids=STANDS.keys())
def test_a_told_milestone_stands_in_its_section(title, each, rule):
    digest = composed([told(rule=rule)], [each])["市住建委"]
    assert placed(digest) == {title: [1]}
    assert digest.lines[0].news


@pytest.mark.parametrize(("rule", "title"), [("overdue-7", "新逾期"), ("overdue-8", "逾期")])
def test_without_listed_days_the_first_weekly_digest_tells_what_is_newly_overdue(rule, title):
    digests = compose([told(rule=rule)], [milestone(due=date(2018, 10, 29))], Rules(overdue=()), TODAY, office=OFFICE)
    assert placed(digests[0]) == {title: [1]}


def test_what_is_news_leads_then_the_longest_overdue():
    milestones = [
        milestone(1, date(2018, 10, 31)), milestone(2, date(2018, 9, 1)),
        milestone(3, date(2018, 10, 1)), milestone(4, date(2018, 11, 4)),
    ]  # fmt: skip
    reminders = [told(1, "overdue-4"), told(4, "overdue-1")]
    digest = composed(reminders, milestones)["市住建委"]
    assert placed(digest) == {"新逾期": [4], "逾期": [1, 2, 3]}
    assert [line.news for line in digest.lines] == [True, True, False, False]


def test_only_an_agency_that_has_something_to_be_told_gets_a_digest_and_then_the_office_does():
    milestones = [milestone(1), milestone(2, agencies=("市教育局",))]
    assert list(composed([told(1)], milestones)) == ["市住建委", ""]
    assert composed([], milestones) == {}
    assert list(composed([], milestones, office_always=True)) == [""]


def test_a_milestone_of_several_agencies_stands_in_the_digest_of_each_with_its_role():
    shared = milestone(agencies=("市住建委", "市财政局", "海曙区人民政府"), lead=("市住建委",), support=("市财政局",))
    digests = composed([told(agency=agency) for agency in shared.agencies], [shared])
    roles = {name: digest.lines[0].role for name, digest in digests.items()}
    assert roles == {
        "市住建委": "牵头",
        "市财政局": "配合",
        "海曙区人民政府": "责任单位",
        "": "市住建委（牵头）、市财政局（配合）、海曙区人民政府",
    }
    assert digests[""].counts.due_soon == 1
    assert [row.counts.due_soon for row in digests[""].overview.agencies] == [1, 1, 1]


CLOSED = {
    "in time": (date(2018, 11, 2), ["2018-11-02 办结（按期）"]),
    "late stays late": (date(2018, 12, 3), []),
    "a fortnight ago": (date(2018, 10, 22), ["2018-10-22 办结（按期）"]),
    "longer ago": (date(2018, 10, 21), []),
}


@pytest.mark.parametrize(("closed_on", "when"), CLOSED.values(), ids=CLOSED.keys())
def test_what_was_completed_lately_is_shown(closed_on, when):
    done = milestone(status=Status.COMPLETED, closed_on=closed_on)
    assert [line.when for line in shown([done]).lines] == when


def test_a_late_completion_stays_marked():
    done = milestone(due=date(2018, 10, 31), status=Status.COMPLETED, closed_on=date(2018, 11, 2))
    (line,) = shown([done]).lines
    assert line.when == "2018-11-02 办结（逾期2天）"
    assert line.next_told is None


def test_the_office_counts_as_its_agencies_do():
    milestones = [*seed(), milestone(90, None), milestone(91, TODAY, agencies=("市住建委", "市教育局"))]
    for today in (INGESTED, TODAY, date(2018, 12, 29), date(2019, 1, 2)):
        reminders = due(milestones, RULES, today, {})
        digests = composed(reminders, milestones, today)
        rows = {row.agency: row for row in digests[""].overview.agencies}
        for agency, digest in digests.items():
            if agency:
                assert rows[agency].counts == digest.counts
                assert rows[agency].told == sum(line.news for line in digest.lines)
        lines = {section.name: len(section.lines) for section in digests[""].sections}
        counts = digests[""].counts
        assert counts.new_overdue == lines.get("new_overdue", 0)
        assert counts.overdue == counts.new_overdue + lines.get("overdue", 0)
        assert counts.due_soon == lines.get("due_soon", 0)


def test_the_office_reads_who_has_no_address_and_how_much_waits_for_them():
    milestones = [
        milestone(1, date(2018, 9, 1)),
        milestone(2),
        milestone(3, None),
        milestone(4, agencies=("市教育局",)),
    ]
    waiting = overview(milestones, without_address={"市住建委", "市体育局"}).without_address
    assert [(row.agency, row.waiting) for row in waiting] == [("市住建委", 2)]


def test_the_office_reads_how_many_milestones_are_nobodys():
    nobodys = [milestone(1, agencies=(), lead=()), milestone(2, None, agencies=(), lead=()), milestone(3)]
    assert overview(nobodys).unassigned == 1


def test_the_office_reads_what_waits_for_a_person():
    doubtful = milestone(4, stated=commitment(quote="x", review=("usage differs",)))
    (digest,) = compose([], [doubtful, milestone(7, withdrawn=True)], RULES, TODAY, office=OFFICE, office_always=True)
    assert (digest.overview.to_confirm, digest.overview.withdrawn) == ((4,), (7,))
    assert lay_out(digest, RULES).office_notes == (
        "1项到期日待确认（编号4）。",
        "1项原文已无此项、待督查室决定（编号7）。",
    )


def test_what_is_told_for_the_first_time_is_not_newly_overdue():
    each = milestone(due=date(2018, 9, 10))
    (line,) = compose([told(rule="intake")], [each], RULES, TODAY, office=OFFICE)[0].lines
    assert line.when == "首次告知（逾期56天）"


def test_the_counts_of_mentions_add_up():
    assert MentionCounts(tracked=33, set_aside=8, waiting=0).all == 41


def test_the_first_issue_after_an_ingest_is_a_backlog():
    milestones = seed()
    digests = composed(due(milestones, RULES, INGESTED, {}), milestones, INGESTED)
    assert all(digest.backlog for digest in digests.values())
    assert all(not digest.catch_up for digest in digests.values())


def test_an_issue_that_also_tells_what_was_told_before_is_none():
    digest = composed([told(1), told(2, "intake")], [milestone(1), milestone(2)])["市住建委"]
    assert not digest.backlog


MISSED = (date(2018, 11, 1), date(2018, 11, 2))
CATCH_UPS = {
    "planned on a missed day": (date(2018, 11, 1), MISSED, MISSED),
    "planned on the weekend, told today": (date(2018, 11, 4), MISSED, ()),
    "planned today": (TODAY, MISSED, ()),
    "no day missed": (date(2018, 11, 1), (), ()),
    "long before": (date(2018, 10, 25), MISSED, ()),
}


@pytest.mark.parametrize(("planned", "missed", "made_up"), CATCH_UPS.values(), ids=CATCH_UPS.keys())
def test_an_issue_makes_up_for_missed_days_if_something_was_to_be_told_on_them(planned, missed, made_up):
    digest = composed([told(planned=planned)], [milestone()], missed_days=missed)["市住建委"]
    assert digest.missed == made_up
    assert digest.catch_up == bool(made_up)


def test_a_folded_rung_of_a_missed_day_makes_it_a_catch_up_too():
    reminders = [told(rule="overdue-1", planned=date(2018, 11, 1), folded=True), told(rule="overdue-4")]
    digest = composed(reminders, [milestone(due=date(2018, 10, 31))], missed_days=MISSED)["市住建委"]
    assert digest.catch_up
    assert placed(digest) == {"新逾期": [1]}


def test_a_digest_marks_what_is_new_on_its_day():
    each = milestone(due=date(2018, 11, 30))
    held = shown([each], date(2018, 10, 31))
    assert [line.news for line in held.lines] == [True]
    assert [line.next_told for line in held.lines] == [date(2018, 11, 23)]
    after = shown([each], date(2018, 11, 1))
    assert [line.news for line in after.lines] == [False]


def test_a_digest_of_nothing_owed_is_a_digest_without_sections():
    for milestones in ([], [milestone(due=date(2020, 12, 31))], [milestone(agencies=("市教育局",))]):
        digest = shown(milestones)
        assert digest.sections == ()


def test_undated_duties_are_counted_and_never_listed():
    digest = shown([milestone(due=None)])
    assert (digest.counts.undated, digest.lines) == (1, ())


FLAGS = {
    "withdrawn": (milestone(withdrawn=True), ("原文已无此项，待市委督查室确认",)),
    "claimed": (milestone(status=Status.CLAIMED), ("已申请办结，待市委督查室核实",)),
    "under review": (
        milestone(stated=commitment(quote="x", review=("usage differs",))),
        ("原文表述有歧义，到期日待市委督查室确认",),
    ),
    "reviewed": (milestone(stated=commitment(quote="x", review=("usage differs",)), decided=("due",)), ()),
    "plain": (milestone(), ()),
}


@pytest.mark.parametrize(("each", "flags"), FLAGS.values(), ids=FLAGS.keys())
def test_what_waits_for_a_person_is_flagged(each, flags):
    (line,) = shown([each]).lines
    assert line.flags == flags


def test_of_what_waits_for_the_office_no_next_reminder_is_promised():
    (claimed,) = shown([milestone(status=Status.CLAIMED)]).lines
    (still_open,) = shown([milestone()]).lines
    assert claimed.next_told is None
    assert still_open.next_told is not None


UNTIL = "已签收，暂停提醒至 2018-11-09"
PAUSED = {
    "by itself": ((("市住建委", date(2018, 11, 9)),), UNTIL, f"市住建委{UNTIL}"),
    "over": ((("市住建委", TODAY),), "", ""),
    "another one": ((("市财政局", date(2018, 11, 9)),), "", f"市财政局{UNTIL}"),
}


@pytest.mark.parametrize(("pauses", "own", "offices"), PAUSED.values(), ids=PAUSED)
def test_what_was_acknowledged_says_so_to_the_agency_and_to_the_office(pauses, own, offices):
    each = milestone(due=date(2018, 11, 30), agencies=("市住建委", "市财政局"), acknowledged=pauses)
    digests = composed([told()], [each])
    assert [digests[name].lines[0].acknowledged for name in ("市住建委", "")] == [own, offices]


LAST = date(2018, 11, 30)
LAST_DAYS = {
    "11月底，即 2018-11-30": milestone(),
    "每季度，本期截至 2018-12-31": milestone(
        due=date(2018, 12, 31), recurrence="QUARTERLY", stated=commitment(timex="每季度", due=date(2018, 9, 30))
    ),
    "2019-03-31（原文“11月底”，即 2018-11-30，已调整）": milestone(
        due=date(2019, 3, 31), stated=commitment(timex="11月底", due=LAST)
    ),
    "2018年，即 2018-12-31": milestone(due=date(2018, 12, 31), stated=commitment(timex="2018", due=date(2018, 12, 31))),
    "2018-11-30（原文“12月底”，即 2018-12-31，办结后修改）": milestone(
        status=Status.COMPLETED, stated=commitment(timex="12月底", due=date(2018, 12, 31))
    ),
    "2019-03-31（原文“两年内”）": milestone(
        due=date(2019, 3, 31), baseline_due=None, stated=commitment(timex="两年内")
    ),
    "2019-03-31（原定 2018-11-30，已调整）": milestone(due=date(2019, 3, 31), baseline_due=LAST, stated=None),
    "2018-11-30": milestone(stated=None),
}  # fmt: skip


@pytest.mark.parametrize(("words", "each"), LAST_DAYS.items())
def test_the_last_day_is_given_with_how_it_is_worded(words, each):
    assert wording.last_day(each) == words


TARGETS = {
    "产业园不少于3个": Target("产业园", ">=", 3.0, "个"),
    "县域内就诊率不低于90%": Target("县域内就诊率", ">=", 90.0, "%"),
    "审批时间不超过100个工作日": Target("审批时间", "<=", 100, "个工作日"),
    "占比高于0.5": Target("占比", ">", 0.5, ""),
    "投资约1200000万元": Target("投资", "~", 1_200_000, "万元"),
}


@pytest.mark.parametrize(("words", "target"), TARGETS.items())
def test_a_target_reads_as_officials_write_it(words, target):
    assert wording.target(target) == words


ASSUMPTIONS = {
    "year 2018 from the document date 2018-08": "2018年取自文件日期（2018-08）",
    "year 2019 from the document date 2018-12 and the tense": "2019年取自文件日期和上下文（2018-12）",
    "year 2018 from the title “2018年工作要点”": "2018年取自文件标题（2018年工作要点）",
    "year 2018 from the item's title “2018年试点”": "2018年取自事项标题（2018年试点）",
    "year 2018 from the heading “2018年重点任务”": "2018年取自小标题（2018年重点任务）",
    "year 2018 from the same sentence": "2018年取自本句",
    "counted from the document date 2018-08 2018-08-31": "期限自文件日期（2018-08）起算，起算日 2018-08-31",
    "counted from the document date 2018-10-12 2018-10-12": "期限自文件日期（2018-10-12）起算",
    "first period from the document date 2018-08": "首期按文件日期（2018-08）确定",
    "relative to the document date 2018-08": "按文件日期（2018-08）推算",
    "取自领导批示": "取自领导批示",
}


@pytest.mark.parametrize(("words", "chinese"), ASSUMPTIONS.items())
def test_an_assumption_is_told_in_chinese(words, chinese):
    each = milestone(stated=commitment(assumed=(words,)))
    assert wording.assumed(each) == (chinese,)
    assert wording.assumed(replace(each, decided=("due",))) == ()
