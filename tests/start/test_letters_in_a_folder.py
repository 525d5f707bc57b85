"""The demonstration's letters: one file for each Message-ID, however often it is sent."""

from pathlib import Path

from django.core.mail import EmailMessage, get_connection
from pytest_django import Settings


def letter(message_id: str, body: str = "The window closes on 5 July 2019.") -> EmailMessage:
    return EmailMessage(
        "A task for you", body, to=["ana@example.org"], headers={"Message-ID": f"<{message_id}>"}
    )


def test_a_letter_sent_twice_is_one_file(tmp_path: Path, settings: Settings) -> None:
    settings.EMAIL_FILE_PATH = str(tmp_path)
    post = get_connection("cdm.mail_folder.EmailBackend")
    assert post.send_messages([letter("notice-7@cdm"), letter("notice-8@cdm")]) == 2
    assert post.send_messages([letter("notice-7@cdm", body="again")]) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notice-7@cdm.eml", "notice-8@cdm.eml"]
    text = (tmp_path / "notice-7@cdm.eml").read_text()
    assert "To: ana@example.org" in text
    assert "The window closes on 5 July 2019." in text


def test_a_message_id_cannot_name_another_folder(tmp_path: Path, settings: Settings) -> None:
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    get_connection("cdm.mail_folder.EmailBackend").send_messages([letter("../../etc/passwd")])
    assert [path.parent for path in tmp_path.rglob("*.eml")] == [tmp_path / "mail"]
