"""Flags, asked for by the stock OpenFeature client for Python (openfeature-provider-ofrep)."""

import os
import unittest
import uuid

import requests
from openfeature import api
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode
from openfeature.flag_evaluation import Reason

API = os.environ["SERVER"] + "/api/v1"
FLAG = "products.imports"


class House:
    """The server's own API, as its administrator."""

    def __init__(self):
        self.session = requests.Session()
        secret = {"email": os.environ["ADMIN_EMAIL"], "password": os.environ["ADMIN_PASSWORD"]}
        self.token = self.call("POST", "/auth/login", secret)["access_token"]
        self.session.headers["Authorization"] = f"Bearer {self.token}"

    def call(self, method, path, body):
        answer = self.session.request(method, API + path, json=body, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def organization(self, name):
        return self.call("POST", "/organizations", {"name": name})["id"]

    def set_flag(self, **value):
        self.call("PUT", f"/settings/{FLAG}", {"value": value})

    def evaluated(self, organization, key):
        path = f"/organizations/{organization}/ofrep/v1/evaluate/flags/{FLAG}"
        return self.call("POST", path, {"context": {"targetingKey": key}})["value"]


class Flags(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.house = House()
        cls.acme = cls.house.organization("Acme")
        cls.rival = cls.house.organization("Rival")

    @classmethod
    def tearDownClass(cls):
        api.shutdown()
        cls.house.session.delete(f"{API}/settings/{FLAG}", timeout=10).raise_for_status()

    def client(self, organization, token=None):
        """A client of an application that belongs to an organization."""
        headers = {"Authorization": f"Bearer {token or self.house.token}"}
        base = f"{API}/organizations/{organization}"
        domain = str(uuid.uuid4())
        api.set_provider_and_wait(OFREPProvider(base, headers_factory=lambda: headers), domain)
        return api.get_client(domain)

    def details(self, organization, default, context=None):
        return self.client(organization).get_boolean_details(FLAG, default, context)

    def test_a_flag_is_on_or_off_whatever_the_code_would_have_it_be(self):
        for state, default in [("on", False), ("off", True)]:
            self.house.set_flag(state=state)
            told = self.details(self.acme, default)
            self.assertEqual((told.value, told.variant), (state == "on", state))
            self.assertEqual((told.reason, told.error_code), (Reason.STATIC, None))
            self.assertEqual(told.flag_metadata["source"], "platform")

    def test_a_share_of_users_has_it_and_keeps_it_as_the_share_grows(self):
        client = self.client(self.acme)
        users = [str(uuid.uuid4()) for _ in range(40)]
        seen = {}
        for percentage in [20, 50, 80]:
            self.house.set_flag(state="split", percentage=percentage, by="user")
            for user in users:
                context = EvaluationContext(user, {"email": "ada@example.com", "age": 36})
                told = client.get_boolean_details(FLAG, False, context)
                self.assertEqual(told.reason, Reason.SPLIT)
                self.assertEqual(told.value, self.house.evaluated(self.acme, user))
                self.assertGreaterEqual(told.value, seen.get(user, False))
                seen[user] = told.value
            if percentage == 50:
                self.assertEqual(set(seen.values()), {True, False})

    def test_a_rule_names_an_organization(self):
        self.house.set_flag(state="off", organizations={self.acme: "on"})
        told = self.details(self.acme, False)
        self.assertEqual((told.value, told.reason), (True, Reason.TARGETING_MATCH))
        told = self.details(self.rival, True)
        self.assertEqual((told.value, told.reason), (False, Reason.STATIC))

    def test_a_flag_that_is_not_there_leaves_the_code_its_default(self):
        client = self.client(self.acme)
        for default in [True, False]:
            told = client.get_boolean_details("products.nothing", default)
            self.assertEqual((told.value, told.reason), (default, Reason.ERROR))
            self.assertEqual(told.error_code, ErrorCode.FLAG_NOT_FOUND)

    def test_a_flag_is_no_text(self):
        told = self.client(self.acme).get_string_details(FLAG, "default")
        self.assertEqual((told.value, told.error_code), ("default", ErrorCode.TYPE_MISMATCH))

    def test_a_context_that_is_none_is_told_as_such(self):
        told = self.details(self.acme, True, EvaluationContext("x" * 2000))
        self.assertEqual((told.value, told.error_code), (True, ErrorCode.INVALID_CONTEXT))

    def test_a_bad_token_leaves_the_code_its_default(self):
        self.house.set_flag(state="off")
        told = self.client(self.acme, token="forged").get_boolean_details(FLAG, True)
        self.assertEqual((told.value, told.error_code), (True, ErrorCode.GENERAL))
        self.assertEqual(told.error_message, "unauthorized")

    def test_an_organization_that_is_not_ones_own_has_no_flags(self):
        told = self.details(str(uuid.uuid4()), True)
        self.assertEqual((told.value, told.error_code), (True, ErrorCode.FLAG_NOT_FOUND))

    def test_all_flags_come_at_once_and_only_when_they_have_changed(self):
        # This provider asks for one flag at a time; those of browsers ask for all of them.
        ask = f"{API}/organizations/{self.acme}/ofrep/v1/evaluate/flags"
        headers = {"Authorization": f"Bearer {self.house.token}"}
        body = {"context": {"targetingKey": "user-123"}}
        self.house.set_flag(state="on")
        first = requests.post(ask, json=body, headers=headers, timeout=10)
        values = {flag["key"]: flag["value"] for flag in first.json()["flags"]}
        self.assertIs(values[FLAG], True)
        headers["If-None-Match"] = first.headers["ETag"]
        self.assertEqual(requests.post(ask, json=body, headers=headers, timeout=10).status_code, 304)
        self.house.set_flag(state="off")
        changed = requests.post(ask, json=body, headers=headers, timeout=10)
        self.assertEqual(changed.status_code, 200)
        self.assertNotEqual(changed.headers["ETag"], first.headers["ETag"])


if __name__ == "__main__":
    unittest.main()
