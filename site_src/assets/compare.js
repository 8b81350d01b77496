/* Agencies and groups beside each other. What is chosen stands in the address; each has a small file of its own. */
(() => {
"use strict";
const SMALLEST = 10; // of a share; below it, counts say more
const DASHES = ["", "6 3", "2 3", "9 3 2 3", "12 4", "4 6"];
const KINDS = ["granted", "denied", "unavailable", "not_processed", "plain", "other_handling"];
const NS = "http://www.w3.org/2000/svg";

const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};
const draw = (name, attributes, text) => {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  return element;
};
const shown = (value) => value.toLocaleString("en-US", { maximumFractionDigits: 2 });
const newest = (years) => [...years].reverse(); // of a table: a phone shows the first columns
const percent = (part, whole) => {
  const value = Math.round((part * 100) / whole);
  if (part && !value) return "<1%";
  return part !== whole && value === 100 ? ">99%" : `${value}%`;
};
// A text that a spreadsheet would compute gets an apostrophe; quotes where CSV needs them.
const quoted = (text) => {
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

const compare = (section) => {
  const said = section.dataset;
  const language = document.documentElement.lang.startsWith("en") ? "en" : "zh";
  const form = section.querySelector("form.filter");
  const { group, m: measure, as } = form.elements;
  const status = section.querySelector(":scope > [role=status]");
  const figure = section.querySelector("figure");
  const list = section.querySelector(".chosen");
  const files = new Map();
  let turn = 0;
  section.hidden = false;

  const state = () => {
    const asked = new URLSearchParams(location.search);
    return (asked.get("a") ?? "").split(",").filter((key) => /^[\w-]+$/.test(key)).slice(0, Number(said.most));
  };
  const write = (chosen) => {
    const asked = new URLSearchParams();
    if (chosen.length) asked.set("a", chosen.join(","));
    asked.set("m", measure.value);
    asked.set("as", as.value);
    history.replaceState(history.state, "", `?${asked.toString().replaceAll("%2C", ",").replaceAll("%2F", "/")}`);
    render();
  };
  // From a folder on disk a page may not fetch: there the same lies as a script.
  const asScript = (key) =>
    new Promise((done) => {
      const script = make("script", { src: new URL(`${said.compare}${key}.js`, location.href) });
      script.onload = () => done(globalThis.compareSeries[key]);
      script.onerror = () => done(null);
      document.head.append(script);
    });
  const asked = (key) =>
    location.protocol === "file:"
      ? asScript(key)
      : fetch(new URL(`${said.compare}${key}.json`, location.href)).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
  const read = (key) => {
    if (!files.has(key)) files.set(key, asked(key));
    return files.get(key);
  };
  const add = (key) => {
    const chosen = state();
    if (chosen.includes(key)) return;
    if (chosen.length >= Number(said.most)) status.textContent = said.full;
    else write([...chosen, key]);
  };

  /** One cell: its number for the chart, its text, and what must be known. */
  const cell = (year, one) => {
    if (!one) return null;
    const ratio = measure.value.startsWith("ratio/");
    const whole = measure.selectedOptions[0].dataset.whole;
    const grouped = "n" in one;
    if (ratio || as.value === "share") {
      const figures = ratio ? one.ratios[measure.value.slice(6)] : whole && !grouped && [one.values[measure.value], one.values[whole]];
      if (!figures || figures.some((value) => value === undefined)) return null;
      const [part, base, n] = figures;
      const fraction = `${shown(part)}/${shown(base)}`;
      if (base < SMALLEST) return { number: null, text: fraction, note: said.small, part, base, n };
      return { number: (part * 100) / base, text: `${percent(part, base)} (${fraction})`, part, base, n: grouped ? n : undefined };
    }
    const value = one.values[measure.value];
    if (value === undefined) return null;
    if (grouped) return { number: value[0], text: shown(value[0]), note: said.n.replace("{n}", value[1]), n: value[1] };
    const summed = one.summed?.includes(measure.value);
    return { number: value, text: shown(value) + (summed ? " *" : ""), note: summed ? said.summed : "" };
  };

  const chart = (rows, years) => {
    const box = figure.querySelector(".lines");
    const wide = box.clientWidth || 600;
    const [high, left, right, top, foot] = [220, 8, 34, 20, 24];
    const most = Math.max(...rows.flatMap((row) => row.cells.map((one) => one?.number ?? 0)), 1);
    const x = (at) => left + ((wide - left - right) * (at + 0.5)) / years.length;
    const y = (value) => top + (high - top - foot) * (1 - value / most);
    const svg = draw("svg", { class: "chart", width: wide, height: high });
    svg.append(draw("line", { class: "axis", x1: 0, x2: wide, y1: high - foot + 0.5, y2: high - foot + 0.5 }));
    svg.append(draw("text", { x: left, y: 12 }, shown(most) + (as.value === "share" || measure.value.startsWith("ratio/") ? "%" : "")));
    years.forEach((year, at) => svg.append(draw("text", { x: x(at), y: high - 6, "text-anchor": "middle" }, year)));
    for (const [at, mark] of marks(years)) {
      const place = (x(at) + x(at - 1)) / 2;
      svg.append(draw("line", { class: "break", x1: place, x2: place, y1: 4, y2: high - foot }), draw("text", { x: place + 4, y: 14 }, mark));
    }
    rows.forEach((row, index) => {
      const stroke = `var(--k-${KINDS[index]})`;
      let run = [];
      const line = () => {
        if (run.length > 1) svg.append(draw("polyline", { points: run.join(" "), fill: "none", style: `stroke:${stroke}`, "stroke-width": 2, "stroke-dasharray": DASHES[index] }));
        run = [];
      };
      let last;
      row.cells.forEach((one, at) => {
        if (one?.number == null) return line();
        run.push(`${x(at)},${y(one.number)}`);
        svg.append(draw("circle", { cx: x(at), cy: y(one.number), r: 4, style: `fill:${stroke}` }));
        last = [x(at), y(one.number)];
      });
      line();
      if (last) svg.append(draw("text", { class: "n", x: last[0] + 8, y: last[1] + 5 }, row.sign));
    });
    box.replaceChildren(svg);
  };
  const marks = (years) => {
    const table = measure.value.startsWith("ratio/") ? "" : measure.value.split("/")[0];
    return JSON.parse(said.breaks)
      .filter((one) => years[0] < one.year && one.year <= years.at(-1) && (!table || !one.tables.length || one.tables.includes(table)))
      .map((one, index) => [years.indexOf(String(one.year)), "ABCDE"[index], one]);
  };

  const table = (rows, years) => {
    const name = measure.selectedOptions[0].label;
    figure.querySelector("figcaption").textContent = `${name} · ${as.selectedOptions[0].label}`;
    figure.querySelector("thead").replaceChildren(make("tr", {}, make("th", { scope: "col" }, said.agency), ...newest(years).map((year) => make("th", { scope: "col" }, year))));
    figure.querySelector("tbody").replaceChildren(
      ...rows.map((row) => {
        const head = make("th", { scope: "row" }, `${row.sign} `, row.link);
        const cells = newest(row.cells).map((one) => {
          const td = make("td", {}, one ? one.text : said.none);
          if (one?.note) td.append(make("br"), make("small", {}, one.note));
          return td;
        });
        return make("tr", {}, head, ...cells);
      }),
    );
    figure.querySelector(".breaks").replaceChildren(
      ...marks(years).map(([, mark, one]) => make("p", { class: "aside" }, `${mark} ${one.year}: ${one.title}`)),
    );
    const header = ["id", "name", "year", "measure", "value", "numerator", "denominator", "n"];
    const lines = rows.flatMap((row) =>
      years.map((year, at) => {
        const one = row.cells[at];
        const value = one?.part === undefined ? one?.number : one.base >= SMALLEST ? one.part / one.base : "";
        return [row.key, row.name, year, measure.value, value ?? "", one?.part ?? "", one?.base ?? "", one?.n ?? ""];
      }),
    );
    const text = [header, ...lines].map((line) => line.map((part) => quoted(String(part))).join(",")).join("\n");
    const link = figure.querySelector("a[download]");
    if (link.href.startsWith("blob:")) URL.revokeObjectURL(link.href);
    link.href = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/csv" }));
  };

  const render = async () => {
    const mine = ++turn;
    const chosen = state();
    const loaded = await Promise.all(chosen.map(read));
    if (mine !== turn) return;
    const some = chosen.map((key, index) => [key, loaded[index]]).filter(([, one]) => one);
    const years = [...new Set(some.flatMap(([, one]) => Object.keys(one.years)))].sort();
    const signs = "①②③④⑤⑥";
    const rows = some.map(([key, one], index) => {
      const name = one.name[language];
      const foreign = language === "en" && /[\u4e00-\u9fff]/.test(name) ? { lang: "zh" } : {};
      const link = key.startsWith("g-") ? make("span", foreign, name) : make("a", { href: `${said.root}agencies/${key}/${location.protocol === "file:" ? "index.html" : ""}`, ...foreign }, name);
      return { key, name, foreign, sign: signs[index], link, cells: years.map((year) => cell(year, one.years[year])) };
    });
    list.replaceChildren(
      ...rows.map((row) => {
        const button = make("button", { type: "button", class: "copy", "aria-label": said.remove.replace("{name}", row.name) }, "×");
        button.addEventListener("click", () => {
          write(state().filter((key) => key !== row.key));
          section.querySelector("#find").focus();
        });
        return make("li", { class: `k-${KINDS[rows.indexOf(row)]}` }, `${row.sign} `, make("span", row.foreign, row.name), " ", button);
      }),
    );
    status.textContent = rows.length ? "" : said.nothing;
    figure.hidden = !rows.length || !years.length;
    if (figure.hidden) return;
    table(rows, years);
    chart(rows, years);
  };

  const given = new URLSearchParams(location.search);
  for (const select of [measure, as]) {
    const wanted = given.get(select.name);
    if (wanted && [...select.options].some((option) => option.value === wanted)) select.value = wanted;
  }
  section.addEventListener("pick", (event) => add(event.detail));
  group.addEventListener("change", () => {
    if (group.value) add(group.value);
    group.value = "";
  });
  form.addEventListener("change", (event) => event.target !== group && write(state()));
  form.addEventListener("submit", (event) => event.preventDefault());
  section.querySelector("figure .copy").addEventListener("click", async (event) => {
    const button = event.currentTarget;
    const label = button.textContent;
    await navigator.clipboard.writeText(location.href);
    button.textContent = (document.documentElement.lang.startsWith("en") ? siteWords.english : siteWords.chinese).copied;
    setTimeout(() => (button.textContent = label), 2000);
  });
  let width = 0;
  addEventListener("resize", () => {
    if (Math.abs(section.clientWidth - width) < 2) return;
    width = section.clientWidth;
    render();
  });
  render();
};
document.querySelectorAll("[data-compare]").forEach(compare);
})();
