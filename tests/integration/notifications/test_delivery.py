"""Mail through a real SMTP conversation: sent once, tried again, given up with a reason, in the recipient's language."""

import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from sqlalchemy import select
from sqlmodel import col

from factories import a_person, an_institution
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.engine import Database
from portfolio.errors import ConfigurationError
from portfolio.notifications import delivery, mail
from portfolio.notifications.delivery import deliver
from portfolio.notifications.mail import mail_settings
from portfolio.notifications.models import Notice
from portfolio.notifications.outbox import owe
from portfolio.notifications.sealed import sealed
from portfolio.notifications.words import KINDS
from portfolio.people.models import Person
from portfolio.people.terms import Role
from portfolio.people.viewer import SYSTEM, Viewer
from portfolio.settings import Settings
from smtp_sink import SmtpSink

KIND = "a_kind_of_these_tests"


@pytest.fixture(autouse=True)
def _words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, KIND, ("About %(title)s", "%(title)s waits for you until %(until)s."))


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as found:
        yield found


def through(settings: Settings, sink: SmtpSink, extra: str = "?from=portfolio@example.gob") -> Settings:
    return replace(settings, mail_url=f"smtp://127.0.0.1:{sink.port}{extra}")


def somebody_owed(database: Database, number: int = 1, **params: str) -> Viewer:
    with database.writing() as session:
        viewer = a_person(session, (Role.CASE_LEAD, an_institution(session)), name="Ana Souza")
        for turn in range(number):
            values = {"title": "Land registry", "until": "Friday", **params}
            owe(session, KIND, [viewer.person_id], path="/cases/1", once_key=f"k{turn}", **values)
    return viewer


def all_due(database: Database) -> None:
    """As if every wait were over."""
    with database.writing() as session:
        for notice in session.scalars(select(Notice)):
            notice.next_attempt_at = None


def notices(database: Database) -> list[Notice]:
    with database.reading() as session:
        return list(session.scalars(select(Notice).order_by(col(Notice.id))))


def test_a_notice_is_mailed_once_with_an_absolute_link_and_its_own_id(
    database: Database, settings: Settings, sink: SmtpSink
) -> None:
    viewer = somebody_owed(database)
    assert str(deliver(database, through(settings, sink))) == "sent 1, put off 0, given up 0"
    assert deliver(database, through(settings, sink)).sent == 0
    (message,) = sink.messages
    (notice,) = notices(database)
    assert message["Subject"] == "About Land registry"
    assert message["From"] == "Digital portfolio <portfolio@example.gob>"
    assert message["Message-ID"] == f"<{notice.id}@testserver.local>"
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_content()
    assert "Land registry waits for you until Friday." in text
    assert "https://testserver.local/cases/1\n" in text.replace("\r\n", "\n")
    assert message.get_content_type() == "text/plain"
    with database.reading() as session:
        assert sink.recipients == [session.get_one(Person, viewer.person_id).email]
    assert (notice.attempts, notice.last_error) == (1, "")
    assert notice.mailed_at is not None


def test_the_mail_speaks_the_language_of_whoever_gets_it(
    database: Database, settings: Settings, sink: SmtpSink
) -> None:
    viewer = somebody_owed(database)
    with database.writing() as session:
        person = session.get_one(Person, viewer.person_id)
        person.language = "es"
        record(session, SYSTEM, Tag.PROFILE_CHANGED, person)
    deliver(database, through(settings, sink))
    assert sink.messages[0]["Content-Language"] == "es"
    assert str(sink.messages[0]["From"]).startswith("Cartera digital")


def test_a_mail_that_the_server_will_never_take_is_given_up_with_its_words(
    database: Database, settings: Settings, sink: SmtpSink
) -> None:
    somebody_owed(database)
    sink.on_rcpt = lambda _address: "550 no such mailbox"
    assert deliver(database, through(settings, sink)).given_up == 1
    (notice,) = notices(database)
    assert notice.given_up_at is not None
    assert notice.last_error == "550 no such mailbox"
    all_due(database)
    assert str(deliver(database, through(settings, sink))) == "sent 0, put off 0, given up 0"


def test_a_mail_put_off_waits_longer_each_time_and_is_given_up_in_the_end(
    database: Database, settings: Settings, sink: SmtpSink
) -> None:
    somebody_owed(database)
    sink.on_data = lambda _message: "451 greylisted"
    waits = []
    for _ in delivery.WAITS:
        before = delivery.utc_now()
        assert deliver(database, through(settings, sink)).put_off == 1
        (notice,) = notices(database)
        assert notice.next_attempt_at is not None
        waits.append(notice.next_attempt_at - before)
        assert deliver(database, through(settings, sink)).put_off == 0, "not before its time"
        all_due(database)
    assert waits == sorted(waits)
    assert waits[0] < timedelta(minutes=2)
    assert waits[-1] > timedelta(hours=23)
    assert deliver(database, through(settings, sink)).given_up == 1
    assert notices(database)[0].last_error == "451 greylisted"


def test_one_bad_mail_does_not_hold_up_the_others(database: Database, settings: Settings, sink: SmtpSink) -> None:
    somebody_owed(database)
    bad = somebody_owed(database)
    somebody_owed(database)
    with database.writing() as session:
        person = session.get_one(Person, bad.person_id)
        person.email = "no address at all"
        record(session, SYSTEM, Tag.PROFILE_CHANGED, person)
    tally = deliver(database, through(settings, sink))
    assert (tally.sent, tally.given_up) == (2, 1)


def test_a_server_that_is_away_puts_everything_off(database: Database, settings: Settings) -> None:
    somebody_owed(database, 3)
    tally = deliver(database, replace(settings, mail_url="smtp://127.0.0.1:9"))
    assert (tally.sent, tally.put_off) == (0, 3)
    assert "ConnectionRefusedError" in tally.trouble
    assert {notice.attempts for notice in notices(database)} == {1}


def test_a_server_that_hangs_up_half_way_leaves_the_rest_for_later(database: Database, settings: Settings) -> None:
    somebody_owed(database, 4)
    with SmtpSink(drop_after=2) as sink:
        tally = deliver(database, through(settings, sink))
        assert (tally.sent, tally.put_off) == (2, 2)
        all_due(database)
        deliver(database, through(settings, sink))
    assert len({message["Message-ID"] for message in sink.messages}) == len(sink.messages) == 4


def test_a_process_that_dies_after_sending_sends_again_when_its_lease_is_over(
    database: Database, settings: Settings, sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody_owed(database)

    class Dead(BaseException):
        pass

    def die(*_given: object) -> None:
        raise Dead

    with monkeypatch.context() as patched:
        patched.setattr(delivery, "forget", die)
        with pytest.raises(Dead):
            deliver(database, through(settings, sink))
    assert deliver(database, through(settings, sink)).sent == 0
    all_due(database)
    assert deliver(database, through(settings, sink)).sent == 1
    assert len({message["Message-ID"] for message in sink.messages}) == 1


def test_deliveries_at_once_send_each_mail_once(database: Database, settings: Settings, sink: SmtpSink) -> None:
    for _ in range(12):
        somebody_owed(database)
    gate = threading.Barrier(4)

    def work() -> None:
        gate.wait()
        while deliver(database, through(settings, sink), limit=2).sent:
            pass

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while deliver(database, through(settings, sink)).sent:
        pass
    assert len(sink.messages) == len({message["Message-ID"] for message in sink.messages}) == 12


def test_words_that_a_person_wrote_never_become_headers(database: Database, settings: Settings, sink: SmtpSink) -> None:
    somebody_owed(database, title="Registry\r\nBcc: everybody@example.org")
    deliver(database, through(settings, sink))
    (message,) = sink.messages
    assert message["Bcc"] is None
    assert message["Subject"] == "About Registry Bcc: everybody@example.org"
    assert len(sink.recipients) == 1


def test_a_sealed_link_is_opened_for_the_mail_and_gone_afterwards(
    database: Database, settings: Settings, sink: SmtpSink
) -> None:
    with database.writing() as session:
        person_id = a_person(session).person_id
        link = sealed(settings.secret_key, person_id, "/password/token-of-one-use")
        owe(session, KIND, [person_id], title="x", until="y", sealed_path=link)
    deliver(database, through(settings, sink))
    assert "https://testserver.local/password/token-of-one-use" in sink.messages[0].get_content()
    assert "sealed_path" not in notices(database)[0].params


def test_the_console_prints_what_would_be_sent(
    database: Database, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    somebody_owed(database)
    assert deliver(database, settings).sent == 1
    assert "About Land registry" in capsys.readouterr().out


def test_a_notice_not_for_mail_is_only_shown(database: Database, settings: Settings, sink: SmtpSink) -> None:
    with database.writing() as session:
        owe(session, KIND, [a_person(session).person_id], by_mail=False, title="x", until="y")
    assert deliver(database, through(settings, sink)).sent == 0


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of this machine, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(pem + made.public_bytes(Encoding.PEM))
    return path


def _server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_mail_is_encrypted_and_signed_in_where_the_server_can(
    database: Database, settings: Settings, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody_owed(database)
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(mail.ssl, "create_default_context", lambda: trusting)
    with SmtpSink(tls=_server_tls(certificate)) as sink:
        url = f"smtp://user:secret@127.0.0.1:{sink.port}"
        assert deliver(database, replace(settings, mail_url=url)).sent == 1
        assert sink.was_encrypted == [True]
        assert sink.logins == 1


def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(
    database: Database, settings: Settings, certificate: Path
) -> None:
    somebody_owed(database)
    with SmtpSink(tls=_server_tls(certificate)) as sink:
        tally = deliver(database, through(settings, sink))
        assert sink.messages == []
    assert tally.put_off == 1
    assert "certificate" in tally.trouble.lower()


def test_no_password_leaves_without_encryption(database: Database, settings: Settings, sink: SmtpSink) -> None:
    somebody_owed(database)
    url = f"smtp://user:secret@127.0.0.1:{sink.port}?tls=required"
    tally = deliver(database, replace(settings, mail_url=url))
    assert sink.logins == 0
    assert "STARTTLS" in tally.trouble


def test_what_the_address_of_the_mail_server_says() -> None:
    found = mail_settings("smtp://us%40er:p%3Aw@mail.example.gob", "https://portfolio.example.gob")
    assert (found.user, found.password, found.port, found.tls) == ("us@er", "p:w", 587, "required")
    assert found.sender == "portfolio@portfolio.example.gob"
    assert mail_settings("smtps://mail.example.gob", "https://x.gob").port == 465
    assert mail_settings("smtp://mail.example.gob", "https://x.gob").tls == "offered"
    for wrong in ("smtp://mail.gob?tls=maybe", "smtp:///nowhere", "smtp://mail.gob:many"):
        with pytest.raises(ConfigurationError):
            mail_settings(wrong, "https://x.gob")
