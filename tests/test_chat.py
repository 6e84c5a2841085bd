"""Chats: short texts beside the mail, each sent once, cut to what its service carries, and never in the mail's way."""

import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from chat_server import HANG_UP, URLS, ChatServer, chat_server
from hypothesis import given
from hypothesis import strategies as st
from mail_server import MAIL, MailServer, mail_server
from sqlalchemy.engine import Engine

from tracker import store
from tracker.config import Config, load
from tracker.delivery import Deferred, Doubtful, Rejected, Sent
from tracker.delivery.chats import CHATS, Chat, parts, sending
from tracker.errors import ConfigError, UsageError
from tracker.jobs import chat
from tracker.jobs.add import Wanted, add
from tracker.jobs.chat import ChatReport, send_chats
from tracker.jobs.deliver import deliver
from tracker.jobs.doctor import examine
from tracker.jobs.scan import scan
from tracker.store.chats import ChatRow

DAY = date(2018, 9, 3)
NOON = datetime(2018, 9, 3, 4, tzinfo=UTC)
CONFIG = (
    MAIL
    + """[delivery]
lease_seconds = 60
retry_minutes = [5, 30]
[chat]
timeout_seconds = 2
[chat.to]
"甲局" = ["CHAT_A"]
office = ["CHAT_OFFICE"]
"""
)
A_OK = '{"errcode": 0, "errmsg": "ok"}'


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    with chat_server(monkeypatch) as running:
        yield running


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def configured(folder: Path, mail: MailServer, server: ChatServer, more: str = "", **urls: str) -> Config:
    file = folder / "chat.toml"
    file.write_text(CONFIG.format(port=mail.port) + more, encoding="utf-8")
    both = {"CHAT_A": server.url("钉钉"), "CHAT_OFFICE": server.url("webhook")}
    return load(str(file), {"HOME": str(folder), **both, **urls})


@pytest.fixture
def config(tmp_path: Path, mail: MailServer, server: ChatServer) -> Config:
    return configured(tmp_path, mail, server)


def issue(engine: Engine, config: Config, day: date = DAY, titles: tuple[str, ...] = ("改造小区",)) -> None:
    """Puts a digest for 甲局 and one for the office into the outbox."""
    now = NOON + (day - DAY)
    for title in titles:
        add(engine, Wanted(title=title, due=day + timedelta(days=7), agencies=("甲局",)), day=day, by="t", now=now)
    with store.writing(engine) as db:
        store.agencies.set_many(db, {"甲局": {"email": "a@example.org"}})
    scan(engine, config, today=day, now=now)


def mailed(engine: Engine, config: Config, now: datetime = NOON) -> None:
    deliver(engine, config, clock=lambda: now, out=lambda _text: None)


def chatted(engine: Engine, config: Config, now: datetime = NOON) -> ChatReport:
    return send_chats(engine, config, clock=lambda: now)


def rows(engine: Engine) -> list[ChatRow]:
    with store.reading(engine) as db:
        return store.chats.listed(db)


def test_each_chat_gets_the_short_text_once_after_the_mail(
    engine: Engine, config: Config, mail: MailServer, server: ChatServer
) -> None:
    issue(engine, config)
    assert chatted(engine, config) == ChatReport(), "no mail was taken yet"
    mail.refuse = {"a@example.org": "451 later"}
    mailed(engine, config)
    chatted(engine, config)
    assert [row.agency for row in rows(engine)] == [""]
    mail.refuse = {}
    mailed(engine, config, NOON + timedelta(hours=1))
    for _ in range(2):
        chatted(engine, config, NOON + timedelta(hours=1))
    assert [(row.agency, row.target, row.service, row.state) for row in rows(engine)] == [
        ("", "CHAT_OFFICE", "webhook", "sent"),
        ("甲局", "CHAT_A", "钉钉", "sent"),
    ]
    to_office, to_agency = server.texts
    assert to_office.startswith("【督查通报·立项】督查室 临期1（第1期）\n")
    assert to_agency == (
        "【督查提醒·立项】甲局 临期1（第1期）\n督查室　第1期 · 2018-09-03（周一）\n"
        "逾期0项，即将到期1项。本期提示1项，标有［提示］。\n▌即将到期\n"
        "2018-09-10　改造小区（还有7天（5个工作日），编号1）\n"
        "全文、依据和附表见同一期的邮件；办结或情况有变请回复邮件，在此回复不作登记。"
    )


# status and body of the answer, or none at all: what is made of it
ANSWERS = {
    "taken": (("钉钉", (200, A_OK)), Sent),
    "a refusal that HTTP calls a success, 钉钉": (
        ("钉钉", (200, '{"errcode": 310000, "errmsg": "keywords not in content"}')),
        Rejected,
    ),
    "the same of 企业微信": (("企业微信", (200, '{"errcode": 93000, "errmsg": "invalid webhook url"}')), Rejected),
    "the same of 飞书": (("飞书", (200, '{"code": 19024, "msg": "Key Words Not Found"}')), Rejected),
    "too many a minute, 钉钉": (("钉钉", (200, '{"errcode": 410100, "errmsg": "send too fast"}')), Deferred),
    "too many a minute, 企业微信": (("企业微信", (200, '{"errcode": 45009, "errmsg": "freq out of limit"}')), Deferred),
    "too many a minute, 飞书": (("飞书", (200, '{"code": 11232, "msg": "frequency limited"}')), Deferred),
    "too many a minute, Slack": (("Slack", (429, "rate_limited")), Deferred),
    "an unknown webhook": (("Slack", (404, "no_service")), Rejected),
    "a server in trouble": (("webhook", (503, "try later")), Deferred),
    "no answer at all": (("webhook", HANG_UP), Doubtful),
    "no JSON": (("飞书", (200, "<html>")), Sent),
}


@pytest.mark.parametrize(("given_answer", "outcome"), ANSWERS.values(), ids=ANSWERS)
def test_what_a_service_answers_is_understood(
    server: ChatServer, given_answer: tuple[str, tuple[int, str] | str], outcome: type
) -> None:
    name, answer = given_answer
    server.answers = [answer]
    found = sending.send(server.url(name), "短文", 2)
    assert isinstance(found, outcome), found
    assert len(server.requests) == 1


def test_a_slow_service_leaves_a_doubt_and_one_that_is_down_none(server: ChatServer) -> None:
    server.delay = 2
    assert sending.send(server.url("webhook"), "短文", 1) == Doubtful("no answer in time")
    assert sending.send("json://127.0.0.1:1/hook", "短文", 1) == Deferred("no connection")


def test_the_address_is_in_no_answer_and_in_no_log(server: ChatServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.answers = [(403, "no: wkey-1234567890")]
    found = sending.send(server.url("企业微信"), "短文", 2)
    assert found == Rejected("403 no: …")
    for url in (
        "wecombot://bad key!",
        "dingtalk://bad_token_1234567890/",
        "nothing",
        "tgram://123456789:abcdefghijk/1/",
    ):
        assert isinstance(sending.send(url, "短文", 2), Deferred)
    log = "".join(record.getMessage() for record in caplog.records if record.name != "urllib3.connectionpool")
    assert "1234567890" not in log


def test_what_is_put_off_is_tried_again_until_the_next_issue(
    engine: Engine, config: Config, server: ChatServer
) -> None:
    issue(engine, config)
    mailed(engine, config)
    server.answers = [(503, "")] * 4
    report = chatted(engine, config)
    assert [one.outcome for one in report.troubles] == ["put off until 2018-09-03 04:05Z"] * 2
    assert chatted(engine, config) == ChatReport()
    assert len(chatted(engine, config, NOON + timedelta(minutes=5)).troubles) == 2
    later = DAY + timedelta(days=1)
    issue(engine, config, later, ("又一项",))
    mailed(engine, config, NOON + timedelta(days=1))
    assert len(chatted(engine, config, NOON + timedelta(days=1)).sent) == 2
    assert [row.state for row in rows(engine)] == ["cancelled", "cancelled", "sent", "sent"]


def test_a_refusal_is_named_by_the_doctor_and_sent_after_retry(
    engine: Engine, config: Config, server: ChatServer
) -> None:
    issue(engine, config)
    mailed(engine, config)
    server.answers = [(200, '{"errcode": 310000, "errmsg": "sign not match"}')]
    (trouble,) = chatted(engine, config).troubles
    assert trouble.outcome == "failed"
    found = [one.words for one in examine(engine, config, today=DAY, now=NOON) if "chat" in one.words]
    assert found == [
        f"chat message {rows(engine)[0].id} (甲局 第1期 to CHAT_A) failed: "
        '200 {"errcode": 310000, "errmsg": "sign not match"}; mend the cause, then tracker chat retry 1'
    ]
    chat.retry(engine, rows(engine)[0].id, now=NOON)
    assert len(chatted(engine, config).sent) == 1
    with pytest.raises(UsageError, match="is sent"):
        chat.retry(engine, rows(engine)[0].id, now=NOON)


def test_a_sender_that_died_costs_one_repetition_at_most(engine: Engine, config: Config, server: ChatServer) -> None:
    issue(engine, config)
    mailed(engine, config)
    server.answers = [HANG_UP, (200, "")]
    assert [one.outcome for one in chatted(engine, config).troubles] == ["in doubt, is sent once more"]
    assert chatted(engine, config) == ChatReport(), "the claim has not run out"
    server.answers = [HANG_UP]
    report = chatted(engine, config, NOON + timedelta(minutes=2))
    assert [one.outcome for one in report.troubles] == ["failed"]
    assert [(row.state, row.attempts, row.possible_duplicate) for row in rows(engine)] == [
        ("failed", 2, True),
        ("sent", 1, False),
    ]
    assert chatted(engine, config, NOON + timedelta(days=1)) == ChatReport()


def test_a_row_whose_senders_died_twice_is_given_up(engine: Engine, config: Config) -> None:
    issue(engine, config)
    mailed(engine, config)
    with store.writing(engine) as db:
        store.chats.add(db, {"甲局": ("CHAT_A",)}, NOON - timedelta(days=1))
    for minutes, state in ((0, "sending"), (2, "sending"), (4, "failed")):
        with store.writing(engine) as db:
            store.chats.claim(db, "dead", NOON + timedelta(minutes=minutes), 60)
        assert [row.state for row in rows(engine)] == [state]


def test_of_two_senders_one_takes_it(engine: Engine, config: Config) -> None:
    issue(engine, config)
    mailed(engine, config)
    with store.writing(engine) as db:
        store.chats.add(db, {"甲局": ("CHAT_A",)}, NOON - timedelta(days=1))
        store.chats.add(db, {"甲局": ("CHAT_A",)}, NOON - timedelta(days=1))
        assert store.chats.claim(db, "one", NOON, 60) is not None
        assert store.chats.claim(db, "two", NOON, 60) is None
        assert not store.chats.mark(db, 1, "two", state="sent")


def test_only_the_parts_that_were_not_taken_are_sent_again(
    engine: Engine, tmp_path: Path, mail: MailServer, server: ChatServer
) -> None:
    config = configured(tmp_path, mail, server, CHAT_A=server.url("企业微信"))
    issue(engine, config, titles=tuple(f"{n}号任务" + "长" * 70 for n in range(24)))
    mailed(engine, config)
    server.answers = [(200, A_OK), (503, "")]
    chatted(engine, config)
    assert rows(engine)[0].parts_sent == 1
    assert len(chatted(engine, config, NOON + timedelta(minutes=5)).sent) == 1
    texts = [text for text in server.texts if text.startswith("（")]
    assert [text.partition("\n")[0] for text in texts] == [f"（{n}/3）" for n in (1, 2, 3)]
    assert all(len(text.encode()) <= 2048 for text in texts)
    assert sum(text.count("号任务") for text in texts) == 20
    assert "另有4项本期提示未列出。" in texts[-1]
    assert "见同一期的邮件" in texts[-1]


def test_nothing_goes_to_a_chat_while_mail_is_redirected(engine: Engine, config: Config, server: ChatServer) -> None:
    elsewhere = msgspec.structs.replace(config.delivery, redirect_to="me@example.org")
    trial = msgspec.structs.replace(config, delivery=elsewhere)
    issue(engine, trial)
    mailed(engine, trial)
    assert chatted(engine, trial) == ChatReport()
    assert chatted(engine, config) == ChatReport(), "what was tried out is sent to nobody later, either"
    assert server.requests == []


def test_what_was_mailed_long_ago_goes_to_no_chat(engine: Engine, config: Config, server: ChatServer) -> None:
    issue(engine, config)
    mailed(engine, config)
    assert chatted(engine, config, NOON + timedelta(days=11)) == ChatReport()


def test_a_name_without_an_address_holds_nothing_else_up(
    engine: Engine, tmp_path: Path, mail: MailServer, server: ChatServer
) -> None:
    config = configured(tmp_path, mail, server, '"无名局" = ["CHAT_B"]\n', CHAT_A="")
    issue(engine, config)
    mailed(engine, config)
    report = chatted(engine, config)
    assert [one.reply for one in report.troubles] == [chat.UNSET]
    assert len(report.sent) == 1
    words = [one.words for one in examine(engine, config, today=DAY, now=NOON)]
    assert f"[chat.to] 甲局: CHAT_A: {chat.UNSET}" in words
    assert "[chat.to] 无名局: no milestone names it" in words


def test_addresses_may_stand_in_a_file_and_the_environment_goes_before_it(tmp_path: Path) -> None:
    (tmp_path / "urls").write_text('# ours\nCHAT_A=wecombot://one\nCHAT_B="wecombot://two"\n', encoding="utf-8")
    (tmp_path / "c.toml").write_text('[chat]\nurls_file = "urls"\n', encoding="utf-8")
    urls = load(str(tmp_path / "c.toml"), {"HOME": "/", "CHAT_A": "wecombot://env"}).chat.urls
    assert [urls.reveal(name) for name in ("CHAT_A", "CHAT_B", "CHAT_C")] == ["wecombot://env", "wecombot://two", ""]
    assert "wecombot" not in repr(urls)
    (tmp_path / "urls").unlink()
    with pytest.raises(ConfigError, match=r"urls_file: .* cannot be read"):
        urls.reveal("CHAT_B")


def test_an_address_in_the_configuration_is_refused_and_not_repeated(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text('[chat.to]\noffice = ["wecombot://693a91f6-secret"]\n', encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load(str(tmp_path / "c.toml"), {"HOME": "/"})
    assert "[chat.to] office: write the name" in str(refused.value)
    assert "693a91f6" not in str(refused.value)


@pytest.mark.parametrize("service", CHATS, ids=lambda service: service.name)
def test_nothing_in_a_text_is_obeyed(server: ChatServer, service: Chat) -> None:
    assert service.examples
    for text, shown in service.examples.items():
        assert service.plain(text) == shown
        assert parts(text, service) == (shown,)
        assert isinstance(sending.send(server.url(service.name), shown, 2), Sent)
        arrived = server.texts[-1]
        assert arrived == (shown.replace("<", "&lt;").replace(">", "&gt;") if service.name == "Slack" else shown)


def test_every_service_has_its_server_in_these_tests() -> None:
    assert {service.name for service in CHATS} == set(URLS)


@pytest.mark.parametrize("service", CHATS, ids=lambda service: service.name)
@given(lines=st.lists(st.text('甲a<&"\\🀄é\u0301 ', max_size=900), max_size=60))
def test_parts_are_within_the_limit_numbered_and_lose_nothing(service: Chat, lines: list[str]) -> None:
    text = "\n".join(lines)
    found = parts(text, service)
    assert service.limit is None or all(service.weigh(part) <= service.limit for part in found)
    bodies = found
    if len(found) > 1:
        numbers, _, bodies = zip(*(part.partition("\n") for part in found), strict=True)
        assert numbers == tuple(f"（{n}/{len(found)}）" for n in range(1, len(found) + 1))
    assert "".join(bodies).replace("\n", "") == service.plain(text).replace("\n", "")


def test_the_longest_short_text_passes_the_rules_of_every_service(server: ChatServer) -> None:
    text = "\n".join(["中" * 400] * 60)
    for service in CHATS:
        for part in parts(text, service):
            outcome = sending.send(server.url(service.name), part, 2)
            assert isinstance(outcome, Sent), (service.name, outcome)
