/* The page: choices to state, state to address and back, figures to view. */
(() => {
"use strict";
const { readState, settled, writeState, grouped, population, needed, pivot, open, loaded, Refused, table, tableDrawn, charts, csv, xlsx, make, named, GROUP, MOST } = globalThis.explorer;
const { save, version, here, heading, tools } = globalThis.siteTools;
const { invented } = globalThis.siteWords;

const start = (section) => {
  const about = JSON.parse(section.dataset.explore);
  const say = about.said;
  const form = section.querySelector("form.filter");
  const fields = form.elements;
  const [list, status, figure, tabs, range] = [".chosen", ".state", "figure", ".tabs", "form.range"].map((one) => section.querySelector(one));
  const view = section.querySelector("#view");
  const [questions, again, choices] = [".questions", ".again", ".choices"].map((one) => section.querySelector(one));
  const [caption, take, below] = ["figcaption", ".take", ".notes-below"].map((one) => figure.querySelector(one));
  const { root, file, index, zip } = section.dataset;
  const optionsOf = (name) => new Map([...fields[name].options].filter((one) => one.value).map((one) => [one.value, one.label]));
  const labels = {
    say, status: about.status, applicants: about.applicants, breaks: about.breaks, tiles: about.tiles,
    english: document.documentElement.lang.startsWith("en"),
    m: optionsOf("m"), function: optionsOf("function"), level: optionsOf("level"), stat: optionsOf("stat"),
    whole: new Map([...fields.m.options].map((one) => [one.value, one.dataset.whole])),
    kinds: Object.fromEntries(Object.entries(say).filter(([key]) => key.startsWith("kind.")).map(([key, text]) => [key.slice(5), text])),
    fill: (key, values) => say[key].replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === "number" ? values[name].toLocaleString("en-US") : values[name])),
  };
  const tabNames = [...tabs.children].map((one) => one.dataset.tab);
  const offered = {
    ...Object.fromEntries(["m", "by", "cols", "function", "level", "as", "stat"].map((name) => [name, [...optionsOf(name).keys()]])),
    y: [...fields.y.options].map((one) => one.value).filter(Boolean), tab: tabNames,
  };
  let people;
  let preparing;
  let source;
  let whole = "";
  let turn = 0;
  let state;
  let shown;

  // --- state and address ---

  const current = () => readState(location.search, offered, about);
  const go = (changes) => {
    const next = settled({ ...state, asked: true, ...changes }, about);
    history.pushState(null, "", `${location.pathname}${writeState(next)}`);
    return render();
  };
  const prepare = async () => {
    if (!globalThis.explorerIndex) await loaded(new URL(index, location.href));
    source = open({ index, file }, (megabytes) => (whole = labels.fill("whole", { n: megabytes })));
    return fillChoices(population(labels));
  };
  const ready = () =>
    (preparing ??= prepare().catch((error) => {
      preparing = undefined; // whoever asks again tries again
      throw error;
    }));
  const fillChoices = (found) => {
    const option = (value, text) => named(text, "option", { value });
    for (const [code, name] of Object.entries(found.places))
      if (found.all.some(({ division }) => division.startsWith(code)))
        fields.place.append(option(code, `${"\u3000".repeat(code.length / 2 - 1)}${name}`));
    for (const kind of ["function", "level", "province", "city"]) {
      const keys = grouped(found.all, (agency) => agency[kind]);
      const some = [...keys].filter(([key, agencies]) => agencies.length >= 3 && /^[\w-]+$/.test(key) && (!["province", "city"].includes(kind) || key in found.places));
      if (some.length) fields.group.append(make("optgroup", { label: labels.kinds[kind] }, ...some.map(([key]) => option(`g-${kind}-${key}`, found.nameOf(kind, key)))));
    }
    return found;
  };

  // --- what is chosen ---

  const show = () => {
    for (const name of ["by", "cols", "y", "place", "function", "level", "as", "stat"]) fields[name].value = state[name];
    fields.m.value = state.m[0];
    fields.group.value = "";
    for (const name of ["place", "function", "level"]) fields[name].disabled = Boolean(state.a.length); // who is chosen is meant
    for (const name of ["min", "max"]) range.elements[name].value = state[name];
    fields.stat.closest("label").hidden = state.by === "agency" && !state.a.some((key) => GROUP.test(key));
  };
  const chips = (found) => {
    const chip = (name, remaining) => {
      const button = make("button", { type: "button", class: "copy", "aria-label": labels.fill("remove", { name }) }, "×");
      button.addEventListener("click", () => {
        go(remaining());
        section.querySelector("#find").focus();
      });
      return make("li", {}, named(name), " ", button);
    };
    const agencies = state.a.map((key) => chip(globalThis.explorer.chosen(key, found).name, () => ({ a: state.a.filter((one) => one !== key), stat: "" })));
    const items = state.m.length > 1 ? state.m.map((key) => chip(labels.m.get(key), () => ({ m: state.m.filter((one) => one !== key) }))) : [];
    list.replaceChildren(...agencies, ...items);
  };
  const add = (name, key) => {
    if (state[name].includes(key)) return;
    if (state[name].length >= MOST[name]) status.textContent = labels.fill("full", { n: MOST[name] });
    else go({ [name]: [...state[name], key], ...(name === "a" ? { stat: "" } : {}) });
  };

  // --- the answer ---

  const captionOf = () => {
    const items = state.m.length > 3 ? `${labels.m.get(state.m[0])} … (${state.m.length})` : state.m.map((key) => labels.m.get(key)).join(labels.english ? ", " : "、");
    const where = state.a.length ? [] : [state.place && people.nameOf("county", state.place), labels.function.get(state.function), labels.level.get(state.level)];
    const many = shown.all.some((row) => row.cells[0]?.of !== undefined);
    const how = [state.as === "share" && fields.as.selectedOptions[0].label, many && state.as !== "share" && fields.stat.selectedOptions[0].label];
    const rows = labels.kinds[state.by];
    return [items, ...where, state.y || "", ...how, `${rows} × ${labels.kinds[state.cols]}`].filter(Boolean).join(" · ");
  };
  /** How many rows have a number in the column that is looked at, and what the others have instead. */
  const counted = () => {
    const kinds = shown.all.map(({ cells }) => cells[shown.at].kind);
    const silent = kinds.filter((kind) => kind === "silent" || kind === "few").length;
    const n = kinds.filter((kind) => kind === "value").length;
    const left = shown.all.reduce((sum, { cells }) => sum + cells.reduce((all, cell) => all + (cell.left ?? 0), 0), 0);
    return [
      labels.fill("counts", { column: shown.columns[shown.at].name, rows: kinds.length, n, silent, missing: kinds.length - n - silent }),
      shown.filtered ? labels.fill("filtered", { n: shown.rows.length }) : "",
      left ? labels.fill("aggregates", { n: left }) : "",
      whole,
    ].filter(Boolean).join(" ");
  };
  const sort = async (key) => {
    const next = { [`-${key}`]: key, [key]: "" }[state.sort] ?? `-${key}`;
    await go({ sort: next });
    view.querySelector(`[data-column="${CSS.escape(key)}"]`)?.focus();
  };
  const takeAway = () => {
    const name = `explore-${state.m[0].replaceAll("/", "-")}${state.y ? `-${state.y}` : ""}`;
    const asCsv = make("button", { type: "button", class: "csv" }, "CSV");
    asCsv.addEventListener("click", () => save(`${name}.csv`, new Blob([csv(shown)], { type: "text/csv" })));
    const asWorkbook = make("button", { type: "button", class: "xlsx" }, "XLSX");
    asWorkbook.addEventListener("click", async () => {
      if (!globalThis.fflate) await loaded(new URL(zip, location.href));
      save(`${name}.xlsx`, xlsx(shown, state, labels));
    });
    take.querySelector(".tool")?.remove();
    take.querySelector(".links").replaceChildren(asCsv, asWorkbook);
    tools(figure);
  };
  const draw = () => {
    labels.caption = captionOf();
    caption.replaceChildren(named(labels.caption));
    const wide = Math.max(view.clientWidth, 280);
    const inside = state.tab === "table" ? table(shown, state, labels, root, sort) : charts[state.tab](shown, state, labels, wide, people);
    view.replaceChildren(...inside);
    labels.kindOfRows = labels.kinds[state.by];
    figure.drawing = () => tableDrawn(shown, labels);
    range.querySelector("span").textContent = say.range.replace("{column}", shown.columns[shown.at].name);
    labels.notes = [counted(), say.about, `${heading()} · ${version}`, here(""), ...(invented ? [labels.english ? invented.en : invented.zh] : [])];
    status.textContent = labels.notes[0];
    below.replaceChildren();
    takeAway();
  };
  const refused = (error) => {
    tabs.hidden = figure.hidden = true;
    const reason = error instanceof Refused ? error.reason : "failed";
    status.replaceChildren(labels.fill(reason, { n: error.megabytes ?? 0 }), " ", make("a", { href: `${root}data/${location.protocol === "file:" ? "index.html" : ""}` }, "CSV"));
  };
  const render = async () => {
    const mine = ++turn;
    state = current();
    questions.hidden = state.asked;
    again.hidden = !state.asked;
    if (!state.asked) tabs.hidden = figure.hidden = true; // the last answer stays until the next is there
    show();
    status.textContent = state.asked ? say.loading : "";
    try {
      const found = await ready();
      if (mine !== turn) return;
      people = found;
      show();
      chips(found);
      if (!state.asked) return;
      const facts = await source.figures(needed(state, labels));
      if (mine !== turn) return;
      shown = pivot(state, found, labels, facts);
    } catch (error) {
      if (mine === turn) refused(error);
      return;
    }
    for (const tab of tabs.children) {
      const on = tab.dataset.tab === state.tab;
      tab.setAttribute("aria-selected", on);
      tab.tabIndex = on ? 0 : -1;
      if (on) view.setAttribute("aria-labelledby", tab.id);
    }
    const empty = !shown.all.length || !shown.columns.length;
    tabs.hidden = figure.hidden = empty;
    if (empty) status.textContent = say.empty;
    else draw();
  };

  // --- what a person does ---

  section.hidden = false;
  section.addEventListener("pick", (event) => add("a", event.detail));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", ({ target }) => {
    if (target.name === "group") return target.value && add("a", target.value);
    if (target.name === "m" && [state.by, state.cols].includes("item")) return add("m", target.value);
    if (target.name === "m") return go({ m: [target.value], min: "", max: "" });
    const forgets = ["by", "cols", "y", "as"].includes(target.name) ? { min: "", max: "" } : {};
    go({ [target.name]: target.value, ...forgets, ...(target.name === "cols" ? { sort: "", y: "" } : {}) });
  });
  range.addEventListener("submit", (event) => event.preventDefault());
  range.addEventListener("change", ({ target }) => {
    const number = target.value.trim().replaceAll(",", "").replace("%", "");
    target.setCustomValidity(number && !/^-?\d+(\.\d+)?$/.test(number) ? "0-9" : "");
    if (target.reportValidity()) go({ [target.name]: number, sort: state.sort || `-${shown.columns[shown.at].key}` });
  });
  const press = (tab) => {
    const map = tab.dataset.tab === "map" && !["province", "city", "county"].includes(state.by);
    const provinces = new Set(people.all.map(({ province }) => province));
    go({ tab: tab.dataset.tab, ...(map ? { by: state.place || provinces.size === 1 ? "city" : "province" } : {}) });
    tab.focus();
  };
  tabs.addEventListener("click", (event) => event.target.dataset.tab && press(event.target));
  tabs.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...tabs.children];
    press(all[(all.indexOf(event.target) + step + all.length) % all.length]);
  });
  const follow = (event) => {
    const link = event.target.closest("a");
    if (!link || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    history.pushState(null, "", event.currentTarget === again ? location.pathname : link.getAttribute("href"));
    fold();
    render().then(() => (state.asked ? view : questions.querySelector("a")).focus({ preventScroll: true }));
  };
  questions.addEventListener("click", follow);
  again.addEventListener("click", follow);
  /** On a phone the answer comes before the choices. */
  const fold = () => (choices.open = !(current().asked && matchMedia("(max-width: 44.9844em)").matches));
  fold();
  addEventListener("popstate", render);
  let width = innerWidth;
  addEventListener("resize", () => {
    if (Math.abs(innerWidth - width) < 2) return;
    width = innerWidth;
    if (shown && !figure.hidden && state.tab !== "table") draw();
  });
  render();
};
addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-explore]").forEach(start));
})();
