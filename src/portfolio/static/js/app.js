/* Small comforts on every page; nothing here is needed to use it. Texts come from data-* attributes, already translated. */

const text = (template, number) => template.replace("{n}", String(number));

/* The error summary takes the focus, and its links bring the label into sight with the field. */
function focusSummary(root) {
  const summary = root.querySelector("[data-error-summary]");
  if (summary) summary.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-error-summary] a[href^='#']");
  const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  const group = field.closest("fieldset")?.querySelector("legend") ?? document.querySelector(`label[for="${CSS.escape(field.id)}"]`);
  (group ?? field).scrollIntoView();
  field.focus({ preventScroll: true });
});

/* A second press within two seconds is not another act. The form's one-time key guards the server as well. autosave.js may
   hold a form back for a moment and then let it go: data-held says so. */
const pressed = new WeakMap();
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-forgets-drafts]")) {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith("draft:")) sessionStorage.removeItem(key);
  }
  const button = event.submitter;
  if (!button?.matches("[data-once]") || event.target.dataset.held === "going") return;
  const now = Date.now();
  if (now - (pressed.get(button) ?? 0) < 2000) event.preventDefault();
  else pressed.set(button, now);
}, true);

/* Codes that people carry elsewhere. The button appears only where it can work. */
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const before = button.textContent;
  button.textContent = button.dataset.textCopied;
  setTimeout(() => { button.textContent = before; }, 2000);
});

/* Characters left, told politely after a pause; in a field of one line only when a quarter or less is left. */
function countCharacters(area) {
  let line = area.parentElement.querySelector(".app-limit");
  if (!line) {
    line = Object.assign(document.createElement("p"), { className: "app-limit" });
    line.setAttribute("role", "status");
    (area.closest(".govuk-input__wrapper") ?? area).after(line);
  }
  const limit = Number(area.dataset.limit);
  const left = limit - [...area.value].length;
  if (area.tagName === "INPUT" && left > limit / 4) line.textContent = "";
  else line.textContent = left < 0 ? text(area.dataset.textOver, -left) : text(area.dataset.textLeft, left);
  line.classList.toggle("app-limit--over", left < 0);
}

let counting;
document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-limit]")) return;
  clearTimeout(counting);
  counting = setTimeout(countCharacters, 400, event.target);
});

/* Time left until something closes, once a minute, on the server's clock, which a demonstration may have moved. */
function timeLeft(box) {
  const ahead = 1000 * Number(document.body.dataset.clockAhead ?? 0);
  const minutes = Math.floor((Date.parse(box.dataset.closesAt) - Date.now() - ahead) / 60000);
  if (minutes < 0) return box.dataset.textClosed;
  if (minutes < 2) return box.dataset.textLast;
  if (minutes < 120) return text(box.dataset.textMinutes, minutes);
  if (minutes < 2880) return text(box.dataset.textHours, Math.floor(minutes / 60));
  return text(box.dataset.textDays, Math.floor(minutes / 1440));
}

function showTimes() {
  for (const box of document.querySelectorAll("[data-closes-at]")) {
    const place = box.querySelector("[data-left]");
    if (place) place.textContent = timeLeft(box);
  }
}

/* Also after htmx put in a new part. */
function refresh(root) {
  showTimes();
  if (navigator.clipboard) for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false;
  for (const area of root.querySelectorAll("[data-limit]")) if (area.value) countCharacters(area);
  focusSummary(root);
}

document.addEventListener("htmx:after:swap", (event) => refresh(event.detail?.ctx?.target?.isConnected ? event.detail.ctx.target : document));

/* The request never arrived: say so where messages stand, since the page itself stayed as it was. */
document.addEventListener("htmx:error", () => {
  const region = document.getElementById("messages");
  if (!region?.dataset.textUnreachable) return;
  const box = Object.assign(document.createElement("div"), { className: "app-message app-message--problem" });
  box.append(Object.assign(document.createElement("p"), { className: "app-message__text", textContent: region.dataset.textUnreachable }));
  region.replaceChildren(box);
  region.scrollIntoView({ block: "nearest" });
});

/* On a narrow screen menus scroll sideways: bring the current entry into sight. */
for (const entry of document.querySelectorAll("nav [aria-current]")) {
  const list = entry.closest("ul");
  if (list) list.scrollLeft = entry.offsetLeft - list.offsetLeft - 20;
}

refresh(document);
setInterval(showTimes, 60000);

/* A question that only an earlier answer brings up: shown or hidden as soon as that answer is given. Without script it
   appears once the section is saved. */
document.addEventListener("change", (event) => {
  const { name, value, form } = event.target;
  if (!form || !name) return;
  for (const question of form.querySelectorAll("[data-asked-when-field]")) {
    if (question.dataset.askedWhenField === name) question.hidden = question.dataset.askedWhenValue !== value;
  }
});
