/* Saves each field of form[data-autosave] while it is written.

   Posts csrf_token, field, value (repeated for checkboxes) and version to data-autosave-url. The server answers
     200 {"version": "8", "saved_at": "10:42"}   saved; the version is the next base
     409 text/html                                someone else changed it: a part with both texts, shown beside the field;
                                                  its data-version becomes the base, so that saving again is a choice
     422 {"error": "…"}                           not a value that can be kept; said beside the field
     401, 403 or a redirect                       signed out; the text waits in the browser
   Anything else, or no answer, is tried again. A field may carry a data-version of its own, or share the one of an element
   around it (the row of a grid): its fields are then sent one after the other, and [data-line-version] in it is told. What
   a paste wrote into a grid waits for the form to be saved as a whole; data-text-pasted says so. Unsent text is kept in
   sessionStorage with its base version, under the person's opaque id (data-owner), and brought back when the page is
   opened again: had somebody changed the field meanwhile, the server says 409, and nothing is overwritten. */

const PAUSE = 800;
const LONGEST_WAIT = 60000;
const LONGEST_HOLD = 4000;
const pending = new Map();
const pasted = new Set();

const formOf = (field) => field.form?.matches("[data-autosave]") ? field.form : null;
const keyOf = (form, name) => `draft:${form.dataset.owner}:${form.dataset.autosaveUrl}:${name}`;
const carrier = (field) => field.closest("[data-version]") ?? field.form;

function valuesOf(field) {
  if (field.type !== "checkbox" && field.type !== "radio") return [field.value];
  return [...field.form.querySelectorAll(`[name="${CSS.escape(field.name)}"]:checked`)].map((one) => one.value);
}

function show(field, words, tone) {
  const place = field.closest(".govuk-form-group")?.querySelector("[data-field-state]") ?? field.form.querySelector("[data-form-state]");
  if (!place) return;
  place.textContent = words;
  place.className = `app-field-state app-field-state--${tone}`;
}

function keep(form, name, values, version) {
  try { sessionStorage.setItem(keyOf(form, name), JSON.stringify({ values, version })); } catch { /* full or forbidden: the page still has it */ }
}

function changed(field, version = carrier(field)?.dataset.version) {
  const form = formOf(field);
  if (!form || !field.name || field.type === "hidden" || field.type === "file" || field.type === "password") return null;
  const entry = pending.get(field.name) ?? { tries: 0 };
  Object.assign(entry, { field, form, dirty: true });
  pending.set(field.name, entry);
  if (!entry.sending) entry.version = version;
  keep(form, field.name, valuesOf(field), entry.version);
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
  if (answer.ok) {
    const { version, saved_at: savedAt } = await answer.json();
    moveOn(entry, version);
    Object.assign(entry, { tries: 0, version });
    if (entry.dirty) return;
    pending.delete(field.name);
    sessionStorage.removeItem(keyOf(form, field.name));
    show(field, form.dataset.textSaved.replace("{time}", savedAt), "saved");
  } else if (answer.status === 409) {
    showConflict(field, await answer.text());
    show(field, form.dataset.textConflict, "failed");
  } else if (answer.status === 422) {
    show(field, `${form.dataset.textRefused} ${(await answer.json()).error}`, "failed");
  } else if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
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
    keep(other.form, other.field.name, valuesOf(other.field), version);
  }
}

function retry(entry) {
  entry.dirty = true;
  entry.tries += 1;
  show(entry.field, entry.form.dataset.textRetrying, "waiting");
  schedule(entry, Math.min(1000 * 2 ** entry.tries, LONGEST_WAIT));
}

/* The part comes from our own server, escaped there; parsed apart, so that nothing in it runs. */
function showConflict(field, html) {
  const group = field.closest(".govuk-form-group") ?? field.parentElement;
  let box = group.querySelector(".app-field-conflict");
  if (!box) {
    box = Object.assign(document.createElement("div"), { className: "app-field-conflict" });
    group.append(box);
  }
  box.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  const version = box.querySelector("[data-version]")?.dataset.version;
  if (version) carrier(field).dataset.version = version;
  const told = version && carrier(field).querySelector("[data-line-version]");
  if (told) told.value = told.value.replace(/:.*$/, `:${version}`);
}

function restore(form) {
  for (const field of form.querySelectorAll("input[name], textarea[name], select[name]")) {
    const key = keyOf(form, field.name);
    const kept = JSON.parse(sessionStorage.getItem(key));
    if (kept === null || pending.has(field.name)) continue;
    const { values, version } = kept;
    if (JSON.stringify(valuesOf(field)) === JSON.stringify(values)) {
      sessionStorage.removeItem(key);
      continue;
    }
    if (field.type === "checkbox" || field.type === "radio") {
      for (const one of form.querySelectorAll(`[name="${CSS.escape(field.name)}"]`)) one.checked = values.includes(one.value);
    } else {
      [field.value] = values;
    }
    const entry = changed(field, version);
    show(field, form.dataset.textRestored, "waiting");
    if (entry) schedule(entry, 2 * PAUSE);
  }
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
document.addEventListener("focusout", (event) => {
  const entry = pending.get(event.target.name);
  if (entry?.dirty) send(entry);
});
window.addEventListener("online", () => { for (const entry of pending.values()) if (entry.dirty) send(entry); });
window.addEventListener("beforeunload", (event) => { if (pending.size || pasted.size) event.preventDefault(); });
/* Saving the whole form sends everything: the person is not warned, and what was kept has served. Fields on their way come
   first: the form then goes with the versions they got, and nobody meets a conflict with themselves. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-autosave]") || event.defaultPrevented) return;
  if (form.dataset.held === "waiting") {
    event.preventDefault();
    return;
  }
  const onTheWay = [...pending.values()].filter((entry) => entry.form === form && entry.sending);
  for (const entry of pending.values()) {
    clearTimeout(entry.timer);
    entry.dirty = false;
  }
  if (onTheWay.length && form.dataset.held !== "going") {
    form.dataset.held = "waiting";
    event.preventDefault();
    const answered = Promise.all(onTheWay.map((entry) => entry.sending));
    const late = new Promise((done) => { setTimeout(done, LONGEST_HOLD); });
    Promise.race([answered, late]).then(() => {
      form.dataset.held = "going";
      form.requestSubmit(event.submitter);
    });
    return;
  }
  delete form.dataset.held;
  pending.clear();
  pasted.clear();
});
document.addEventListener("htmx:after:swap", () => document.querySelectorAll("form[data-autosave]").forEach(restore));
document.querySelectorAll("form[data-autosave]").forEach(restore);
