/* The view drawn: lines over years, dots of one column, tiles of places. Plain SVG in the site's colours; every number that
   is drawn is written too, and what has none is said in words, never drawn as zero. */
(() => {
"use strict";
const explorer = (globalThis.explorer ??= {});
const NS = "http://www.w3.org/2000/svg";
const KINDS = ["granted", "denied", "unavailable", "not_processed", "plain", "other_handling"];
const DASHES = ["", "6 3", "2 3", "9 3 2 3", "12 4", "4 6"];
const SIGNS = "①②③④⑤⑥";
const DOTS = 40; // rows that can be told apart on one page
const SHADES = 5;
const NAME = 15; // letters at the end of a line
const SMALL = 5; // letters of a name in a tile

const draw = (name, attributes, text) => {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  return element;
};
const canvas = (wide, high, title) => {
  const svg = draw("svg", { class: "chart", role: "img", width: wide, height: high, viewBox: `0 0 ${wide} ${high}`, "aria-label": title });
  return svg;
};
const note = (text) => explorer.make("p", { class: "aside" }, text);
const unit = (cell) => (cell?.share ? "%" : "");
const rounded = (value) => explorer.shown(Number(value.toPrecision(3)));
const short = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** Which rows are not drawn: those beyond the first, and those that have no number in the column that is looked at. */
const leftOut = (view, drawn, labels) => {
  const silent = view.rows.filter(({ cells }) => cells[view.at].number === null);
  const named = silent.slice(0, 8).map(({ name, cells }) => `${name} (${cells[view.at].text})`);
  if (silent.length > named.length) named.push(labels.fill("others", { n: silent.length - named.length }));
  const all = view.rows.length - silent.length;
  return [
    ...(all > drawn ? [note(labels.fill("first", { n: drawn, rows: all }))] : []),
    ...(silent.length ? [note(labels.fill("unnumbered", { names: named.join(labels.english ? ", " : "、") }))] : []),
  ];
};

/** Where years stop to be comparable, between which columns. */
const breaksOf = (years, item, labels) => {
  const table = item.startsWith("ratio/") ? "" : item.split("/")[0];
  return labels.breaks
    .filter((one) => years[0] < one.year && one.year <= years.at(-1) && (!table || !one.tables.length || one.tables.includes(table)))
    .map((one, at) => [years.findIndex((year) => year >= one.year), "ABCDE"[at], one]);
};

/** Round numbers from the least to the most, zero among them: three to six. */
const ticks = (least, most, whole) => {
  const rough = Math.max((most - least) / 5, whole ? 1 : 0);
  const ten = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * ten).find((one) => one >= rough);
  const first = Math.ceil(least / step);
  return Array.from({ length: Math.floor(most / step) - first + 1 }, (_, at) => (first + at) * step);
};

const lines = (view, state, labels, wide) => {
  if (state.cols !== "year" || view.columns.length < 2) return [note(labels.say.lines_years)];
  const drawn = view.rows.filter(({ cells }) => cells.some((cell) => cell.number !== null)).slice(0, KINDS.length);
  if (!drawn.length) return [note(labels.say.undrawn)];
  const years = view.columns.map(({ year }) => year).reverse();
  const cells = drawn.map((row) => [...row.cells].reverse());
  const most = Math.max(...cells.flat().map((cell) => cell.number ?? 0), 1);
  const least = Math.min(...cells.flat().map((cell) => cell.number ?? 0), 0);
  const roomy = wide >= 720; // then each line ends in its name
  const [high, left, right, top, foot] = [300, 44, roomy ? 220 : 36, 24, 26];
  const x = (at) => left + ((wide - left - right) * (at + 0.5)) / years.length;
  const y = (value) => top + (high - top - foot) * (1 - (value - least) / (most - least));
  const svg = canvas(wide, high, labels.caption);
  svg.append(draw("line", { class: "axis", x1: left, x2: wide - right, y1: Math.round(y(0)) + 0.5, y2: Math.round(y(0)) + 0.5 }));
  const per = unit(cells.flat().find((cell) => cell.share));
  for (const value of ticks(least, most, cells.flat().every(({ number }) => Number.isInteger(number ?? 0))))
    svg.append(
      ...(value ? [draw("line", { class: "rule", x1: left, x2: wide - right, y1: Math.round(y(value)) + 0.5, y2: Math.round(y(value)) + 0.5 })] : []),
      draw("text", { class: "m", x: left - 6, y: y(value) + 4, "text-anchor": "end" }, rounded(value) + per),
    );
  years.forEach((year, at) => svg.append(draw("text", { x: x(at), y: high - 6, "text-anchor": "middle" }, year)));
  const breaks = breaksOf(years, drawn[0].item ?? state.m[0], labels);
  for (const [at, mark] of breaks) {
    const place = (x(at) + x(at - 1)) / 2;
    svg.append(draw("line", { class: "break", x1: place, x2: place, y1: 4, y2: high - foot }), draw("text", { x: place + 4, y: 14 }, mark));
  }
  const ends = [];
  drawn.forEach((row, index) => {
    const group = draw("g", { class: `k-${KINDS[index]}` });
    let run = [];
    const close = () => {
      if (run.length > 1) group.append(draw("polyline", { fill: "none", points: run.join(" "), "stroke-width": 2, "stroke-dasharray": DASHES[index] || "none" }));
      run = [];
    };
    let last;
    cells[index].forEach((cell, at) => {
      if (cell.number === null) return close(); // a gap, not a zero
      run.push(`${x(at)},${y(cell.number)}`);
      const dot = draw("circle", { cx: x(at), cy: y(cell.number), r: 4 });
      dot.append(draw("title", {}, `${row.name} ${years[at]}: ${cell.text}`));
      group.append(dot);
      last = [x(at), y(cell.number)];
    });
    close();
    if (last) ends.push({ at: last, sign: `${SIGNS[index]}${roomy ? ` ${short(row.name, /[\u4e00-\u9fff]/.test(row.name) ? NAME : 2 * NAME)}` : ""}` });
    svg.append(group);
  });
  let above = -Infinity;
  ends.sort((one, other) => one.at[1] - other.at[1]);
  ends.forEach(({ at: [across, down], sign }, index) => {
    above = Math.max(Math.min(down, high - foot - 16 * (ends.length - 1 - index)), above + 16); // names do not lie on each other
    svg.append(draw("text", { class: "n", x: across + 8, y: above + 5 }, sign));
  });
  const legend = explorer.make("ul", { class: "legend" }, ...drawn.map((row, index) => {
    const item = explorer.make("li", { class: `k-${KINDS[index]}` }, `${SIGNS[index]} `, explorer.named(row.name));
    return item;
  }));
  const said = breaks.map(([, mark, one]) => note(`${mark} ${one.year}: ${one.title}`));
  const more = view.rows.length > drawn.length ? [note(labels.fill("first", { n: drawn.length, rows: view.rows.length }))] : [];
  return [...(roomy ? [] : [legend]), svg, ...said, ...more];
};

const dots = (view, state, labels, wide) => {
  const numbered = view.rows.filter(({ cells }) => cells[view.at].number !== null);
  if (!numbered.length) return [note(labels.say.undrawn)];
  const drawn = numbered.slice(0, DOTS);
  const most = Math.max(...drawn.map(({ cells }) => cells[view.at].number), 1);
  const least = Math.min(...drawn.map(({ cells }) => cells[view.at].number), 0);
  const narrow = wide < 520;
  const [row, top] = [26, 22];
  const letters = narrow ? 12 : 24;
  const left = Math.max(...drawn.map(({ name }) => Math.min(name.length, letters))) * 13 + 16;
  const right = 110;
  const x = (value) => left + ((wide - left - right) * (value - least)) / (most - least);
  const svg = canvas(wide, top + drawn.length * row + 4, labels.caption);
  svg.append(draw("text", { x: 0, y: 13 }, `${view.columns[view.at].name}`));
  svg.append(draw("line", { class: "axis", x1: x(0), x2: x(0), y1: top - 4, y2: top + drawn.length * row }));
  drawn.forEach(({ name, cells }, at) => {
    const cell = cells[view.at];
    const y = top + at * row + row / 2;
    const label = draw("text", { x: left - 10, y: y + 4, "text-anchor": "end" }, short(name, letters));
    label.append(draw("title", {}, name));
    const group = draw("g", { class: "k-granted" });
    group.append(draw("line", { class: "stem", x1: x(0), x2: x(cell.number), y1: y, y2: y }), draw("circle", { cx: x(cell.number), cy: y, r: 5 }));
    svg.append(label, group, draw("text", { class: "n", x: x(Math.max(cell.number, 0)) + 10, y: y + 4 }, narrow ? cell.text.split(" ")[0] : cell.text));
  });
  return [svg, ...leftOut(view, drawn.length, labels)];
};

/** Code → column and row of its tile: provinces where they lie, others in the order of their codes. */
const layout = (codes, labels, across) => {
  if (codes.every((code) => code.length === 2)) {
    const found = new Map();
    labels.tiles.rows.forEach((line, row) => line.forEach((code, column) => code !== ".." && found.set(code, [column, row])));
    const last = labels.tiles.rows.length;
    codes.filter((code) => !found.has(code)).forEach((code, at) => found.set(code, [at, last])); // invented ones
    return found;
  }
  return new Map(codes.map((code, at) => [code, [at % across, Math.floor(at / across)]]));
};

const tiles = (view, state, labels, wide, people) => {
  if (!["province", "city", "county"].includes(state.by)) return [note(labels.say.no_map)];
  if (!view.columns.length) return [note(labels.say.undrawn)];
  const cells = new Map(view.rows.map(({ key, name, cells: own }) => [key, { name, cell: own[view.at] }]));
  const within = view.rows.every(({ key }) => key.slice(0, 2) === view.rows[0].key.slice(0, 2));
  // The other cities of the province are there too: that none of theirs is held is worth knowing.
  const others = state.by === "city" && within && !state.a.length && view.rows.length ? Object.keys(people.places).filter((code) => code.length === 4 && code.startsWith(view.rows[0].key.slice(0, 2))) : [];
  const codes = [...new Set([...cells.keys(), ...others])].sort();
  const across = wide < 520 ? 4 : 8;
  const places = layout(codes, labels, across);
  const columns = Math.max(...[...places.values()].map(([column]) => column)) + 1;
  const size = Math.min(Math.floor(wide / Math.max(columns, 4)), state.by === "province" ? 92 : 132);
  const deep = state.by === "province" ? size : Math.min(size, 76);
  const down = Math.max(...[...places.values()].map(([, row]) => row)) + 1;
  const svg = canvas(Math.min(wide, size * columns), deep * down, labels.caption);
  const numbers = [...cells.values()].map(({ cell }) => cell.number).filter((number) => number !== null);
  const most = Math.max(...numbers, 1);
  for (const [code, [column, row]] of places) {
    const one = cells.get(code);
    const full = one?.name.split(" · ").at(-1) ?? people.places[code] ?? labels.tiles.short[code] ?? code;
    const name = labels.tiles.short[code] ?? full;
    const outside = labels.tiles.outside.includes(code);
    const number = one?.cell.number ?? null;
    const shade = number === null ? "none" : Math.min(Math.floor((Math.max(number, 0) / most) * SHADES), SHADES - 1);
    const said = one ? one.cell.text : outside ? labels.say.outside : labels.say.no_reports;
    const tile = draw("g", { class: `tile shade-${shade}`, transform: `translate(${column * size} ${row * deep})` });
    tile.append(draw("title", {}, `${full}: ${said}`));
    tile.append(draw("rect", { x: 1, y: 1, width: size - 2, height: deep - 2 }));
    const fits = Math.max(Math.floor(size / 13), SMALL);
    tile.append(draw("text", { x: size / 2, y: deep / 2 - 4, "text-anchor": "middle", "font-size": 12 }, short(name, /[\u4e00-\u9fff]/.test(name) ? fits : Math.floor(fits * 1.6))));
    const value = number === null ? (one ? "·" : "—") : one.cell.share ? one.cell.text.split(" ")[0] : rounded(number);
    tile.append(draw("text", { class: "n", x: size / 2, y: deep / 2 + 13, "text-anchor": "middle", "font-size": 12 }, value));
    svg.append(tile);
  }
  return [svg, note(state.by === "province" ? labels.say.tiles : labels.say.tiles_city), ...leftOut(view, numbers.length, labels)];
};

Object.assign(explorer, { charts: { line: lines, dots, map: tiles } });
})();
