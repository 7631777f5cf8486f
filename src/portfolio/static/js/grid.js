/* table[data-grid]: takes a paste from a spreadsheet, adds rows, and keeps totals while amounts are typed.

   data-decimal    "," or "."; the other one, blanks and apostrophes group thousands
   data-short      whole amounts are shown without decimals
   data-places     decimals of the currency (2); amounts are BigInt minor units, so that nothing is rounded
   Rows live in tbody; template[data-grid-row] inside the table's form is the next one, with __n__ where its number stands,
   __row__ for the number from 1, __id__ for a new key; [data-line-number] shows the number.
   Amount inputs:  data-sum="2027" (column key), in tr[data-group="capital"] if rows have groups; a select with
                   data-grid-group in the row says its group instead
   Factors:        options of select[data-grid-factor] may have data-factor="119/100" and data-places="4": an amount of the
                   row then counts times the factors of what is chosen, rounded half up, as the server does
   Totals:         [data-total-row] in the row; [data-total="2027"] the column; [data-total-group="capital"] a group,
                   with data-total="2027" for its column; [data-total-all] everything; each with data-base="1200" for so
                   many minor units that stand on other pages; [data-rest="2027"] with
                   data-of="1200" what is left of so many minor units.
   button[data-grid-add="table id"] adds a row (hidden where there is no script). The server computes all of it again. */

const settings = (table) => ({ decimal: table.dataset.decimal || ",", places: Number(table.dataset.places ?? 2), short: table.dataset.short !== undefined });

/* null when the text is not an amount: it is then left out and marked, never guessed at. */
export function toMinor(text, { decimal, places }) {
  const plain = text.replace(/[\s'’$]/g, "");
  if (plain === "") return 0n;
  const shape = decimal === "," ? /^(-?)(\d+|\d{1,3}(?:\.\d{3})+)(?:,(\d*))?$/ : /^(-?)(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d*))?$/;
  const match = shape.exec(plain);
  if (!match || (match[3] ?? "").length > places) return null;
  const units = BigInt(match[2].replace(/\D/g, "") + (match[3] ?? "").padEnd(places, "0"));
  return match[1] ? -units : units;
}

export function toText(minor, { decimal, places, short }) {
  const digits = (minor < 0n ? -minor : minor).toString().padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places).replace(/\B(?=(\d{3})+$)/g, decimal === "," ? "." : ",");
  return (minor < 0n ? "-" : "") + whole + (places && !(short && /^0+$/.test(digits.slice(-places))) ? decimal + digits.slice(-places) : "");
}

/* An amount below nothing is refused by the server: it is marked, and no total takes it. */
function counted(text, rule) {
  const minor = toMinor(text, rule);
  return minor === null || minor < 0n ? null : minor;
}

function add(sums, key, amount) {
  sums.set(key, (sums.get(key) ?? 0n) + amount);
}

/* What the row's choices make of its amounts: [numerator, denominator, decimals of what is typed]. */
function factorOf(line, rule) {
  let [above, below, places] = [1n, 1n, rule.places];
  for (const select of line.querySelectorAll("select[data-grid-factor]")) {
    const chosen = select.selectedOptions[0]?.dataset ?? {};
    if (chosen.factor) {
      const [top, bottom] = chosen.factor.split("/").map(BigInt);
      [above, below] = [above * top, below * bottom];
    }
    if (chosen.places) places = Number(chosen.places);
  }
  return [above, below, places];
}

function total(table) {
  const rule = settings(table);
  const sums = new Map();
  for (const row of table.tBodies) for (const line of row.rows) {
    let across = 0n;
    const group = line.querySelector("select[data-grid-group]");
    if (group) line.dataset.group = group.value;
    const [above, below, places] = factorOf(line, rule);
    for (const input of line.querySelectorAll("input[data-sum]")) {
      const typed = counted(input.value, { ...rule, places });
      if (typed === null) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
      const amount = (2n * (typed ?? 0n) * above + below) / (2n * below);
      across += amount;
      add(sums, `column ${input.dataset.sum}`, amount);
      if (line.dataset.group) add(sums, `group ${line.dataset.group} ${input.dataset.sum}`, amount);
    }
    add(sums, "all", across);
    if (line.dataset.group) add(sums, `group ${line.dataset.group} `, across);
    const place = line.querySelector("[data-total-row]");
    if (place) place.textContent = toText(across, rule);
  }
  for (const place of table.querySelectorAll("[data-total], [data-total-group], [data-total-all]")) {
    const { total: column, totalGroup: group } = place.dataset;
    const key = group !== undefined ? `group ${group} ${column ?? ""}` : column !== undefined ? `column ${column}` : "all";
    const sum = sums.get(key) ?? 0n;
    const shown = place.dataset.left === undefined ? sum + BigInt(place.dataset.base ?? 0) : BigInt(place.dataset.left) - sum;
    place.textContent = toText(shown, rule);
    place.classList.toggle("app-over", place.dataset.left !== undefined && shown < 0n);
  }
  for (const place of table.querySelectorAll("[data-rest]")) {
    const used = sums.get(place.dataset.rest ? `column ${place.dataset.rest}` : "all") ?? 0n;
    place.textContent = toText(BigInt(place.dataset.of) - used, rule);
  }
}

/* A random UUID (version 4), also where crypto.randomUUID is missing because the page came over plain HTTP. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function addRow(table) {
  const template = table.closest("form, section, div")?.querySelector("template[data-grid-row]") ?? document.querySelector(`template[data-grid-row="${table.id}"]`);
  if (!template) return null;
  const body = table.tBodies[table.tBodies.length - 1];
  const number = table.querySelectorAll("tbody tr").length;
  const copy = template.content.cloneNode(true);
  const marks = { __n__: String(number), __row__: String(number + 1), __id__: newKey() };
  for (const element of copy.querySelectorAll("*")) {
    for (const attribute of [...element.attributes]) {
      const filled = attribute.value.replace(/__(?:n|row|id)__/g, (mark) => marks[mark]);
      if (filled !== attribute.value) element.setAttribute(attribute.name, filled);
    }
    if (element.dataset.lineNumber !== undefined) element.textContent = marks.__row__;
  }
  body.append(copy);
  return body.rows[body.rows.length - 1];
}

const cellsOf = (row) => [...row.querySelectorAll("input:not([type=hidden]), select, textarea")];
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").trim().toLowerCase();

/* A choice that is not in the list is marked and left as it was; a day may come as 31/12/2027. The event says that the value
   was pasted: autosave then waits for the whole form, instead of sending hundreds of cells one by one. */
function put(cell, value) {
  if (cell.tagName === "SELECT") {
    const option = [...cell.options].find((one) => one.value === value || folded(one.text) === folded(value));
    cell.toggleAttribute("aria-invalid", !option);
    if (!option) return;
    cell.value = option.value;
  } else {
    const day = cell.type === "date" && /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(value);
    cell.value = day ? `${day[3]}-${day[2].padStart(2, "0")}-${day[1].padStart(2, "0")}` : value;
  }
  cell.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: { pasted: true } }));
}

document.addEventListener("paste", (event) => {
  const table = event.target.closest?.("table[data-grid]");
  const pasted = event.clipboardData?.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "") ?? "";
  if (!table || !/[\t\n]/.test(pasted) || (event.target.tagName === "TEXTAREA" && !pasted.includes("\t"))) return;
  event.preventDefault();
  const first = cellsOf(event.target.closest("tr")).indexOf(event.target);
  let row = event.target.closest("tr");
  for (const [index, line] of pasted.split("\n").entries()) {
    if (index) {
      const rows = [...table.querySelectorAll("tbody tr")].filter((one) => cellsOf(one).length);
      row = rows[rows.indexOf(row) + 1] ?? addRow(table);
    }
    if (!row) break;
    const cells = cellsOf(row);
    line.split("\t").forEach((value, offset) => { if (cells[first + offset]) put(cells[first + offset], value.trim()); });
  }
  total(table);
});

/* A pasted block is added up once, at its end. */
document.addEventListener("input", (event) => {
  const table = event.target.closest?.("table[data-grid]");
  if (table && !event.detail?.pasted) total(table);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-grid-add]");
  const table = button && document.getElementById(button.dataset.gridAdd);
  if (!table) return;
  event.preventDefault();
  const row = addRow(table);
  if (row) cellsOf(row)[0]?.focus();
  total(table);
});

const start = () => {
  document.querySelectorAll("table[data-grid]").forEach(total);
  for (const button of document.querySelectorAll("[data-grid-add]")) button.hidden = false;
};
document.addEventListener("htmx:after:swap", start);
start();
