/* table[data-grid]: takes a paste from a spreadsheet, adds rows, and keeps totals while amounts are typed.

   data-decimal    "," or "."; the other one, blanks and apostrophes group thousands
   data-places     decimals of the currency (2); amounts are BigInt minor units, so that nothing is rounded
   Rows live in tbody; template[data-grid-row] inside the table's form is the next one, with __n__ where its number stands.
   Amount inputs:  data-sum="2027" (column key), in tr[data-group="capital"] if rows have groups
   Totals:         [data-total-row] in the row; [data-total="2027"] the column; [data-total-group="capital"] a group,
                   with data-total="2027" for its column; [data-total-all] everything.
   button[data-grid-add="table id"] adds a row. The server computes all of it again. */

const settings = (table) => ({ decimal: table.dataset.decimal || ",", places: Number(table.dataset.places ?? 2) });

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

export function toText(minor, { decimal, places }) {
  const digits = (minor < 0n ? -minor : minor).toString().padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places).replace(/\B(?=(\d{3})+$)/g, decimal === "," ? "." : ",");
  return (minor < 0n ? "-" : "") + whole + (places ? decimal + digits.slice(-places) : "");
}

function add(sums, key, amount) {
  sums.set(key, (sums.get(key) ?? 0n) + amount);
}

function total(table) {
  const rule = settings(table);
  const sums = new Map();
  for (const row of table.tBodies) for (const line of row.rows) {
    let across = 0n;
    for (const input of line.querySelectorAll("input[data-sum]")) {
      const amount = toMinor(input.value, rule);
      if (amount === null) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
      across += amount ?? 0n;
      add(sums, `column ${input.dataset.sum}`, amount ?? 0n);
      if (line.dataset.group) add(sums, `group ${line.dataset.group} ${input.dataset.sum}`, amount ?? 0n);
    }
    add(sums, "all", across);
    if (line.dataset.group) add(sums, `group ${line.dataset.group} `, across);
    const place = line.querySelector("[data-total-row]");
    if (place) place.textContent = toText(across, rule);
  }
  for (const place of table.querySelectorAll("[data-total], [data-total-group], [data-total-all]")) {
    const { total: column, totalGroup: group } = place.dataset;
    const key = group !== undefined ? `group ${group} ${column ?? ""}` : column !== undefined ? `column ${column}` : "all";
    place.textContent = toText(sums.get(key) ?? 0n, rule);
  }
}

function addRow(table) {
  const template = table.closest("form, section, div")?.querySelector("template[data-grid-row]") ?? document.querySelector(`template[data-grid-row="${table.id}"]`);
  if (!template) return null;
  const body = table.tBodies[table.tBodies.length - 1];
  const number = String(table.querySelectorAll("tbody tr").length);
  const copy = template.content.cloneNode(true);
  for (const element of copy.querySelectorAll("*")) {
    for (const attribute of [...element.attributes]) {
      if (attribute.value.includes("__n__")) element.setAttribute(attribute.name, attribute.value.replaceAll("__n__", number));
    }
  }
  body.append(copy);
  return body.rows[body.rows.length - 1];
}

const cellsOf = (row) => [...row.querySelectorAll("input:not([type=hidden]), select")];

function put(cell, value) {
  if (cell.tagName === "SELECT") {
    const option = [...cell.options].find((one) => one.value === value || one.text.trim().toLowerCase() === value.toLowerCase());
    if (!option) return;
    cell.value = option.value;
  } else {
    cell.value = value;
  }
  cell.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("paste", (event) => {
  const table = event.target.closest?.("table[data-grid]");
  const pasted = event.clipboardData?.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "") ?? "";
  if (!table || !/[\t\n]/.test(pasted)) return;
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

document.addEventListener("input", (event) => {
  const table = event.target.closest?.("table[data-grid]");
  if (table) total(table);
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

const start = () => document.querySelectorAll("table[data-grid]").forEach(total);
document.addEventListener("htmx:after:swap", start);
start();
