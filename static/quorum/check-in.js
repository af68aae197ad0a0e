// Checking in at the door. A tap shows at once, is kept on this device until the portal has it, and is sent again when
// it was lost. Every tap is safe to send twice. Other devices' taps come in every few seconds; no row ever moves.

const door = document.querySelector("[data-check-in]");
const SECOND = 1000, POLL = 8 * SECOND, PATIENCE = 15 * SECOND, LONGEST = 30 * SECOND, DOUBLE = 700;
const PREFIX = `check-in ${location.pathname} ${door.dataset.meeting} `;
const part = (name, within = door) => within.querySelector(`[data-${name}]`);
const lineOf = (key) => document.getElementById(key);
const nameOf = (line) => line.querySelector(".q-t").textContent;

// ---- what was tapped and is not with the portal yet: each under a key of its own, so that two tabs lose nothing ----

let taps = [];
try {
  taps = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).map((key) => JSON.parse(localStorage[key]));
  taps.sort((one, other) => one.at - other.at);
} catch { /* kept in this page alone */ }

const keep = (tap) => {
  taps.push(tap);
  try { localStorage[PREFIX + tap.id] = JSON.stringify(tap); } catch { /* as above */ }
};
const forget = (tap) => {
  taps = taps.filter((one) => one.id !== tap.id);
  try { delete localStorage[PREFIX + tap.id]; } catch { /* as above */ }
};

// ---- what the page shows: what the portal said last, and over it what waits ----

let said = { here: Number(part("here").textContent), lines: {} };
for (const line of door.querySelectorAll("[data-find]")) {
  const words = part("words", line);
  said.lines[line.id] = [words.hasAttribute("data-is-here") ? "here" : words.textContent ? "other" : "", words.textContent];
}
let trouble = "";

const draw = (line, state, words, waits) => {
  const hadFocus = line.contains(document.activeElement), shown = part("words", line);
  shown.textContent = words;
  shown.hidden = !words;
  part("about", line).hidden = Boolean(words);
  shown.toggleAttribute("data-is-here", state === "here");
  shown.toggleAttribute("data-is-waiting", waits);
  for (const form of line.querySelectorAll("[data-tap]")) {
    form.hidden = state === "gone" || (form.dataset.tap === "undo") !== (state === "here");
    if (hadFocus && !form.hidden) form.querySelector("button").focus();
  }
};

const paint = () => {
  let here = said.here;
  for (const line of door.querySelectorAll("[data-find]")) {
    const [state, words] = said.lines[line.id] ?? ["gone", "No longer on the list"];
    const tap = taps.findLast((one) => one.fields.who === line.id);
    if (!tap) { draw(line, state, words, false); continue; }
    const now = tap.fields.does === "here" ? "here" : "";
    const later = tap.isLate ? " · waiting to be sent" : "";
    draw(line, now, now ? `Here${later}` : later ? "Undone · waiting to be sent" : "", Boolean(later));
    if (line.parentElement.dataset.roll === "registered") here += (now === "here") - (state === "here");
  }
  part("here").textContent = here;
  if (said.tally) part("tally").textContent = said.tally;
  if ("others" in said) part("others").textContent = said.others;
  if ("warning" in said) {
    part("warning").hidden = !said.warning;
    part("warning").firstElementChild.textContent = said.warning;
  }
  const late = taps.filter((tap) => tap.isLate);
  const waits = part("waits"), names = late.filter((tap) => tap.fields.does === "add").map((tap) => tap.fields.name || tap.fields.address);
  waits.hidden = !late.length && !trouble;
  waits.firstElementChild.textContent = [
    late.length === 1 ? "1 tap is waiting to be sent. It is kept on this device." : "",
    late.length > 1 ? `${late.length} taps are waiting to be sent. They are kept on this device.` : "",
    names.length ? `Added: ${names.join(", ")}.` : "",
    trouble,
  ].filter(Boolean).join(" ");
};

// Somebody was added here or on another device: their rows are taken from the page, and come last.
const fetchNewLines = async () => {
  const answer = await fetch(`${location.pathname}?meeting=${door.dataset.meeting}`, { redirect: "manual" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const line of page.querySelectorAll("[data-roll] > li")) {
    if (lineOf(line.id)) continue;
    const roll = door.querySelector(`[data-roll="${line.parentElement.dataset.roll}"]`);
    roll.append(document.adoptNode(line));
    roll.parentElement.hidden = false;
  }
};

const hear = async (states) => {
  said = states;
  if (Object.keys(states.lines).some((key) => !lineOf(key)) && !find.defaultValue) await fetchNewLines();
  paint();
};

// ---- sending ----

const refuse = (sentence, tap) => {
  part("refused").hidden = false;
  part("refused").firstElementChild.textContent = sentence;
  document.getElementById("say").textContent = sentence;
  if (tap.fields.does !== "add") return;
  const form = part("add");
  form.closest("details").open = true;
  for (const name of ["name", "address"]) form.elements[name].value ||= tap.fields[name];
};

// Returns whether the tap is done with: the portal has it, or has said that it never will.
const post = async (tap) => {
  const age = Math.max(0, Math.round((Date.now() - tap.at) / SECOND));
  const token = document.querySelector("main [name=csrfmiddlewaretoken]")?.value ?? "";
  const body = new URLSearchParams({ ...tap.fields, age, csrfmiddlewaretoken: token });
  let answer;
  try {
    answer = await fetch(location.pathname, {
      method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
    trouble = "";
    if (answer.type === "opaqueredirect" || answer.status === 403) {
      trouble = "You are signed out. Sign in again and open this page: what you tapped is kept.";
      return false;
    }
    if (answer.status >= 500 || answer.status === 429) return false;
    const told = await answer.json();
    forget(tap);
    if (!answer.ok) { refuse(told.refused, tap); return true; }
    await hear(told);
    const line = lineOf(tap.fields.who), who = tap.fields.name || (line && nameOf(line));
    const did = tap.fields.does === "undo" ? "is no longer checked in" : "checked in";
    if (who) document.getElementById("say").textContent = `${who} ${did}, ${told.here} ${told.tally}.`;
    return true;
  } catch { return false; }
};

let isSending = false, pause = SECOND, timer;
const send = async () => {
  if (isSending) return;
  isSending = true;
  clearTimeout(timer);
  while (taps.length) {
    if (await post(taps[0])) { pause = SECOND; continue; }
    for (const tap of taps) tap.isLate = true;
    timer = setTimeout(send, pause);
    pause = Math.min(2 * pause, LONGEST);
    break;
  }
  isSending = false;
  paint();
};

const ask = async () => {
  if (document.hidden || taps.length) return;
  try {
    const address = `${location.pathname}?meeting=${door.dataset.meeting}`;
    const answer = await fetch(address, { headers: { Accept: "application/json" }, redirect: "manual" });
    if (answer.ok && !taps.length) await hear(await answer.json());
  } catch { /* asked again in a moment */ }
};

addEventListener("online", () => { pause = SECOND; send(); });
document.addEventListener("visibilitychange", () => { send(); ask(); });
setInterval(ask, POLL);

// ---- tapping ----

door.addEventListener("submit", (event) => {
  const form = event.target, line = form.closest("li");
  if (form.matches("[role=search]") && !find.defaultValue) { event.preventDefault(); return; }
  if (form.method !== "post") return;
  event.preventDefault();
  // The second half of a double tap finds the other button under the finger.
  if (line && event.timeStamp - (line.tappedAt ?? -DOUBLE) < DOUBLE) return;
  if (line) line.tappedAt = event.timeStamp;
  const { csrfmiddlewaretoken, ...fields } = Object.fromEntries(new FormData(form));
  keep({ id: `${Date.now()}-${Math.random()}`, at: Date.now(), fields });
  part("refused").hidden = true;
  if (fields.does === "add") { form.reset(); form.closest("details").open = false; }
  paint();
  send();
});

const find = document.getElementById("find");
find.addEventListener("input", () => {
  if (find.defaultValue && !find.value) { location.search = `?meeting=${door.dataset.meeting}`; return; }
  const wanted = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const line of door.querySelectorAll("[data-find]")) {
    line.hidden = !wanted.every((word) => line.dataset.find.includes(word));
  }
});

for (const tap of taps) tap.isLate = true;
paint();
send();
