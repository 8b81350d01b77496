/* Facts → one table. A cell is one figure of one agency as filed, or several agencies' together with n: how many of their
   reports state it. Aggregates are never added to their parts, and what is not stated is no zero. */
(() => {
"use strict";
const explorer = (globalThis.explorer ??= {});
const SMALLEST_BASE = 10; // of a share; below it, counts say more
const SMALLEST_GROUP = 3; // of a median: of fewer, it would tell of one agency under another name
const LENGTHS = { province: 2, city: 4, county: 6 };
const ADDED = ["added", "summed", "incomplete"]; // sums of rows have no cell of their own in a report

const shown = (value) => value.toLocaleString("en-US", { maximumFractionDigits: 6 });
const percent = (part, whole) => {
  const value = Math.round((part * 100) / whole);
  if (part && !value) return "<1%";
  return part !== whole && value === 100 ? ">99%" : `${value}%`;
};
const middle = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(half)] : (sorted[half - 1] + sorted[half]) / 2;
};

// Not Map.groupBy: phones of 2023 do not know it.
const grouped = (all, keyOf) => {
  const groups = new Map();
  for (const one of all) {
    const key = keyOf(one);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(one);
  }
  return groups;
};

/** The agencies as the file of them says, and what groups there are. */
const population = (labels) => {
  const { agencies, places: names } = globalThis.explorerIndex;
  const places = Object.fromEntries(Object.entries(names).map(([code, [zh, en]]) => [code, labels.english ? en : zh]));
  const all = agencies.map(([id, zh, division, level, duty, reports], at) => {
    const slugs = reports.split(" ").filter(Boolean);
    return {
      id, division, level, function: duty, slugs,
      name: (labels.english && globalThis.finderEnglish?.[at]) || zh, // the same agencies in the same order
      years: new Set(slugs.map((slug) => Number(slug.slice(0, 4)))),
      province: division.slice(0, 2), city: division.slice(0, 4), county: division,
    };
  });
  const placeName = (code) =>
    [2, 4, 6].filter((length) => length <= code.length).map((length) => places[code.slice(0, length)]).filter(Boolean).join(" · ") || code;
  const nameOf = (kind, key) => (kind in LENGTHS ? placeName(key) : labels[kind].get(key) ?? key);
  const groupOf = (kind, key) => all.filter((agency) => agency[kind] === key);
  return { all, byId: new Map(all.map((one) => [one.id, one])), places, nameOf, groupOf };
};

/** Who is asked about: those chosen one by one, else those that the filters leave. */
const members = (state, people) => {
  if (state.a.length) return [...new Set(state.a.flatMap((key) => chosen(key, people).agencies))];
  return people.all.filter(
    (agency) =>
      agency.division.startsWith(state.place) &&
      (!state.function || agency.function === state.function) &&
      (!state.level || agency.level === state.level),
  );
};

/** One of the chosen: an agency, or a group of them. */
const chosen = (key, people) => {
  const agency = people.byId.get(key);
  if (agency) return { key, name: agency.name, agency, agencies: [agency] };
  const [, kind, code] = /^g-(\w+?)-(.+)$/.exec(key) ?? [];
  const agencies = kind ? people.groupOf(kind, code) : [];
  return { key, name: kind ? people.nameOf(kind, code) : key, agencies };
};

const rowsOf = (state, people, labels) => {
  const some = members(state, people);
  if (state.by === "item") return state.m.map((key) => ({ key, name: labels.m.get(key), item: key, agencies: some }));
  if (state.by === "applicant") return labels.applicants.map(([key, name]) => ({ key, name, applicant: key, agencies: some }));
  if (state.by === "agency") {
    const all = state.a.length ? state.a.map((key) => chosen(key, people)) : some.map((agency) => chosen(agency.id, people));
    const group = (row) => (row.agency ? row : { ...row, name: `${row.name} · ${labels.stat.get(state.stat)}` });
    return all.filter((row) => row.agencies.length).map(group);
  }
  const groups = grouped(some.filter((agency) => isIn(agency, state.by, people)), (agency) => agency[state.by]);
  const rows = [...groups].map(([key, agencies]) => ({ key, name: people.nameOf(state.by, key), agencies }));
  if (state.by in LENGTHS) return shortened(rows.sort((a, b) => (a.key < b.key ? -1 : 1)));
  const order = [...labels[state.by].keys()];
  return rows.sort((a, b) => order.indexOf(a.key) - order.indexOf(b.key));
};
/** Places of one province are named without it. */
const shortened = (rows) => {
  const starts = new Set(rows.map(({ key }) => key.slice(0, 2)));
  const own = (name) => name.split(" · ").slice(1).join(" · ") || name;
  return starts.size === 1 ? rows.map((row) => ({ ...row, name: own(row.name) })) : rows;
};
const totalFirst = (applicants) => [...applicants].sort(([a], [b]) => (b === "total") - (a === "total"));
/** A province's own agencies are in no city, and a city's own in no county. */
const isIn = (agency, kind, people) => !(kind in LENGTHS) || agency[kind] in people.places;

const columnsOf = (state, rows, labels) => {
  if (state.cols === "item") return state.m.map((key) => ({ key, name: labels.m.get(key), item: key }));
  if (state.cols === "applicant") return totalFirst(labels.applicants).map(([key, name]) => ({ key, name, applicant: key }));
  if (state.y) return [{ key: state.y, name: state.y, year: Number(state.y) }];
  const years = new Set(rows.flatMap(({ agencies }) => agencies.flatMap((agency) => [...agency.years])));
  return [...years].sort((a, b) => b - a).map((year) => ({ key: String(year), name: String(year), year })); // a phone shows the first
};

/** The figures that a view needs: of each item, and what each is a share of. */
const needed = (state, labels) => {
  const found = new Set();
  for (const item of state.m)
    for (const applicant of [state.by, state.cols].includes("applicant") ? labels.applicants.map(([key]) => key) : [undefined])
      for (const key of figuresOf(state, labels, item, applicant)) found.add(key);
  return [...found];
};
const figuresOf = (state, labels, item, applicant) => {
  const own = explorer.figureOf(item, applicant);
  if (state.as !== "share" || item.startsWith("ratio/")) return [own];
  // A kind of applicant is a share of all of them, an item of the whole of its table.
  const whole = applicant ? explorer.figureOf(item) : labels.whole.get(item) && explorer.figureOf(labels.whole.get(item));
  return whole ? [own, whole] : [own];
};

/** The facts of one agency in a year, its own report before an aggregate; undefined where the file has none. */
const factOf = (facts, key, year, agency) => {
  const found = facts.get(key)?.get(year)?.get(agency.id);
  return found?.find((fact) => !fact.aggregate) ?? found?.[0];
};
/** Part and base of an agency's figure as asked; base is undefined for counts. */
const partsOf = (facts, keys, ratio, year, agency) => {
  const fact = factOf(facts, keys[0], year, agency);
  if (!fact) return undefined;
  if (ratio) return { ...fact, part: fact.value, stated: fact.value !== null && fact.base !== null };
  if (keys.length === 1) return { ...fact, part: fact.value, base: undefined, stated: fact.value !== null };
  const whole = factOf(facts, keys[1], year, agency);
  return { ...fact, part: fact.value, base: whole?.value ?? null, stated: fact.value !== null && whole?.value != null };
};

const cellOf = (state, labels, facts, row, column) => {
  const item = row.item ?? column.item ?? state.m[0];
  const applicant = row.applicant ?? column.applicant;
  const year = column.year ?? Number(state.y);
  const keys = figuresOf(state, labels, item, applicant);
  const ratio = item.startsWith("ratio/");
  const where = { item, applicant: applicant ?? "", year, figure: keys[0] };
  const share = ratio || keys.length === 2;
  const cell = row.agency ? single(labels, facts, keys, ratio, year, row.agency) : several(state, labels, facts, keys, share, ratio, year, row.agencies);
  return { ...where, share, ...cell };
};

/** As a share with its fraction, as counts where the base is small, else as a number. */
const said = (labels, part, base) => {
  if (base === undefined) return { number: part, text: shown(part) };
  if (base < SMALLEST_BASE) return { number: null, text: `${shown(part)}/${shown(base)}`, notes: [labels.say.small], part, base };
  return { number: (part * 100) / base, text: `${percent(part, base)} (${shown(part)}/${shown(base)})`, part, base };
};

const single = (labels, facts, keys, ratio, year, agency) => {
  const found = partsOf(facts, keys, ratio, year, agency);
  if (!found) {
    const kind = agency.years.has(year) ? "lacking" : "missing";
    return { kind, number: null, text: labels.say[kind], notes: [] };
  }
  const slug = agency.slugs.find((one) => one.startsWith(String(year)) && one.endsWith("*") === found.aggregate) ?? String(year);
  const report = `agencies/${agency.id}/${slug.replace("*", "")}/`;
  const anchor = ratio || ADDED.includes(found.status) ? "" : `c-${keys[0].replaceAll("/", "-")}`;
  const link = { report, anchor, status: found.status, aggregate: found.aggregate };
  const beside = found.aggregate ? [labels.say.aggregate] : [];
  if (!found.stated) {
    const text = found.value === null ? labels.status[found.status] ?? labels.say.silent : labels.say.silent;
    return { kind: "silent", number: null, text, notes: beside, ...link };
  }
  const { notes = [], ...number } = said(labels, found.part, found.base);
  if (found.status === "summed") notes.push(labels.say.summed);
  return { kind: "value", ...number, notes: [...beside, ...notes], ...link };
};

const several = (state, labels, facts, keys, share, ratio, year, agencies) => {
  const own = [];
  let left = 0;
  let reports = 0;
  for (const agency of agencies) {
    reports += agency.years.has(year);
    const found = facts.get(keys[0])?.get(year)?.get(agency.id) ?? [];
    left += found.filter((fact) => fact.aggregate).length;
    if (found.some((fact) => !fact.aggregate)) own.push(partsOf(facts, keys, ratio, year, agency));
  }
  const stated = own.filter((one) => one.stated);
  const counts = { n: stated.length, of: own.length, left };
  if (!own.length) {
    const kind = left ? "only_aggregate" : reports ? "lacking" : "missing";
    return { kind, number: null, text: labels.say[kind], notes: [], ...counts };
  }
  if (!stated.length) return { kind: "silent", number: null, text: labels.say.silent, notes: [], ...counts };
  const median = state.stat === "median" && !share;
  if (median && stated.length < SMALLEST_GROUP) return { kind: "few", number: null, text: labels.say.few, notes: [], ...counts };
  const sum = (name) => Number(stated.reduce((all, one) => all + one[name], 0).toFixed(6));
  const { notes = [], ...number } = median ? said(labels, middle(stated.map((one) => one.part))) : said(labels, sum("part"), share ? sum("base") : undefined);
  return { kind: "value", ...number, notes, ...counts, median };
};

/** The whole view: columns, and rows with a cell for each of them, in the order that is asked for. */
const pivot = (state, people, labels, facts) => {
  const rows = rowsOf(state, people, labels);
  const columns = columnsOf(state, rows, labels);
  for (const row of rows) row.cells = columns.map((column) => cellOf(state, labels, facts, row, column));
  const key = state.sort.replace("-", "");
  const sorted = columns.findIndex((column) => column.key === key);
  const at = Math.max(sorted, 0); // the column that is filtered, drawn and counted: the one sorted by, else the first
  const [low, high] = [state.min === "" ? -Infinity : Number(state.min), state.max === "" ? Infinity : Number(state.max)];
  const filtered = state.min !== "" || state.max !== "";
  const fits = ({ cells }) => !filtered || (cells[at].number !== null && low <= cells[at].number && cells[at].number <= high);
  const kept = columns.length ? rows.filter(fits) : [];
  if (sorted >= 0) kept.sort(order(at, state.sort.startsWith("-") ? -1 : 1));
  return { rows: kept, columns, at, sorted, filtered, all: rows };
};
/** What has no number is last, whichever way. */
const order = (at, turn) => (one, other) => {
  const [a, b] = [one.cells[at].number, other.cells[at].number];
  if (a === null || b === null) return (a === null) - (b === null);
  return (a - b) * turn;
};

Object.assign(explorer, { grouped, population, needed, pivot, shown, chosen });
})();
