"""Sixty wrong passwords do not help, and do not shut out whom they are aimed at."""

import pytest
from django.conf import settings as django_settings
from django.test import Client

from tests.world import make_user

SIGN_IN = "/admin/login/"
PASSWORD = "a long password"


@pytest.fixture(autouse=True)
def throttled(settings):
    settings.AXES_ENABLED = True


def sign_in(client: Client, username: str, password: str, address: str = "192.0.2.1") -> int:
    return client.post(SIGN_IN, {"username": username, "password": password}, REMOTE_ADDR=address).status_code


def guess(times: int, username: str, address: str = "192.0.2.1", client: Client | None = None) -> list[int]:
    return [sign_in(client or Client(), username, f"wrong {number}", address) for number in range(times)]


def sign_out(client: Client) -> None:
    del client.cookies[django_settings.SESSION_COOKIE_NAME]


@pytest.mark.django_db
def test_guessing_ends_before_the_password_is_looked_at():
    user = make_user("editor")
    limit = django_settings.AXES_FAILURE_LIMIT
    assert guess(60, user.username) == [200] * (limit - 1) + [429] * (61 - limit)
    client = Client()
    response = client.post(SIGN_IN, {"username": user.username, "password": PASSWORD}, REMOTE_ADDR="192.0.2.1")
    assert response.status_code == 429
    assert response["Retry-After"] == "900"
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_a_known_device_gets_in_and_answers_for_itself():
    user, device = make_user("editor"), Client()
    assert sign_in(device, user.username, PASSWORD) == 302
    cookie = device.cookies["known_device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/admin/")
    sign_out(device)
    guess(60, user.username)
    assert sign_in(device, user.username, "mistyped") == 200
    assert sign_in(device, user.username, PASSWORD) == 302
    sign_out(device)
    assert 429 in guess(60, user.username, client=device)


@pytest.mark.django_db
def test_a_device_known_to_one_account_is_unknown_to_another():
    attacker, victim, device = make_user("author"), make_user("editor"), Client()
    sign_in(device, attacker.username, PASSWORD)
    sign_out(device)
    assert 429 in guess(12, victim.username, client=device)


@pytest.mark.django_db
def test_an_account_is_throttled_over_many_addresses_and_an_address_over_many_accounts():
    user = make_user("editor")
    for number in range(4):
        guess(9, user.username, f"192.0.2.{number}")
    assert sign_in(Client(), user.username, PASSWORD, "192.0.2.99") == 429
    for number in range(12):
        guess(9, f"nobody{number}", "198.51.100.1")
    assert sign_in(Client(), make_user("author").username, PASSWORD, "198.51.100.1") == 429


@pytest.mark.django_db
def test_ones_own_sign_in_does_not_wipe_out_what_was_counted_for_others():
    attacker, victim = make_user("author"), make_user("editor")
    guess(9, victim.username)
    sign_in(Client(), attacker.username, PASSWORD)
    assert guess(1, victim.username) == [429]


@pytest.mark.django_db
def test_colleagues_at_the_same_address_sign_in():
    guess(60, make_user("editor").username)
    assert sign_in(Client(), make_user("author").username, PASSWORD) == 302


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "1.1.1.1, 203.0.113.9", "203.0.113.9"),  # the first is what the client itself claims
        (2, "1.1.1.1, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
    ],
)
def test_only_what_trusted_proxies_say_is_believed(proxies, forwarded, expected, settings, rf):
    from core.throttle import client_address

    settings.TRUSTED_PROXIES = proxies
    assert client_address(rf.get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)) == expected
