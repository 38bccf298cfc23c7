"""Access tokens, verified by PyJWT out of the published keys, before and after these are rotated."""

import os
import subprocess
import time
import unittest

import jwt
import requests

SERVER = os.environ["SERVER"]
API = SERVER + "/api/v1"
ISSUER = os.environ["PUBLIC_URL"]


def tokens():
    secret = {"email": os.environ["ADMIN_EMAIL"], "password": os.environ["ADMIN_PASSWORD"]}
    answer = requests.post(f"{API}/auth/login", json=secret, timeout=10)
    answer.raise_for_status()
    return answer.json()["access_token"]


def verified(token, keys=None):
    """What a token says, as a service that trusts the server takes it."""
    keys = keys or jwt.PyJWKClient(f"{SERVER}/.well-known/jwks.json")
    key = keys.get_signing_key_from_jwt(token)
    return jwt.decode(token, key, algorithms=["EdDSA"], audience=ISSUER, issuer=ISSUER)


def kid(token):
    return jwt.get_unverified_header(token)["kid"]


def command(*arguments):
    """Runs a command of the server beside it."""
    run = [os.environ["SERVER_BINARY"], *arguments]
    done = subprocess.run(run, cwd=os.environ["SERVER_FOLDER"], check=True, capture_output=True)
    return done.stdout.decode()


class Tokens(unittest.TestCase):
    def me(self, token):
        headers = {"Authorization": f"Bearer {token}"}
        return requests.get(f"{API}/users/me", headers=headers, timeout=10)

    def signed_by_another_than(self, old):
        """A token of the new key: the server looks again within a second."""
        for _ in range(50):
            token = tokens()
            if kid(token) != old:
                return token
            time.sleep(0.1)
        self.fail("the server never signs with the new key")

    def test_a_token_is_good_before_and_after_a_rotation(self):
        """ASVS 9.1.1, 11.2.2, 13.3.4."""
        before = tokens()
        claims = verified(before)
        self.assertEqual(claims["sub"], self.me(before).json()["id"])
        self.assertEqual(jwt.get_unverified_header(before)["typ"], "at+jwt")

        told = command("keys", "rotate", "--now")
        self.assertEqual(told.count("signing"), 1)
        self.assertGreaterEqual(told.count("retired"), 1)
        after = self.signed_by_another_than(kid(before))
        keys = requests.get(f"{SERVER}/.well-known/jwks.json", timeout=10).json()["keys"]
        self.assertLessEqual({kid(before), kid(after)}, {key["kid"] for key in keys})
        for token in [before, after]:
            self.assertEqual(verified(token)["sub"], claims["sub"])
            self.assertEqual(self.me(token).status_code, 200)

    def test_a_service_that_knows_the_old_keys_asks_for_the_new_one(self):
        """ASVS 13.3.4."""
        address = f"{SERVER}/.well-known/jwks.json"
        keys = jwt.PyJWKClient(address, cache_keys=True, cooldown_duration=0)  # it asked long ago
        before = tokens()
        verified(before, keys)
        command("keys", "rotate", "--now")
        after = self.signed_by_another_than(kid(before))
        for token in [before, after]:
            verified(token, keys)

    def test_a_token_of_a_revoked_key_is_good_no_more(self):
        """ASVS 9.1.3 (A7)."""
        token = tokens()
        command("keys", "revoke", kid(token))
        after = self.signed_by_another_than(kid(token))
        self.assertEqual(self.me(token).status_code, 401)
        self.assertEqual(self.me(after).status_code, 200)
        with self.assertRaises(jwt.PyJWKClientError):
            verified(token)

    def test_another_audience_and_another_algorithm_are_refused_by_the_client_too(self):
        """ASVS 9.1.2, 9.2.3 (A7)."""
        token = tokens()
        key = jwt.PyJWKClient(f"{SERVER}/.well-known/jwks.json").get_signing_key_from_jwt(token)
        with self.assertRaises(jwt.InvalidAudienceError):
            jwt.decode(token, key, algorithms=["EdDSA"], audience="https://elsewhere.test")
        with self.assertRaises(jwt.InvalidAlgorithmError):
            jwt.decode(token, key, algorithms=["ES256"], audience=ISSUER)


if __name__ == "__main__":
    unittest.main()
