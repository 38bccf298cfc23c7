// The live inbox. Whatever happens to the connection, the places (`seq`) tell what is known and what is
// missing: it goes on behind the last one, and shows each once.
"use strict";

const API = "/api/v1";
const by = (id) => document.getElementById(id);
const known = new Map(); // seq → notification
let tokens = JSON.parse(sessionStorage.getItem("tokens") || "null");
let last = null; // the place up to which everything is known
let socket = null;
let ticket = null;
let tries = 0;
let timer = null;

function remember(given) {
  tokens = given;
  if (given) sessionStorage.setItem("tokens", JSON.stringify(given));
  else sessionStorage.removeItem("tokens");
}

function send(method, path, body) {
  const headers = { Accept: "application/json" };
  if (tokens) headers.Authorization = `Bearer ${tokens.access_token}`;
  if (body !== undefined) {
    headers["Content-Type"] = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  }
  return fetch(API + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
}

// One request; an access token that is over is exchanged once.
async function call(method, path, body) {
  let answer = await send(method, path, body);
  if (answer.status === 401 && tokens && (await refresh())) answer = await send(method, path, body);
  if (answer.status === 401 && tokens) signOut();
  const text = await answer.text();
  const read = text ? JSON.parse(text) : null;
  if (!answer.ok) throw Object.assign(new Error((read && read.detail) || answer.statusText), { status: answer.status });
  return read;
}

async function refresh() {
  const answer = await fetch(`${API}/auth/refresh`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ refresh_token: tokens.refresh_token }),
  });
  if (answer.ok) remember(await answer.json());
  return answer.ok;
}

async function signIn(event) {
  event.preventDefault();
  by("fault").hidden = true;
  try {
    remember(await call("POST", "/auth/login", { email: by("email").value, password: by("password").value }));
    by("password").value = "";
    await begin();
  } catch (error) {
    by("fault").textContent = error.message;
    by("fault").hidden = false;
  }
}

async function begin() {
  show();
  await load();
  connect();
}

function signOut() {
  remember(null);
  clearTimeout(timer);
  if (socket) socket.close();
  socket = ticket = last = null;
  known.clear();
  count(0);
  render();
  show();
  state("Signed out");
}

function show() {
  by("sign-in").hidden = Boolean(tokens);
  by("inbox").hidden = !tokens;
}

// The list as it stands. What comes while it is read is heard of afterwards.
async function load() {
  const counts = await call("GET", "/notifications/counts");
  const page = await call("GET", "/notifications?archived=false&limit=50");
  known.clear();
  page.items.forEach((it) => known.set(it.seq, it));
  last = counts.as_of_seq;
  count(counts.unread);
  render();
}

async function connect() {
  clearTimeout(timer);
  if (!tokens || (socket && socket.readyState <= WebSocket.OPEN)) return;
  if (!navigator.onLine) return state("Offline");
  state("Connecting …");
  try {
    ticket = ticket || (await call("POST", "/notifications/tickets", { stream: "websocket" }));
  } catch (error) {
    return again();
  }
  if (socket && socket.readyState <= WebSocket.OPEN) return;
  const address = new URL(ticket.path, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  address.searchParams.set("ticket", ticket.ticket);
  if (last !== null) address.searchParams.set("last_event_id", last);
  const opened = (socket = new WebSocket(address));
  let wasOpen = false;
  opened.onopen = () => {
    wasOpen = true;
    tries = 0;
    state("Live");
  };
  opened.onmessage = (message) => hear(JSON.parse(message.data));
  opened.onclose = () => {
    if (socket !== opened) return;
    socket = null;
    if (!wasOpen) ticket = null; // perhaps it is no more good
    again();
  };
}

// Again after a while, which grows and is never the same for all.
function again() {
  if (!tokens) return;
  state(navigator.onLine ? "Connecting …" : "Offline");
  const pause = Math.min(10000, 250 * 2 ** tries++) * (0.5 + Math.random());
  clearTimeout(timer);
  timer = setTimeout(connect, pause);
}

function hear({ event, data }) {
  if (event === "notification") {
    last = data.seq;
    if (!data.archived) known.set(data.seq, data);
    render();
  } else if (event === "counts") {
    count(data.unread);
    // Marked in another tab; beyond a page nobody here can tell.
    const shown = [...known.values()].filter((it) => !it.read).length;
    if (known.size < 50 && shown !== data.unread) load().catch(() => {});
  } else if (event === "resync") {
    load().catch(() => {});
  }
}

async function mark(item) {
  const read = !item.read;
  known.set(item.seq, await call("PATCH", `/notifications/${item.id}`, { read }));
  render();
}

async function markAll() {
  const counts = await call("POST", "/notifications/mark-all-read", { up_to_seq: last });
  known.forEach((item) => {
    if (item.seq <= last) item.read = true;
  });
  count(counts.unread);
  render();
}

function count(unread) {
  by("unread").textContent = unread;
  by("unread").hidden = unread === 0;
  by("mark-all").disabled = unread === 0;
  document.title = unread ? `(${unread}) Inbox` : "Inbox";
}

function state(text) {
  by("state").textContent = text;
  by("state").classList.toggle("live", text === "Live");
}

// What people wrote is text, never markup.
function element(name, text, kind) {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function render() {
  const items = [...known.values()].sort((a, b) => b.seq - a.seq).map((item) => {
    const row = element("li", "", item.read ? "" : "unread");
    row.dataset.seq = item.seq;
    row.append(element("h2", item.title));
    if (item.body) row.append(element("p", item.body));
    row.append(element("p", `${item.topic} · ${new Date(item.created_at).toLocaleString()}`, "meta"));
    const button = element("button", item.read ? "Mark as unread" : "Mark as read");
    button.type = "button";
    button.addEventListener("click", () => mark(item).catch(() => {}));
    row.append(button);
    return row;
  });
  by("list").replaceChildren(...items);
  by("empty").hidden = items.length > 0;
}

by("sign-in").addEventListener("submit", signIn);
by("mark-all").addEventListener("click", () => markAll().catch(() => {}));
by("sign-out").addEventListener("click", async () => {
  await call("POST", "/auth/logout").catch(() => {});
  signOut();
});
addEventListener("online", () => {
  tries = 0;
  connect();
});
addEventListener("offline", () => {
  if (socket) socket.close();
  state("Offline");
});
show();
if (tokens) begin().catch(again);
