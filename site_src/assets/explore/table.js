/* The view as a table: heads sort, rows come a hundred at a time, a figure leads to its cell in the report. */
(() => {
"use strict";
const explorer = (globalThis.explorer ??= {});
const ROWS = 100; // shown before a person asks for more

const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};
/** Text that stays Chinese on an English page says so. */
const named = (text, name = "span", attributes = {}) => {
  const foreign = document.documentElement.lang.startsWith("en") && /[\u4e00-\u9fff]/.test(text);
  return make(name, foreign ? { ...attributes, lang: "zh" } : attributes, text);
};
const page = () => (location.protocol === "file:" ? "index.html" : "");

const countsOf = (cell, labels) => {
  if (cell.of === undefined) return "";
  const n = labels.fill("n", { n: cell.n, of: cell.of });
  return cell.median ? `${labels.fill("median_n", { n: cell.n })}` : n;
};
const cellElement = (cell, labels, root) => {
  const td = make("td", cell.kind === "value" ? {} : { class: "none" });
  const address = cell.report && `${root}${cell.report}${page()}${cell.anchor ? `#${cell.anchor}` : ""}`;
  td.append(address ? make("a", { href: address }, cell.text) : cell.text);
  const counts = countsOf(cell, labels);
  for (const note of counts ? [counts, ...cell.notes] : cell.notes) td.append(make("br"), make("small", {}, note));
  return td;
};

/** table(view, …): the element, and under it the button for more rows. sort(column): hears which head was pressed. */
const table = (view, state, labels, root, sort) => {
  const { rows, columns, sorted } = view;
  const heads = columns.map((column, at) => {
    const head = make("th", { scope: "col" });
    if (at === sorted) head.setAttribute("aria-sort", state.sort.startsWith("-") ? "descending" : "ascending");
    const button = named(column.name, "button", { type: "button", class: "sort", "data-column": column.key });
    button.addEventListener("click", () => sort(column.key));
    head.append(button);
    return head;
  });
  const rowElement = (row) => {
    const head = make("th", { scope: "row" });
    if (row.agency) head.append(named(row.name, "a", { href: `${root}agencies/${row.key}/${page()}` }));
    else head.append(named(row.name));
    return make("tr", {}, head, ...row.cells.map((cell) => cellElement(cell, labels, root)));
  };
  const body = make("tbody", {}, ...rows.slice(0, ROWS).map(rowElement));
  const corner = make("th", { scope: "col" }, labels.kinds[state.by]);
  const whole = make("table", { class: "wide" }, make("thead", {}, make("tr", {}, corner, ...heads)), body);
  const box = make("div", { class: "scroll tall", tabindex: "0", role: "region", "aria-label": labels.caption }, whole);
  if (rows.length <= ROWS) return [box];
  const more = make("button", { type: "button", class: "copy" });
  const name = () => (more.textContent = labels.fill("more", { n: Math.min(ROWS, rows.length - body.rows.length) }));
  more.addEventListener("click", () => {
    body.append(...rows.slice(body.rows.length, body.rows.length + ROWS).map(rowElement));
    if (body.rows.length >= rows.length) more.remove();
    else name();
  });
  name();
  return [box, more];
};

/** The same as a picture to save: what stands on the page before a person asks for more. */
const tableDrawn = ({ rows, columns }, labels) => {
  const NS = "http://www.w3.org/2000/svg";
  const draw = (name, attributes, text = "") => {
    const element = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.textContent = text;
    return element;
  };
  const wide = (text) => [...text].reduce((sum, letter) => sum + (letter > "\u2e7f" ? 13 : 7.5), 0);
  const said = (cell) => [cell.text, countsOf(cell, labels)].filter(Boolean).join("  ");
  const some = rows.slice(0, ROWS);
  const lines = [[labels.kindOfRows, ...columns.map(({ name }) => name)], ...some.map((row) => [row.name, ...row.cells.map(said)])];
  const widths = lines[0].map((_, at) => Math.max(...lines.map((line) => wide(line[at]))) + 24);
  const ends = widths.map((_, at) => widths.slice(0, at + 1).reduce((sum, one) => sum + one));
  const [step, all] = [24, Math.max(ends.at(-1), 420)];
  const left = rows.length - some.length;
  const high = lines.length * step + (left ? step : 0) + 6;
  const svg = draw("svg", { class: "chart", width: all, height: high, viewBox: `0 0 ${all} ${high}` });
  lines.forEach((line, row) => {
    const y = (row + 1) * step;
    line.forEach((text, at) =>
      svg.append(draw("text", at ? { class: row ? "n" : "", x: ends[at] - 8, y: y - 7, "text-anchor": "end" } : { x: 4, y: y - 7 }, text)));
    svg.append(draw("line", { class: row ? "rule" : "axis", x1: 0, x2: all, y1: y, y2: y }));
  });
  if (left) svg.append(draw("text", { x: 4, y: high - 8 }, labels.fill("first", { n: some.length, rows: rows.length })));
  return svg;
};

Object.assign(explorer, { table, tableDrawn, make, named });
})();
