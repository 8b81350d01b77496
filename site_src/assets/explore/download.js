/* The view to take along as CSV or workbook: a line a figure, with what it takes to use it alone. What is no number is empty
   and says why. */
(() => {
"use strict";
const explorer = (globalThis.explorer ??= {});
const HEADER = ["id", "name", "year", "figure", "value", "numerator", "denominator", "status", "aggregate", "n", "reports", "aggregates_left_out", "statistic"];

const recordsOf = (view) =>
  view.rows.flatMap((row) =>
    row.cells.map((cell) => {
      const counts = cell.of === undefined ? ["", "", ""] : [cell.n, cell.of, cell.left];
      const ratio = cell.base !== undefined && cell.number !== null ? cell.part / cell.base : "";
      return [
        row.key, row.name, cell.year, cell.figure,
        cell.part === undefined ? cell.number ?? "" : ratio,
        cell.part ?? "", cell.base ?? "",
        cell.status ?? (cell.kind === "value" ? "" : cell.kind),
        cell.aggregate === undefined ? "" : String(cell.aggregate),
        ...counts,
        cell.of === undefined ? "" : cell.median ? "median" : "sum",
      ];
    }),
  );

// A text that a spreadsheet would compute gets an apostrophe; quotes where CSV needs them.
const inert = (value) => (typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value));
const quoted = (text) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const csv = (view) => [HEADER, ...recordsOf(view)].map((line) => line.map((value) => quoted(inert(value))).join(",") + "\n").join("");

// --- a workbook: the least that Excel, WPS and LibreOffice open; text is text, so nothing is computed ---

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const escaped = (text) =>
  // eslint-disable-next-line no-control-regex
  String(text).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "").replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
const cellXml = (value) => {
  if (value === "") return "<c/>";
  return typeof value === "number" ? `<c><v>${value}</v></c>` : `<c t="inlineStr"><is><t xml:space="preserve">${escaped(value)}</t></is></c>`;
};
const sheet = (rows) =>
  `${HEAD}<worksheet xmlns="${MAIN}"><sheetData>${rows.map((row) => `<row>${row.map(cellXml).join("")}</row>`).join("")}</sheetData></worksheet>`;

const workbook = (sheets) => {
  const names = Object.keys(sheets);
  const related = (type, target, id) => `<Relationship Id="rId${id}" Type="${OFFICE}/${type}" Target="${target}"/>`;
  const files = {
    "[Content_Types].xml": `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>${names.map((_, at) => `<Override PartName="/xl/worksheets/sheet${at + 1}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`).join("")}</Types>`,
    "_rels/.rels": `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${related("officeDocument", "xl/workbook.xml", 1)}</Relationships>`,
    "xl/workbook.xml": `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${names.map((name, at) => `<sheet name="${escaped(name)}" sheetId="${at + 1}" r:id="rId${at + 1}"/>`).join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${names.map((_, at) => related("worksheet", `worksheets/sheet${at + 1}.xml`, at + 1)).join("")}</Relationships>`,
  };
  names.forEach((name, at) => (files[`xl/worksheets/sheet${at + 1}.xml`] = sheet(sheets[name])));
  const bytes = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, fflate.strToU8(text)]));
  return new Blob([fflate.zipSync(bytes)], { type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" });
};

const xlsx = (view, state, labels) => {
  const named = [labels.kinds[state.by], ...view.columns.map(({ name }) => name)];
  const shown = view.rows.map((row) => [row.name, ...row.cells.map((cell) => (cell.number !== null && cell.base === undefined ? cell.number : cell.text))]);
  return workbook({
    [labels.say.sheet]: [named, ...shown],
    CSV: [HEADER, ...recordsOf(view)],
    [labels.say.notes]: [[labels.caption], ...labels.notes.map((text) => [text])],
  });
};

Object.assign(explorer, { csv, xlsx });
})();
