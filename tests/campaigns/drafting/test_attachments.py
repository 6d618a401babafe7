"""Files that travel with a letter: kept by content, cleanly named, and the same bytes at the reader's end (A11; bad input 37, 46-48)."""

import email
import hashlib
from email import policy

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.agreement import releases, sealed
from campaigns.drafting import attachments, enclosures, files, letters, messages
from campaigns.drafting.attachments import Attachment
from campaigns.drafting.programs import has_headers
from campaigns.foundation.database import Database
from campaigns.foundation.errors import GateClosed, Invalid, NotFound
from tests.campaigns import stories
from tests.campaigns.drafting import samples_of_files as made
from tests.campaigns.drafting.test_letters import VALUES
from tests.campaigns.stories import NOON, SENDER, words


def kept(database: Database, content: bytes = made.PDF, *, name: str = "Terms.pdf") -> Attachment:
    with database.transaction() as session:
        return attachments.keep(session, content, name=name)


def given_file(content: bytes = made.PDF, name: str = "Terms.pdf", kind: str = files.PDF) -> tuple[Attachment, bytes]:
    digest = hashlib.sha256(content).hexdigest()
    return Attachment(name=name, type=kind, digest=digest, size=len(content)), content


def letter(*enclosed: tuple[Attachment, bytes], core: str = "Dear ((name)),") -> bytes:
    program = letters.compile_letter(subject="Terms", core=core, part="", reference="ABCD-2345", sender=SENDER, attachments=enclosed)
    return program.join(VALUES)


def test_the_same_content_is_kept_once_whatever_it_is_called(database: Database) -> None:
    one, other = kept(database), kept(database, name="Other.pdf")

    assert one.digest == other.digest == hashlib.sha256(made.PDF).hexdigest()
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(attachments.AttachedFile)) == 1
        assert attachments.enclosed(session, [other]) == [(other, made.PDF)]


def test_what_is_kept_is_never_changed(database: Database) -> None:
    kept(database)

    for change in ("UPDATE attachments SET size = 1", "DELETE FROM attachments"):
        with pytest.raises(sa.exc.DatabaseError, match="append-only"), database.transaction() as session:
            session.execute(sa.text(change))


def test_a_file_of_the_same_name_and_size_is_a_new_revision_that_voids_both_signatures(database: Database) -> None:
    house = stories.house(database)
    first, second = kept(database, made.pdf(b"/A 1")), kept(database, made.pdf(b"/A 2"))
    assert (first.name, first.size) == (second.name, second.size)
    story = stories.agreed_release(house, words(attachments=[first]))

    with database.transaction() as session:
        assert messages.revise(session, story.message, words(attachments=[second]), by=house.drafter, at=NOON)

    with database.reading() as session:
        assert messages.get(session, story.message).revision == 2
        assert not releases.is_current(session, releases.get(session, story.release))
    with pytest.raises(GateClosed):
        story.schedule()


def test_the_sealed_letter_carries_the_file_whole(database: Database) -> None:
    house = stories.house(database)
    file = kept(database)

    story = stories.waiting_release(house, words(attachments=[file]))

    with database.reading() as session:
        program = sealed.programs_of(session, story.release)["practitioners"]
    assert letters.open_letter(program.join(VALUES)).attachments == (file,)


@pytest.mark.parametrize("change", [{"digest": "0" * 64}, {"size": 1}, {"type": "image/png", "name": "Terms.png"}])
def test_a_file_that_was_never_kept_as_it_is_named_is_refused(sqlite: Database, change: dict[str, str]) -> None:
    house, file = stories.house(sqlite), kept(sqlite)

    with pytest.raises(Invalid, match="A file is missing"):
        stories.drafted(house, words(attachments=[file.model_copy(update=change)]))


def test_content_that_is_not_what_its_digest_says_is_not_sent(sqlite: Database) -> None:
    file = kept(sqlite)
    with sqlite.transaction() as session:
        session.execute(sa.text("DROP TRIGGER attachments_no_update"))
        session.execute(sa.text("UPDATE attachments SET content = X'00'"))

    with sqlite.reading() as session, pytest.raises(NotFound, match="not what it was"):
        attachments.enclosed(session, [file])


def test_the_same_file_twice_two_of_a_name_and_more_than_ten_megabytes_are_refused() -> None:
    one, other = given_file()[0], given_file(made.CALENDAR)[0]
    large = one.model_copy(update={"size": attachments.LARGEST, "name": "Large.pdf"})

    def said(*files: Attachment) -> str:
        return " ".join(problem.sentence for problem in attachments.problems(files))

    assert said(one) == ""
    assert "The same file is attached twice" in said(one, one.model_copy(update={"name": "Copy.pdf"}))
    assert "Two files are called terms.pdf" in said(one, other.model_copy(update={"name": "TERMS.pdf"}))
    assert "10 MB or smaller, all together" in said(large, other.model_copy(update={"name": "b.pdf"}))


def test_a_file_over_ten_megabytes_is_refused_before_it_is_looked_at(sqlite: Database) -> None:
    with pytest.raises(Invalid, match="10 MB or smaller"):
        kept(sqlite, made.PDF + b" " * attachments.LARGEST)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("Terms.pdf", "Terms.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\x\\Terms.PDF", "Terms.pdf"),
        ("invoice.pdf.exe", "invoice-pdf-exe.pdf"),
        ("plan v1.2.pdf", "plan v1.2.pdf"),
        ("\u202efdp.exe", "fdp-exe.pdf"),
        ("\u05d0\u05d1.pdf", "attachment.pdf"),
        ("a\x00b\r\nBcc: x.pdf", "ab Bcc- x.pdf".replace("ab Bcc", "abBcc")),
        ("con.pdf", "file con.pdf"),
        ("NUL", "file NUL.pdf"),
        ("com1.tar.pdf", "com1-tar.pdf"),
        ("", "attachment.pdf"),
        ("...", "attachment.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("=?utf-8?q?x?=.pdf", "utf-8-q-x.pdf"),
        ("Cynllun gwaith 2006 \u2013 M\u00f4n.pdf", "Cynllun gwaith 2006 \u2013 M\u00f4n.pdf"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
    ],
)
def test_a_name_is_cleaned(name: str, clean: str) -> None:
    assert attachments.cleaned(name, files.PDF) == clean


@settings(max_examples=300, derandomize=True)
@given(name=st.text(max_size=150), kind=st.sampled_from(list(files.ENDINGS)))
def test_cleaning_ends_in_a_safe_name_that_cleaning_leaves_alone(name: str, kind: str) -> None:
    clean = attachments.cleaned(name, kind)

    assert attachments.cleaned(clean, kind) == clean
    assert clean.isprintable() and len(clean) <= attachments.LONGEST_NAME and clean.endswith(f".{files.ENDINGS[kind]}")
    assert not set(clean) & set('/\\<>:"|?*\r\n')


@pytest.mark.long
@settings(max_examples=150, derandomize=True)
@given(name=st.text(max_size=150))
def test_no_name_adds_a_header_and_each_reads_back_as_it_is(name: str) -> None:
    file = given_file(name=attachments.cleaned(name, files.PDF))

    message = letter(file)

    assert has_headers(message, tuple(letters.HEADERS))
    assert letters.open_letter(message).attachments == (file[0],)


def test_a_letter_with_files_is_mixed_of_the_letter_and_each_file_in_order() -> None:
    calendar = given_file(made.CALENDAR, "Briefing – Môn.ics", files.CALENDAR)
    message = letter(given_file(), calendar)

    parsed = email.message_from_bytes(message, policy=policy.default)

    assert [part.get_content_type() for part in parsed.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", files.PDF, files.CALENDAR,
    ]  # fmt: skip
    assert parsed.defects == [] and all(part.defects == [] for part in parsed.walk())
    assert [part.get_payload(decode=True) for part in parsed.iter_attachments()] == [made.PDF, made.CALENDAR]
    assert tuple(parsed.keys()) == letters.HEADERS
    opened = letters.open_letter(message)
    assert opened.attachments == (given_file()[0], calendar[0]) and "Dear Head of service" in opened.text


def test_every_line_of_a_file_is_short_and_begins_with_no_dot() -> None:
    content = bytes(range(256)) * 400
    message = letter(given_file(content, name="\u00f4" * 90 + ".pdf"), given_file(content + b"x", name="y" * 90 + ".pdf"))

    lines = message.partition(b"\r\n\r\n")[2].split(b"\r\n")

    assert max(len(line) for line in lines) <= 76
    assert not any(line.startswith((b".", b"From ")) for line in lines)


def test_a_letter_without_files_is_as_it_always_was() -> None:
    assert b"multipart/mixed" not in letter() and letters.open_letter(letter()).attachments == ()


def test_a_file_stays_one_literal_piece_however_many_readers_there_are() -> None:
    program = letters.compile_letter(
        subject="x", core="((name))", part="", reference="A", sender=SENDER, attachments=[given_file(b"%PDF-" * 10**5)]
    )

    assert isinstance(program.pieces[-1], bytes) and len(program.pieces[-1]) > 500_000
    assert type(program).from_bytes(program.to_bytes()) == program


def test_a_long_file_is_cut_in_the_source_that_is_shown_and_counted() -> None:
    source = letter(given_file(b"%PDF-" + bytes(10_000))).decode("ascii")

    shown = enclosures.abridged(source)

    assert "more lines of this file]" in shown and len(shown) < len(source) - 10_000
    assert shown.partition("Content-Disposition")[0] == source.partition("Content-Disposition")[0]
