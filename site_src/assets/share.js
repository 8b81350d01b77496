/* What a reader takes along from a figure: a picture (SVG, PNG), a frame for another page (that follows the data, or
   stays as it is), a citation. A page that is asked for `?embed=name` shows that figure alone.
   Without this file every page is complete; the words are in words.js, made from pipeline/pages/strings.yml. */
(() => {
  "use strict";
  const SHAPES = "rect, line, polyline, circle, text, tspan";
  const WIDE = 720; // of a saved picture, in pixels
  const INK = ["height", "fill", "stroke", "stroke-width", "stroke-dasharray", "font-weight", "font-size", "opacity"];
  const { version, title, invented, english, chinese } = globalThis.siteWords;
  const inEnglish = () => document.documentElement.lang.startsWith("en");
  const words = (key, values = {}) =>
    (inEnglish() ? english : chinese)[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const own = (both) => (inEnglish() ? both.en || both.zh : both.zh);
  const site = () => own(title);
  const tag = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const heading = () => {
    const title = document.querySelector("article h1");
    const parts = [...(title?.childNodes ?? [])].filter((node) => !node.matches?.(".headerlink"));
    return parts.map((node) => node.textContent).join("").trim() || document.title;
  };
  /** What a page that keeps its state in the address was asked for; of others that is no part of their address. */
  const asked = () => {
    const search = new URLSearchParams(document.querySelector("[data-keeps-state]") ? location.search : "");
    search.delete("embed");
    return search.size ? `?${search.toString().replaceAll("%2C", ",").replaceAll("%2F", "/")}` : "";
  };
  /** The address of a place on this page. A copy on disk has the published one, or the way from the first page of the site. */
  const here = (hash) => {
    const published = document.querySelector("link[rel=canonical]")?.href;
    if (location.protocol === "file:" && !published) {
      const first = new URL(".", new URL(document.querySelector(".md-logo").getAttribute("href"), location.href));
      return `${location.href.split(/[?#]/)[0].replace(first.href, "").replace(/index\.html$/, "")}${asked()}${hash ? `#${hash}` : ""}`;
    }
    const address = new URL(location.protocol === "file:" ? published : location.href);
    address.search = asked();
    address.hash = hash;
    return address.href;
  };
  const today = () => {
    const now = new Date();
    return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
  };

  // --- a picture by itself: with its sentence, its source, and the colours of the page ---

  const lines = (text, font, wide) => {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = font;
    const found = [""];
    for (const piece of text.match(/[\u2e80-\uffef]|[^\u2e80-\uffef\s]+\s?|\s/g) ?? []) {
      if (found.at(-1) && pen.measureText(found.at(-1) + piece).width > wide) found.push("");
      found[found.length - 1] += piece;
    }
    return found;
  };
  /** A chart with measures of its own is saved as wide as it is drawn. */
  const widthOf = (figure) => {
    const own = figure.querySelector("svg.chart").viewBox.baseVal?.width;
    return own ? own + 20 : WIDE;
  };
  const pictured = (figure, wide = widthOf(figure)) => {
    const style = getComputedStyle(document.body);
    const value = (name) => style.getPropertyValue(name).trim();
    const drawn = figure.querySelector("svg.chart");
    const copy = drawn.cloneNode(true);
    const originals = drawn.querySelectorAll(SHAPES);
    copy.querySelectorAll(SHAPES).forEach((part, at) => {
      const computed = getComputedStyle(originals[at]);
      for (const name of INK) {
        const own = computed.getPropertyValue(name);
        if (own !== "none" && own !== "auto") part.setAttribute(name, own);
      }
      if (part.matches(".bars .n")) part.setAttribute("dx", "6"); // the stylesheet's space
      part.removeAttribute("class");
    });
    const family = value("--md-text-font-family");
    const legend = [...figure.querySelectorAll(".legend li")].map((item) => [item, getComputedStyle(item, "::before").backgroundColor]);
    const caption = lines(figure.querySelector("figcaption").textContent, `600 15px ${family}`, wide - 20);
    const source = lines([...(invented ? [own(invented)] : []), `${heading()} · ${site()} ${version}`, here(figure.id)].join(" · "), `11px ${family}`, wide - 20);
    const high = Number(drawn.getAttribute("height"));
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = `12px ${family}`;
    let x = 0;
    let y = caption.length * 21 + 14;
    const keys = legend.map(([item, colour]) => {
      const needs = pen.measureText(item.textContent).width + 34;
      if (x && x + needs > wide - 20) [x, y] = [0, y + 20];
      const key = `<rect x="${x}" y="${y}" width="10" height="10" fill="${colour}"/><text x="${x + 15}" y="${y + 10}" font-size="12">${escaped(item.textContent)}</text>`;
      x += needs;
      return key;
    });
    const top = keys.length ? y + 22 : caption.length * 21 + 8;
    copy.setAttribute("y", top);
    copy.setAttribute("width", wide - 20);
    for (const column of copy.querySelectorAll("svg")) {
      column.setAttribute("width", wide - 20 - Number(column.getAttribute("x")));
      column.removeAttribute("style");
    }
    for (const name of ["class", "role", "aria-labelledby", "style"]) copy.removeAttribute(name);
    const text = (all, first, step, more) =>
      all.map((line, at) => `<text y="${first + at * step}" ${more}>${escaped(line.trimEnd())}</text>`).join("");
    const whole = top + high + 14 + source.length * 15;
    const body = new XMLSerializer().serializeToString(copy);
    return {
      wide, high: whole,
      text: `<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${whole}" viewBox="0 0 ${wide} ${whole}" font-family="${escaped(family)}" font-size="13" fill="${value("--ink")}">` +
        `<title>${escaped(figure.querySelector("figcaption").textContent)}</title><rect width="100%" height="100%" fill="${value("--paper")}"/><svg x="10" y="4" width="${wide - 20}" height="${whole - 4}" overflow="visible">` +
        text(caption, 18, 21, 'font-size="15" font-weight="600"') + keys.join("") + body +
        text(source, top + high + 14, 15, `font-size="11" fill="${value("--muted")}"`) + "</svg></svg>\n",
    };
  };
  /** What shows no chart may know how to draw itself; it is in the page only while its looks are asked. */
  const picture = (figure) => {
    const made = figure.querySelector("svg.chart") ? undefined : figure.drawing();
    if (made) figure.append(made);
    try {
      return pictured(figure);
    } finally {
      made?.remove();
    }
  };
  const escaped = (text) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
  const save = (name, blob) => {
    const link = tag("a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  const place = () => location.pathname.split("/").filter((part) => part && part !== "index.html").slice(-2).join("-") || "site";
  const fileName = (figure, kind) => {
    return `${place()}-${figure.id.replace("fig-", "")}.${kind}`;
  };
  const saveSvg = (figure) => save(fileName(figure, "svg"), new Blob([picture(figure).text], { type: "image/svg+xml" }));
  const savePng = async (figure) => {
    const { wide, high, text } = picture(figure);
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await image.decode();
    const canvas = tag("canvas", { width: wide * 2, height: high * 2 });
    canvas.getContext("2d").drawImage(image, 0, 0, wide * 2, high * 2);
    canvas.toBlob((blob) => save(fileName(figure, "png"), blob), "image/png");
  };

  // --- the table as CSV: whose it is, its question, its unit and the version stand in each row ---

  const quoted = (cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const csv = (rows) => rows.map((row) => `${row.map(quoted).join(",")}\n`).join("");
  const csvOf = async (figure) => {
    const shown = () => [...figure.querySelectorAll(".numbers tr")].map((row) => [...row.cells].map((cell) => cell.textContent));
    if (location.protocol === "file:") return csv(shown()); // may not fetch
    const { owner, question, columns, rows, unit } = await siteFigures(figure.id.replace("fig-", ""));
    const other = ([name, value]) => value && !columns.includes(name);
    const before = [...owner, ["question", question]].filter(other);
    const after = [["unit", unit], ["data_version", version]].filter(other);
    const line = (row, at) => [...before.map((pair) => pair[at]), ...row, ...after.map((pair) => pair[at])];
    return csv([line(columns, 0), ...rows.map((row) => line(row, 1))]);
  };
  const saveCsv = async (figure) => save(fileName(figure, "csv"), new Blob(["\ufeff", await csvOf(figure)], { type: "text/csv;charset=utf-8" }));
  const saveJson = async (figure) => {
    const { plotly } = await siteFigures(figure.id.replace("fig-", ""));
    save(fileName(figure, "json"), new Blob([JSON.stringify(plotly)], { type: "application/json" }));
  };

  // --- text to copy ---

  const copied = (label, text) => {
    const button = tag("button", { type: "button", className: "copy", textContent: words("copy") });
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text);
      button.textContent = words("copied");
      setTimeout(() => (button.textContent = words("copy")), 2000);
    });
    return tag("div", { className: "code" }, tag("p", { className: "aside", textContent: label }), ...(navigator.clipboard ? [button] : []), tag("pre", { tabIndex: 0 }, tag("code", { textContent: text })));
  };
  const citations = (what, address) => {
    const year = today().slice(0, 4);
    const key = `${place()}-${address.split("#").at(-1)}`;
    return [
      ["GB/T 7714—2015", `${site()}. ${what}[DS/OL]. ${version}. [${today()}]. ${address}`],
      ["APA", `${site()}. (${year}). ${what} (Version ${version}) [Data set]. Retrieved ${today()}, from ${address}`],
      ["BibTeX", `@misc{${key},\n  title = {{${what}}},\n  howpublished = {{${site()}}},\n  version = {${version}},\n  urldate = {${today()}},\n  url = {${address}}\n}`],
    ].map(([style, text]) => copied(style, text));
  };
  const embeds = (figure) => {
    const address = new URL(here(""));
    address.hash = "";
    address.searchParams.set("embed", figure.id.replace("fig-", ""));
    const name = escaped(figure.querySelector("figcaption").textContent);
    const live = `<iframe src="${escaped(address.href)}" title="${name}" width="100%" height="${Math.ceil(figure.offsetHeight) + 90}" loading="lazy" style="border:0"></iframe>`;
    const parts = [copied(words("embed_live"), live)];
    if (figure.querySelector("svg.chart")) {
      const frozen = `<figure style="margin:0">${picture(figure).text.replace(/(<svg [^>]*?) width="\d+" height="\d+"/, '$1 style="max-width:100%;height:auto"').trim()}${table(figure)}</figure>`;
      parts.push(copied(words("embed_frozen", { version }), frozen));
    } else if (figure.querySelector("[role=tabpanel] table")) {
      const source = `<figcaption>${name} · ${invented ? `${escaped(own(invented))} · ` : ""}${escaped(`${heading()} · ${site()} ${version}`)} · <a href="${escaped(here(""))}">${escaped(here(""))}</a></figcaption>`;
      parts.push(copied(words("embed_frozen", { version }), `<figure style="margin:0"><table>${plainRows(figure, "[role=tabpanel] tr")}</table>${source}</figure>`));
    }
    return parts;
  };
  const plainRows = (figure, which) =>
    [...figure.querySelectorAll(which)]
      .map((row) => `<tr>${[...row.cells].map((cell) => `<${cell.localName}>${escaped(cell.innerText)}</${cell.localName}>`).join("")}</tr>`)
      .join("");
  const table = (figure) => {
    const rows = plainRows(figure, ".numbers tr");
    return rows ? `<details><summary>${escaped(words("table"))}</summary><table>${rows}</table></details>` : "";
  };

  // --- the tools of each figure ---

  const tools = (figure) => {
    const links = figure.querySelector(".take > .links");
    if (!links || links.querySelector("[aria-expanded]")) return;
    const panel = tag("div", { className: "tool", hidden: true });
    let shown;
    const button = (key, does) => {
      const made = tag("button", { type: "button", textContent: words(key) });
      made.addEventListener("click", () => does(made));
      return made;
    };
    const opening = (key, content) => {
      const made = button(key, () => {
        const again = shown === made;
        shown?.setAttribute("aria-expanded", "false");
        shown = again ? undefined : made;
        panel.hidden = again;
        panel.replaceChildren(...(again ? [] : content()));
        if (!again) made.setAttribute("aria-expanded", "true");
      });
      made.setAttribute("aria-expanded", "false");
      return made;
    };
    const drawn = figure.querySelector("svg.chart") || figure.drawing ? [button("svg", () => saveSvg(figure)), button("png", () => savePng(figure))] : [];
    const json = figure.querySelector(".plot") && location.protocol !== "file:";
    if (figure.querySelector(".numbers")) links.replaceChildren(button("csv", () => saveCsv(figure)));
    links.append(
      ...(json ? [button("json", () => saveJson(figure))] : []),
      tag("a", { href: `#${figure.id}`, textContent: words("link") }),
      ...drawn,
      opening("embed", () => embeds(figure)),
      opening("cite", () => citations(`${heading()}：${figure.querySelector("figcaption").textContent.replace(/[。.]$/, "")}`, here(figure.id))),
    );
    links.after(panel);
  };

  // --- a page that shows one figure, in the frame of another page ---

  const alone = () => {
    const name = new URLSearchParams(location.search).get("embed");
    const figure = name && document.getElementById(`fig-${name}`);
    if (!figure) return;
    document.documentElement.classList.add("embedded");
    let part = figure;
    for (; part.parentElement && part.localName !== "article"; part = part.parentElement) part.classList.add("alone");
    const link = tag("a", { href: here(figure.id), target: "_blank", rel: "noopener", textContent: `${heading()} · ${site()}` });
    if (!figure.querySelector(".source")) figure.append(tag("p", { className: "source aside" }, link));
  };

  globalThis.siteTools = { words, here, heading, citations, copied, tag, save, csv, version, tools };
  const start = () => {
    document.querySelectorAll("figure.fig[id]").forEach(tools);
    alone();
  };
  start(); // this file stands at the end of the page
})();
