/* Saves each field of form[data-autosave] while it is written.

   Posts csrf_token, field, value (repeated for checkboxes) and version to data-autosave-url. The server answers
     200 {"version": "8", "saved_at": "10:42"}   saved; the version is the next base
     409 text/html                                someone else changed it: a part with both texts, shown beside the field;
                                                  its data-version becomes the base, so that saving again is a choice
     422 {"error": "…"}                           not a value that can be kept; said beside the field
     401, 403 or a redirect                       signed out; the text waits in the browser
   Anything else, or no answer, is tried again. A field may carry a data-version of its own, or share the one of an element
   around it (the row of a grid): its fields are then sent one after the other, and [data-line-version] in it is told. What
   a paste wrote into a grid waits for the form to be saved as a whole; data-text-pasted says so.

   Each save is told to the page by the event "saved", so that what it says of the record can be asked again.

   Unsent text is kept in sessionStorage under the person's opaque id (data-owner), with the version and the value that it was
   based on, until the server acknowledges it. When the page is opened again it is brought back if what it was based on still
   stands; if the server has something else by then, both texts are shown and the person chooses.

   A button of any of these forms first sends what waits in all of them. Where something is refused, or belongs to another
   form and cannot be sent, the page stays, the focus goes there, and the button's form says so (data-text-held). */

const PAUSE = 800;
const LONGEST_WAIT = 60000;
const LONGEST_HOLD = 4000;
const SENT = "draft:sent";
const pending = new Map();
const pasted = new Set();

const formOf = (field) => field.form?.matches("[data-autosave]") ? field.form : null;
const keyOf = (form, name) => `draft:${form.dataset.owner}:${form.dataset.autosaveUrl}:${name}`;
const asideOf = (form, name) => keyOf(form, `${name}:aside`);
const carrier = (field) => field.closest("[data-version]") ?? field.form;
const groupOf = (field) => field.closest(".govuk-form-group, td") ?? field.parentElement;
const isMarked = (field) => field.type === "checkbox" || field.type === "radio";
const named = (field) => [...field.form.querySelectorAll(`[name="${CSS.escape(field.name)}"]`)];
const same = (some, others) => JSON.stringify(some) === JSON.stringify(others);
const plain = (values) => values.map((text) => text.replace(/\s+/g, " ").trim());

function valuesOf(field) {
  return isMarked(field) ? named(field).filter((one) => one.checked).map((one) => one.value) : [field.value];
}

/* What the server has, as far as this page knows: what it sent with the page, or what it acknowledged since. */
const acknowledged = new Map();
function baseOf(field) {
  const since = acknowledged.get(field.name);
  if (since) return since;
  if (isMarked(field)) return named(field).filter((one) => one.defaultChecked).map((one) => one.value);
  if (field.tagName !== "SELECT") return [field.defaultValue];
  return [([...field.options].find((one) => one.defaultSelected) ?? field.options[0])?.value ?? ""];
}

function put(field, values) {
  if (isMarked(field)) for (const one of named(field)) one.checked = values.includes(one.value);
  else [field.value] = values;
}

const make = (tag, className, textContent = "") => Object.assign(document.createElement(tag), { className, textContent });

function say(place, words, tone) {
  if (!place) return;
  place.textContent = words;
  place.className = `app-field-state app-field-state--${tone}`;
}

/* Beside the field. A cell of a grid has no place of its own: it gets one while something is wrong with it. */
function show(field, words, tone) {
  const group = groupOf(field);
  let place = group.querySelector("[data-field-state]");
  if (place?.dataset.made !== undefined && tone !== "failed") {
    place.remove();
    place = null;
  }
  if (!place && tone === "failed" && group !== field.form) {
    place = make("p", "");
    Object.assign(place.dataset, { fieldState: "", made: "" });
    place.setAttribute("role", "status");
    group.append(place);
    say(field.form.querySelector("[data-form-state]"), "", "waiting");
  }
  say(place ?? field.form.querySelector("[data-form-state]"), words, tone);
  if (!place || tone !== "failed") return;
  place.id ||= `${field.id}-state`;
  const described = (field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);
  if (!described.includes(place.id)) field.setAttribute("aria-describedby", [...described, place.id].join(" "));
}

function keep(form, field, version) {
  const draft = JSON.stringify({ values: valuesOf(field), version, base: baseOf(field) });
  try { sessionStorage.setItem(keyOf(form, field.name), draft); } catch { /* full or forbidden: the page still has it */ }
}

function changed(field, version = carrier(field)?.dataset.version) {
  const form = formOf(field);
  if (!form || !field.name || field.type === "hidden" || field.type === "file" || field.type === "password") return null;
  const entry = pending.get(field.name) ?? { tries: 0 };
  Object.assign(entry, { field, form, dirty: true, state: "" });
  pending.set(field.name, entry);
  if (!entry.sending) entry.version = version;
  keep(form, field, entry.version);
  return entry;
}

function schedule(entry, wait) {
  clearTimeout(entry.timer);
  entry.timer = setTimeout(send, wait, entry);
}

async function send(entry) {
  clearTimeout(entry.timer);
  if (entry.sending || !entry.dirty) return;
  const { field, form } = entry;
  const sharing = [...pending.values()].filter((other) => carrier(other.field) === carrier(field) && other !== entry);
  if (carrier(field) !== form && sharing.some((other) => other.sending)) {
    schedule(entry, PAUSE / 4);
    return;
  }
  const values = valuesOf(field);
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value, field: field.name, version: entry.version });
  for (const value of values) body.append("value", value);
  entry.dirty = false;
  show(field, form.dataset.textSaving, "waiting");
  entry.sending = post(entry, values, body);
  await entry.sending;
  entry.sending = null;
  if (entry.dirty && !entry.tries) schedule(entry, PAUSE);
}

async function post(entry, values, body) {
  try {
    const answer = await fetch(entry.form.dataset.autosaveUrl, { method: "POST", body, headers: { Accept: "application/json, text/html" }, redirect: "manual" });
    await settle(entry, values, answer);
  } catch {
    retry(entry);
  }
}

async function settle(entry, values, answer) {
  const { field, form } = entry;
  if (pressing) await pressing;
  if (answer.ok) {
    const { version, saved_at: savedAt } = await answer.json();
    acknowledged.set(field.name, values);
    moveOn(entry, version);
    Object.assign(entry, { tries: 0, version, state: "" });
    if (entry.dirty) {
      keep(form, field, version);
      return;
    }
    pending.delete(field.name);
    sessionStorage.removeItem(keyOf(form, field.name));
    field.removeAttribute("aria-invalid");
    show(field, form.dataset.textSaved.replace("{time}", savedAt), "saved");
    form.dispatchEvent(new Event("saved", { bubbles: true }));
  } else if (answer.status === 409) {
    entry.state = "conflict";
    showConflict(field, await answer.text());
    show(field, form.dataset.textConflict, "failed");
  } else if (answer.status === 422) {
    entry.state = "refused";
    field.setAttribute("aria-invalid", "true");
    show(field, `${form.dataset.textRefused} ${(await answer.json()).error}`, "failed");
  } else if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
    entry.state = "out";
    show(field, form.dataset.textSignedOut, "failed");
  } else {
    throw new Error(String(answer.status));
  }
}

/* The server accepted the base, so whatever else waits on the same base stands on the new version now. */
function moveOn({ field, version: base }, version) {
  const shared = carrier(field);
  shared.dataset.version = version;
  const told = shared.querySelector("[data-line-version]");
  if (told) told.value = told.value.replace(/:.*$/, `:${version}`);
  if (shared === field.form) return;
  for (const other of pending.values()) {
    if (carrier(other.field) !== shared || other.version !== base || other.field === field) continue;
    other.version = version;
    keep(other.form, other.field, version);
  }
}

function retry(entry) {
  Object.assign(entry, { dirty: true, state: "late" });
  entry.tries += 1;
  show(entry.field, entry.form.dataset.textRetrying, "waiting");
  schedule(entry, Math.min(1000 * 2 ** entry.tries, LONGEST_WAIT));
}

/* The part comes from our own server, escaped there; parsed apart, so that nothing in it runs. */
function showConflict(field, html) {
  const group = groupOf(field);
  let box = group.querySelector(".app-field-conflict");
  if (!box) {
    box = make("div", "app-field-conflict");
    group.append(box);
  }
  box.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  const version = box.querySelector("[data-version]")?.dataset.version;
  if (version) carrier(field).dataset.version = version;
  const told = version && carrier(field).querySelector("[data-line-version]");
  if (told) told.value = told.value.replace(/:.*$/, `:${version}`);
}

/* Both texts, and a choice: the one kept here is older than what the server has now, so it does not come back by itself. */
function offer(form, field, values) {
  const group = groupOf(field);
  if (group.querySelector(".app-field-draft")) return;
  const words = (of) => of.map((value) => (field.tagName === "SELECT" ? [...field.options].find((one) => one.value === value)?.text : null) ?? value).join(", ");
  const box = make("div", "app-field-conflict app-field-draft");
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", form.dataset.textOffer);
  const sides = make("div", "app-compare");
  for (const [label, text, tone] of [[form.dataset.textTheirs, words(baseOf(field)), ""], [form.dataset.textYours, words(values), " app-compare__side--new"]]) {
    const side = make("div", `app-compare__side${tone}`);
    side.append(make("p", "app-compare__label", label), make("div", "app-compare__text", text));
    sides.append(side);
  }
  const acts = make("p", "app-field-draft__acts");
  for (const [act, label] of [["use", form.dataset.textUse], ["drop", form.dataset.textDrop]]) {
    const button = Object.assign(make("button", "app-quiet-button", label), { type: "button" });
    button.addEventListener("click", () => {
      box.remove();
      sessionStorage.removeItem(asideOf(form, field.name));
      field.focus();
      show(field, "", "waiting");
      if (act === "drop") return;
      put(field, values);
      schedule(changed(field), 0);
    });
    acts.append(button);
  }
  box.append(make("p", "app-small", form.dataset.textOffer), sides, acts);
  group.append(box);
}

function restore(form) {
  for (const field of form.querySelectorAll("input[name], textarea[name], select[name]")) {
    if (pending.has(field.name)) continue;
    const key = keyOf(form, field.name);
    const aside = JSON.parse(sessionStorage.getItem(asideOf(form, field.name)));
    const kept = JSON.parse(sessionStorage.getItem(key)) ?? aside;
    if (kept === null) continue;
    const { values, version, base } = kept;
    const present = carrier(field).dataset.version;
    sessionStorage.removeItem(key);
    sessionStorage.removeItem(asideOf(form, field.name));
    if (same(plain(values), plain(baseOf(field))) || same(values, valuesOf(field))) continue;
    if (version === present || same(base, baseOf(field))) {
      put(field, values);
      const entry = changed(field, present);
      show(field, form.dataset.textRestored, "waiting");
      if (entry) schedule(entry, 2 * PAUSE);
    } else {
      sessionStorage.setItem(asideOf(form, field.name), JSON.stringify(kept));
      offer(form, field, values);
    }
  }
}

/* Sends what waits in every form, row by row, and comes back once all of it is answered, or after LONGEST_HOLD. */
async function flush() {
  const last = Date.now() + LONGEST_HOLD;
  const tried = new Set();
  const open = () => [...pending.values()].filter((entry) => entry.sending || (entry.dirty && !tried.has(entry)));
  for (let waiting = open(); waiting.length && Date.now() < last; waiting = open()) {
    for (const entry of waiting) {
      send(entry);
      if (entry.sending) tried.add(entry);
    }
    const late = new Promise((done) => { setTimeout(done, PAUSE / 4); });
    await Promise.race([Promise.all(waiting.map((entry) => entry.sending ?? late)), new Promise((done) => { setTimeout(done, last - Date.now()); })]);
  }
}

/* What keeps the person here: [element, words], the first on the page first. The form's own fields travel with it unless they
   were refused just now (after a sign-out the server carries the form across the sign-in); a conflict that they had before
   them when they pressed is theirs to decide. A line that is being taken away holds nobody. */
function held(form, button, before) {
  const gone = button?.value?.startsWith("remove:") ? carrier(button) : null;
  const stops = [];
  for (const entry of pending.values()) {
    if (!entry.field.isConnected) continue;
    const travels = entry.form === form && (["", "late", "out"].includes(entry.state) || (entry.state === "conflict" && before.has(entry)));
    if (!travels && carrier(entry.field) !== gone) stops.push([entry.field, entry.state ? "" : entry.form.dataset.textRetrying]);
  }
  for (const other of pasted) {
    const save = other.querySelector("button[type=submit]");
    if (other !== form && save) stops.push([save, ""]);
  }
  return stops.sort(([one], [other]) => (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
}

function stopAt([element, words], form) {
  element.closest("details")?.setAttribute("open", "");
  if (words) show(element, words, "failed");
  say(form.querySelector("[data-form-state]"), form.dataset.textHeld, "failed");
  element.focus();
}

async function leave(form, button) {
  const before = new Set([...pending.values()].filter((entry) => entry.state === "conflict"));
  form.dataset.held = "waiting";
  say(form.querySelector("[data-form-state]"), form.dataset.textSaving, "waiting");
  await flush();
  const [first] = held(form, button, before);
  delete form.dataset.held;
  if (first) {
    stopAt(first, form);
    return;
  }
  form.dataset.held = "going";
  setTimeout(() => form.requestSubmit(button)); // not while the first submission is still being told: it would be ignored
}

document.addEventListener("input", (event) => {
  const form = event.detail?.pasted && formOf(event.target);
  if (form) {
    pasted.add(form);
    show(event.target, form.dataset.textPasted ?? "", "waiting");
    return;
  }
  const entry = changed(event.target);
  if (entry) schedule(entry, PAUSE);
});
/* While a button is held down nothing on the page moves: it would slip from under the pointer, and the press be lost. */
let pressing = null;
document.addEventListener("pointerdown", (event) => {
  if (!event.target.closest?.("button")) return;
  pressing = new Promise((done) => {
    const release = () => { pressing = null; done(); };
    for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => setTimeout(release), { once: true });
  });
}, true);
document.addEventListener("focusout", (event) => {
  const entry = pending.get(event.target.name);
  if (entry?.dirty && !pressing) send(entry);
});
window.addEventListener("online", () => { for (const entry of pending.values()) if (entry.dirty) send(entry); });
window.addEventListener("beforeunload", (event) => { if (pending.size || pasted.size) event.preventDefault(); });
/* Fields on their way come first: the form then goes with the versions they got, and nobody meets a conflict with themselves. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-autosave]") || event.defaultPrevented) return;
  if (form.dataset.held === "going" || !(pending.size || pasted.size)) {
    delete form.dataset.held;
    for (const entry of pending.values()) clearTimeout(entry.timer);
    const sent = [...pending.values()].filter((entry) => entry.form === form).map((entry) => keyOf(form, entry.field.name));
    if (sent.length) sessionStorage.setItem(SENT, JSON.stringify(sent));
    pending.clear();
    pasted.clear();
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  if (form.dataset.held !== "waiting") leave(form, event.submitter);
}, true);
/* What went with a whole form is acknowledged by the message of the page that answers it; a sign-in page acknowledges nothing. */
const sent = JSON.parse(sessionStorage.getItem(SENT)) ?? [];
sessionStorage.removeItem(SENT);
if (document.querySelector("#messages .app-message--success")) for (const key of sent) sessionStorage.removeItem(key);
document.addEventListener("htmx:after:swap", () => document.querySelectorAll("form[data-autosave]").forEach(restore));
document.querySelectorAll("form[data-autosave]").forEach(restore);
