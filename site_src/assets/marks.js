/* A mark in a table tells its reason where it stands: on hover, press or Enter; a figure tells where it is printed, how
   to cite it and where to report an error in it. Without this file, or without the browser's popovers, a mark is a link
   to the note below the table. */
(() => {
  "use strict";
  const box = document.createElement("div");
  box.className = "why";
  box.popover = "manual"; // its place in the page is beside its mark, so that Tab leads into it
  let shown;
  let pinned = false;

  const place = () => {
    if (!shown) return;
    const mark = shown.getBoundingClientRect();
    const { offsetWidth: wide, offsetHeight: high } = box;
    const below = mark.bottom + 6;
    box.style.left = `${Math.max(8, Math.min(mark.left - 12, document.documentElement.clientWidth - wide - 8))}px`;
    box.style.top = `${below + high > innerHeight ? Math.max(8, mark.top - high - 6) : below}px`;
  };
  const close = () => {
    if (!shown) return;
    if (shown.matches("a")) shown.setAttribute("aria-expanded", "false");
    shown = undefined;
    pinned = false;
    box.remove();
  };
  const show = (at, content) => {
    close();
    shown = at;
    box.replaceChildren(...content);
    if (at.matches("a")) at.after(box);
    else at.append(box);
    box.showPopover();
    place();
  };
  const open = (mark) => {
    if (shown === mark) return;
    const note = document.getElementById(mark.hash.slice(1));
    show(mark, [...note.childNodes].map((node) => node.cloneNode(true)));
    mark.setAttribute("aria-expanded", "true");
  };

  // --- what a figure tells ---

  const figures = new WeakMap(); // cell → table, row, column, line, title
  const tableKey = (table) => [...table.classList].find((name) => name.startsWith("t-")).slice(2);
  const named = (head) => head?.firstChild?.textContent ?? "";
  const dataCells = (line) => [...line.cells].filter((cell) => cell.matches("td"));
  const seenCells = (line) => dataCells(line).filter((cell) => cell.checkVisibility());
  /** The head of one of the blocks of figures that lie side by side: the lowest one above its first column. */
  const sideBySide = (table, block) => {
    const first = table.querySelectorAll("tbody td")[block * table.dataset.columns.split(" ").length].getBoundingClientRect();
    const above = [...table.querySelectorAll("thead th[scope=colgroup]")].filter((head) => {
      const { left, right } = head.getBoundingClientRect();
      return left <= first.left + 1 && right >= first.right - 1;
    });
    return named(above.at(-1));
  };
  /** Tells every cell what it is, and gives it its address: `c-table-row-column`. */
  const identify = (table) => {
    const key = tableKey(table);
    const rows = globalThis.siteWords.rows[table.dataset.form][key];
    const printed = table.dataset.lines?.split(" ");
    const heads = [...table.querySelectorAll("thead th[scope=col]:not(.corner)")].sort((a, b) => a.getBoundingClientRect().left - b.getBoundingClientRect().left);
    const lines = [...table.rows].filter((line) => dataCells(line).length);
    let at = 0; // of the row among those of the form
    for (const line of lines) {
      const part = line.closest("[data-columns]");
      const columns = part.dataset.columns.split(" ");
      const own = part === table ? heads : [...part.querySelectorAll(".h th")].slice(1);
      const label = [...line.cells].findLast((cell) => cell.matches("th"));
      dataCells(line).forEach((cell, index) => {
        const row = at + Math.floor(index / columns.length);
        const column = columns[index % columns.length];
        const head = own[index % own.length];
        const title = [label ? named(label) : sideBySide(table, row), named(head)].filter(Boolean).join(" · ");
        cell.id ||= `c-${key}-${rows[row]}-${column}`;
        figures.set(cell, { cell: `${key}/${rows[row]}/${column}`, line: printed?.[row], title });
      });
      at += dataCells(line).length / columns.length;
    }
  };
  /** What kind of place a figure is printed at, and its numbers: a page of a PDF, a row of a table, a line of a text. */
  const placeOf = (place) => {
    const [, page] = /^p(\d+)/.exec(place ?? "") ?? [];
    if (page) return ["page", { page }];
    const [, table, line] = /^t(\d+)r(\d+)$/.exec(place ?? "") ?? [];
    if (table) return ["row", { table, line }];
    return place ? ["line", { line: place }] : ["", {}];
  };
  const card = (cell, about) => {
    const { words, here, heading, citations, copied, tag, version } = globalThis.siteTools;
    const { cell: name, line, title } = figures.get(cell);
    const value = shownIn(cell);
    const links = [];
    const link = (text, target) => links.push(tag("a", { href: target, textContent: text, rel: "noopener" }));
    const { repository, file, agency, year } = about.dataset;
    const own = about.dataset.source && `${about.dataset.source}${location.protocol === "file:" ? "index.html" : ""}`;
    const [at, filled] = placeOf(line);
    const filed = repository && file && `${repository}blob/HEAD/datapackage/${file}`;
    if (own && at) link(words(`cell_${at}`, filled), `${own}#${at === "line" ? "L" : ""}${line}`);
    else if (filed && at && at !== "line") link(words(`cell_${at}`, filled), filed);
    else if (filed) link(words(at ? "cell_line" : "cell_file", filled), `${filed}?plain=1${at ? `#L${line}` : ""}`);
    if (repository)
      link(words("cell_wrong"), `${repository}issues/new?${new URLSearchParams({ template: "figure-error.yml", agency, year, cell: name, shown: value })}`);
    link(words("cell_link"), here(cell.id));
    const cite = tag("button", { type: "button", textContent: words("cite") });
    const cites = tag("div", { hidden: true });
    cite.setAttribute("aria-expanded", "false");
    cite.addEventListener("click", () => {
      cites.hidden = !cites.hidden;
      cite.setAttribute("aria-expanded", String(!cites.hidden));
      if (!cites.hidden) cites.replaceChildren(...citations(`${heading()}：${title}，${value}`, here(cell.id)));
      place();
    });
    const report = tag("button", { type: "button", textContent: words("cell_report") });
    report.addEventListener("click", () => {
      cites.hidden = false;
      const text = words("cell_report_text", { title: `${heading()} · ${title}`, shown: value, address: here(cell.id), version });
      cites.replaceChildren(copied(words("cell_report_about"), text));
      place();
    });
    const { pictures } = about.dataset;
    const [table, row, column] = name.split("/");
    const clip = pictures && cell.matches(".scan td:not(.own, .blank, :has(i))") // recognised in a picture: as it stands there
      ? [tag("a", { href: about.dataset.clips }, tag("img", { className: "clip", loading: "lazy", alt: words("cell_picture"), src: `${pictures}${table}.svg#${row}-${column}` }))]
      : [];
    const where = !own && !repository && line ? [tag("p", { className: "aside", textContent: words(at === "line" ? "cell_printed" : `cell_${at}_printed`, filled) })] : [];
    return [tag("p", {}, tag("b", { textContent: `${title} ${value}` })), ...clip, ...where, tag("p", { className: "links" }, ...links, cite, report), cites];
  };
  const shownIn = (cell) => [...cell.childNodes].filter((node) => !node.matches?.(".mark, .why")).map((node) => node.textContent).join("");
  /** The tables as a file: a cell a line, with what it is called and whose it is. */
  const offer = (about) => {
    const links = document.getElementById("get");
    if (!links || links.querySelector("button")) return;
    const { words, heading, tag, save, csv, version } = globalThis.siteTools;
    const { agency, year } = about.dataset;
    const plain = (text) => (/^[=+\-@\t]/.test(text) && !/^-?[\d.]+$/.test(text) ? `'${text}` : text);
    const button = tag("button", { type: "button", textContent: words("tables") });
    button.addEventListener("click", () => {
      const lines = [["report", "agency_id", "year", "table", "row", "column", "label", "value", "printed", "data_version"]];
      for (const cell of document.querySelectorAll("table.filed td")) {
        const { cell: name, title } = figures.get(cell);
        const text = shownIn(cell);
        const value = /^-?[\d,]+(\.\d+)?$/.test(text) ? text.replaceAll(",", "") : "";
        lines.push([heading(), agency, year, ...name.split("/"), title, value, plain(text), version]);
      }
      // The mark at the start tells Excel that the letters are UTF-8.
      save(`${agency}-${year}.csv`, new Blob([`\ufeff${csv(lines)}`], { type: "text/csv;charset=utf-8" }));
    });
    links.prepend(button);
  };
  const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  const tell = (table, about) => {
    if (table.classList.contains("tells")) return;
    table.classList.add("tells");
    identify(table);
    const lines = () => [...table.rows].map(seenCells).filter((cells) => cells.length);
    const cells = lines().flat();
    const stop = cells[0]; // one stop for Tab; arrows go on from there
    stop?.setAttribute("tabindex", "0");
    const say = (cell) => {
      if (shown === cell) return close();
      show(cell, card(cell, about));
      pinned = true;
    };
    table.addEventListener("click", (event) => {
      const cell = event.target.closest("td");
      if (!cell || event.target.closest("a, .why") || String(getSelection())) return;
      say(cell);
    });
    table.addEventListener("keydown", (event) => {
      const cell = event.target;
      if (!cell.matches("td")) return;
      const move = MOVES[event.key];
      if (move) {
        const all = lines();
        const line = all.findIndex((one) => one.includes(cell));
        const next = all[line + move[0]]?.[all[line].indexOf(cell) + move[1]];
        if (next) {
          cell.tabIndex = -1;
          next.tabIndex = 0;
          next.focus();
        }
      } else if (event.key === "Enter" || event.key === " ") say(cell);
      else return;
      event.preventDefault();
    });
  };
  /** A phone shows the totals first; the columns of the kinds of applicant come with a press. */
  const NARROW = "(max-width: 44.98em)";
  const totals = (table) => {
    if (!table.querySelector("th.total") || table.parentElement.previousElementSibling?.matches(".only")) return;
    const { words, tag } = globalThis.siteTools;
    const button = tag("button", { type: "button", className: "copy only", textContent: words("totals") });
    const only = (wanted) => {
      table.classList.toggle("totals", wanted);
      button.setAttribute("aria-pressed", String(wanted));
    };
    button.addEventListener("click", () => only(!table.classList.contains("totals")));
    table.parentElement.before(button);
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    only(matchMedia(NARROW).matches && !(target && table.contains(target) && target !== target.parentElement.lastElementChild));
  };
  const inside = (element) => element instanceof Node && (shown?.contains(element) || box.contains(element));

  const start = () => {
    if (shown && !shown.isConnected) close();
    if (!box.showPopover) return;
    for (const cell of document.querySelectorAll("td[data-n]")) { // a note that many cells share is no link in the page, which they would fill
      const { n } = cell.dataset;
      cell.append(Object.assign(document.createElement("a"), { className: "mark", href: `#n-${tableKey(cell.closest("table"))}-${n}`, textContent: n }));
      delete cell.dataset.n;
    }
    const about = document.getElementById("cell");
    if (about && globalThis.siteTools) {
      const wanted = decodeURIComponent(location.hash.slice(1));
      const late = wanted.startsWith("c-") && !document.getElementById(wanted);
      document.querySelectorAll("table.filed").forEach((table) => tell(table, about));
      document.querySelectorAll("table.filed.t-requests").forEach(totals);
      offer(about);
      if (late && document.getElementById(wanted)) location.replace(location.hash); // its address is only now there
    }
    // The theme may say twice that a page is there; one that has its listeners keeps them.
    for (const mark of document.querySelectorAll("a.mark:not([role])")) {
      mark.setAttribute("role", "button");
      mark.setAttribute("aria-expanded", "false");
      mark.setAttribute("aria-label", `${mark.textContent} ${document.getElementById(mark.hash.slice(1)).textContent}`);
      mark.removeAttribute("aria-describedby"); // once is enough
      mark.addEventListener("pointerenter", (event) => {
        if (event.pointerType === "mouse" && !pinned) open(mark);
      });
      // The pointer may be on its way into the box.
      mark.addEventListener("pointerleave", () => setTimeout(() => {
        if (!pinned && shown === mark && !box.matches(":hover")) close();
      }, 200));
      mark.addEventListener("click", (event) => {
        event.preventDefault();
        event.stopPropagation(); // else the theme goes to the note, and takes the page anew
        if (pinned && shown === mark) return close();
        open(mark);
        pinned = true;
      });
      mark.addEventListener("keydown", (event) => {
        if (event.key !== " ") return;
        event.preventDefault();
        mark.click();
      });
    }
  };

  box.addEventListener("pointerleave", () => pinned || close());
  addEventListener("pointerdown", (event) => inside(event.target) || close());
  addEventListener("focusin", (event) => inside(event.target) || close());
  addEventListener("scroll", place, { capture: true, passive: true });
  addEventListener("resize", close);
  addEventListener("beforeprint", close);
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !shown) return;
    const mark = shown;
    if (box.contains(document.activeElement)) mark.focus();
    close();
  });

  start(); // this file stands at the end of the page
})();
