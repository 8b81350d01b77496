/* What is asked of the explorer, and its address: everything that a view is made of stands after the "?". */
(() => {
"use strict";
const explorer = (globalThis.explorer ??= {});
const MOST = { a: 12, m: 12 }; // rows or columns that are chosen one by one
const WIDE = 4; // of them, where each has a figure for every kind of applicant
const GROUP = /^g-(province|city|function|level)-[\w-]+$/;
const NAMES = ["a", "by", "cols", "m", "y", "place", "function", "level", "as", "stat", "sort", "min", "max", "tab"];
const APPLICANTS = "requests/"; // the table whose columns are kinds of applicants

/** The figure of the file that a key of the address means: its total, where the key names no column. */
const figureOf = (key, applicant) => {
  if (key.startsWith("ratio/")) return key;
  const column = key.startsWith(APPLICANTS) && applicant ? applicant : key.split("/")[2];
  return `${key.split("/").slice(0, 2).join("/")}/${column ?? "total"}`;
};

/** The state that an address means; what it does not say, or says wrong, is as usual.
 *
 * offered: the values that each choice of the form has. about: what the page says of the data. */
const read = (search, offered, about) => {
  const asked = new URLSearchParams(search);
  const one = (name, otherwise = "") => (offered[name].includes(asked.get(name)) ? asked.get(name) : otherwise);
  const several = (name, fits) => [...new Set((asked.get(name) ?? "").split(",").filter(fits))].slice(0, MOST[name]);
  const number = (name) => (/^-?\d+(\.\d+)?$/.test(asked.get(name) ?? "") ? asked.get(name) : "");
  const state = {
    asked: NAMES.some((name) => asked.has(name)),
    a: several("a", (key) => GROUP.test(key) || /^[\w-]+$/.test(key)),
    m: several("m", (key) => offered.m.includes(key)),
    by: one("by", "agency"),
    cols: one("cols", "year"),
    y: one("y"),
    place: /^\d{2}(\d{2}){0,2}$/.test(asked.get("place") ?? "") ? asked.get("place") : "",
    function: one("function"),
    level: one("level"),
    as: one("as", "count"),
    stat: one("stat"),
    sort: /^-?[\w/]+$/.test(asked.get("sort") ?? "") ? asked.get("sort") : "",
    min: number("min"),
    max: number("max"),
    tab: one("tab", "table"),
  };
  return settled(state, about);
};

/** A state without contradictions: rows and columns differ, and what is no year is asked of one year. */
const settled = (state, about) => {
  const found = { ...state };
  if (!found.m.length) found.m = [about.first];
  if (found.by === found.cols) found.cols = "year";
  if (found.cols !== "year" && !found.y) found.y = String(about.year);
  if (![found.by, found.cols].includes("item")) found.m = found.m.slice(0, 1);
  if ([found.by, found.cols].includes("applicant")) {
    found.m = found.m.filter((key) => key.startsWith(APPLICANTS));
    found.m = found.m.length ? found.m.slice(0, WIDE) : [about.first]; // each stands for seven figures of the file
  }
  // Beside an agency stands what is usual in a group, not the group's sum.
  found.stat ||= found.a.some((key) => GROUP.test(key)) ? "median" : "sum";
  return found;
};

const USUAL = { by: "agency", cols: "year", as: "count", tab: "table" };

const write = (state) => {
  const asked = new URLSearchParams();
  for (const name of NAMES) {
    const value = Array.isArray(state[name]) ? state[name].join(",") : state[name];
    const usual = name === "stat" ? (state.a.some((key) => GROUP.test(key)) ? "median" : "sum") : USUAL[name];
    if (value && value !== usual) asked.set(name, value);
  }
  return `?${asked.toString().replaceAll("%2C", ",").replaceAll("%2F", "/")}`;
};

Object.assign(explorer, { readState: read, settled, writeState: write, figureOf, GROUP, MOST });
})();
