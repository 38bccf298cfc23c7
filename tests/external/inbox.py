"""The live inbox of /notifications/demo, in a real browser: two tabs, a reload, a lost connection.

Where SCREENSHOTS names a folder, pictures of the page are left there.
"""

import os
import unittest

import requests
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

SERVER = os.environ["SERVER"]
API = SERVER + "/api/v1"
SECRET = {"email": os.environ["ADMIN_EMAIL"], "password": os.environ["ADMIN_PASSWORD"]}
FLAGS = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage --window-size=900,1000"
)
MARKUP = "<img src=x onerror=\"document.title='owned'\"> {{7*7}}"


class Sender:
    """Somebody who sends notifications to the administrator, over the API."""

    def __init__(self):
        self.session = requests.Session()
        token = self.call("POST", "/auth/login", SECRET)["access_token"]
        self.session.headers["Authorization"] = f"Bearer {token}"
        self.me = self.call("GET", "/users/me")["id"]
        organization = self.call("POST", "/organizations", {"name": "Acme"})["id"]
        self.path = f"/organizations/{organization}/notifications"

    def call(self, method, path, body=None):
        answer = self.session.request(method, API + path, json=body, timeout=10)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def settle(self):
        """Reads all that has come so far, such as that somebody has signed in; how much that is."""
        come = self.call("GET", "/notifications/counts")["as_of_seq"]
        self.call("POST", "/notifications/mark-all-read", {"up_to_seq": come})
        return come

    def send(self, *titles):
        for title in titles:
            new = {"recipients": [self.me], "topic": "organizations.announced", "title": title, "body": "From Acme."}
            self.call("POST", self.path, new)


class Inbox(unittest.TestCase):
    def setUp(self):
        options = webdriver.ChromeOptions()
        options.binary_location = os.environ["CHROMIUM"]
        for flag in FLAGS.split():
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.browser = webdriver.Chrome(options=options, service=Service(os.environ["CHROMEDRIVER"]))
        self.addCleanup(self.browser.quit)
        self.sender = Sender()

    def tab(self):
        self.browser.switch_to.new_window("tab")
        self.browser.get(SERVER + "/notifications/demo")
        for field, value in SECRET.items():
            self.browser.find_element(By.ID, field).send_keys(value)
        self.browser.find_element(By.CSS_SELECTOR, "#sign-in button").click()
        self.until_state("Live")
        return self.browser.current_window_handle

    def look(self, tab):
        self.browser.switch_to.window(tab)

    def until(self, what, shown, expected):
        """Waits until the page shows this, and says what it shows where it does not."""
        try:
            WebDriverWait(self.browser, 20, poll_frequency=0.05).until(lambda _: shown() == expected)
        except Exception:
            self.assertEqual(shown(), expected, what)

    def until_state(self, state):
        self.until("state", lambda: self.browser.find_element(By.ID, "state").text.lstrip("● "), state)

    def until_shows(self, sent, unread):
        """All that came before, and so many that were sent since, the last one first; and the count."""
        places = list(range(self.before + sent, 0, -1))

        def shown():
            script = """return [
                [...document.querySelectorAll('#list li')].map((it) => Number(it.dataset.seq)),
                document.getElementById('unread').hidden ? 0 : Number(document.getElementById('unread').textContent),
                document.title]"""
            return self.browser.execute_script(script)

        title = f"({unread}) Inbox" if unread else "Inbox"
        self.until("list", shown, [places, unread, title])

    def network(self, offline):
        conditions = {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.browser.execute_cdp_cmd("Network.enable", {})
        self.browser.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)

    def picture(self, name):
        if folder := os.environ.get("SCREENSHOTS"):
            self.browser.save_screenshot(os.path.join(folder, name + ".png"))

    def test_nothing_is_lost_or_shown_twice_whatever_the_connection_does(self):
        one, two = self.tab(), self.tab()
        self.before = self.sender.settle()
        self.until_shows(0, 0)
        self.sender.send("The office is closed on Friday", "Lunch is at noon", MARKUP)
        for tab in (one, two):
            self.look(tab)
            self.until_shows(3, 3)
        self.picture("inbox")
        first = self.browser.find_element(By.CSS_SELECTOR, "#list li h2").text
        self.assertEqual(first, MARKUP, "what people write is text")

        self.look(one)
        self.browser.refresh()
        self.until_state("Live")
        self.until_shows(3, 3)

        self.network(offline=True)
        self.until_state("Offline")
        self.sender.send("You are away", "Still away")
        self.look(two)
        self.until_shows(5, 5)
        self.look(one)
        self.until_shows(3, 3)
        self.network(offline=False)
        self.until_state("Live")
        self.until_shows(5, 5)

        self.browser.find_element(By.CSS_SELECTOR, "#list li button").click()
        for tab in (one, two):
            self.look(tab)
            self.until_shows(5, 4)
        self.browser.find_element(By.ID, "mark-all").click()
        for tab in (one, two):
            self.look(tab)
            self.until_shows(5, 0)
        self.picture("read")

        # Cut in the middle, again and again.
        for place in range(6, 10):
            self.browser.execute_script("socket.close()")
            self.sender.send(f"Number {place}")
            self.until_shows(place, place - 5)
        self.look(one)
        self.until_shows(9, 4)

        self.browser.find_element(By.ID, "sign-out").click()
        self.until_state("Signed out")
        self.picture("signed-out")
        severe = [it for it in self.browser.get_log("browser") if "Content Security Policy" in it["message"]]
        self.assertEqual(severe, [], "the page keeps its own policy")


if __name__ == "__main__":
    unittest.main()
