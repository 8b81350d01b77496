/* Finds an agency, filters the list of agencies, copies citations. Each page is complete without it. */
(() => {
  "use strict";
  const YEAR = /^(19|20)\d\d$/;
  const AGENCIES = 7;
  const REPORTS = 5;
  const here = document.currentScript.src;
  const english = () => document.documentElement.lang.startsWith("en");

  // 某市住建 is in 某市住房和城乡建设局: its letters stand there in this order.
  const inOrder = (letters, text) => {
    let at = 0;
    for (const letter of letters) {
      at = text.indexOf(letter, at) + 1;
      if (!at) return false;
    }
    return true;
  };
  // 住建局 is short for 住房和城乡建设局: the same first and last letter, the others between them. What a place calls 局 is
  // called 委 or 厅 in another, and people mix them up.
  const BODIES = "局委厅部办";
  const shortFor = (word, text) => {
    if (word.length < 2 || word[0] !== text[0]) return false;
    if (word.at(-1) === text.at(-1)) return inOrder(word, text);
    const bodies = BODIES.includes(word.at(-1)) && BODIES.includes(text.at(-1));
    return bodies && word.length > 2 && inOrder(word.slice(0, -1), text);
  };

  const prepared = ([id, name, places, more, reports, from, reading], foreign = "") => {
    const syllables = reading.toLowerCase().split(" ");
    const initials = syllables.map((one) => one[0]).join("");
    return {
      id, name, foreign, places, reports, reading,
      title: `${name} ${foreign}`.toLowerCase(),
      other: `${more} ${id}`.toLowerCase(),
      own: name.slice(from),
      whole: places + name,
      spelt: syllables.join(""),
      initials,
      ownInitials: initials.slice(from),
    };
  };

  /** How well an entry fits the words, 0 for not at all: its name, then its other words, then letters in order. */
  const fit = (entry, words) => {
    let score = 0;
    for (const word of words) {
      const latin = /^[a-z']+$/.test(word);
      if (YEAR.test(word)) {
        if (!entry.reports.some((report) => report.startsWith(word))) return 0;
        score += 1;
      } else if (entry.title.includes(word)) score += entry.title.startsWith(word) ? 10 : 9;
      else if (shortFor(word, entry.own)) score += 8;
      else if (entry.other.includes(word)) score += 7;
      else if (entry.places.includes(word)) score += 6;
      else if (latin && shortFor(word, entry.ownInitials)) score += 5 + 1 / entry.ownInitials.length;
      else if (latin && entry.spelt.startsWith(word)) score += 5;
      else if (latin && word.length > 2 && entry.spelt.includes(word)) score += 4;
      else if (latin && word.length > 1 && entry.initials.includes(word)) score += 4;
      else if (latin && word.length > 2 && shortFor(word, entry.initials)) score += 3;
      else if (!latin && word.length > 1 && inOrder(word, entry.whole)) score += 2;
      else return 0;
    }
    return score;
  };

  let entries;
  const loaded = (name) =>
    new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = new URL(name, here);
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
  const load = () =>
    (entries ??= Promise.all(["finder.js", ...(english() ? ["finder-en.js"] : [])].map(loaded)).then(
      () => globalThis.finderEntries.map((one, at) => prepared(one, globalThis.finderEnglish?.[at])),
      () => {
        entries = undefined;
        return [];
      },
    ));
  const wordsOf = (text) =>
    text.replace(/\u200b/g, "").toLowerCase().replace(/(?<!\d)((?:19|20)\d\d)(?!\d)\s*年?/g, " $1 ").split(/[\s,，、]+/).filter(Boolean);

  /** Agencies that fit what was typed, the best first. */
  const findAgencies = async (typed) => {
    const words = wordsOf(typed);
    const all = words.length ? await load() : [];
    return all.map((entry) => [fit(entry, words), entry]).filter(([score]) => score).sort((a, b) => b[0] - a[0]).map(([, entry]) => entry);
  };
  globalThis.findAgencies = findAgencies;

  const finder = (form) => {
    const input = form.querySelector("input");
    const list = form.querySelector("ul");
    const status = form.querySelector("[role=status]");
    const root = new URL(form.dataset.root || "./", location.href);
    const page = location.protocol === "file:" ? "index.html" : "";
    let chosen = -1;

    const choose = (index) => {
      const options = [...list.querySelectorAll("[role=option]")];
      chosen = options.length ? (index + options.length) % options.length : -1;
      options.forEach((option, at) => option.setAttribute("aria-selected", at === chosen));
      if (chosen < 0) input.removeAttribute("aria-activedescendant");
      else {
        input.setAttribute("aria-activedescendant", options[chosen].id);
        options[chosen].scrollIntoView({ block: "nearest" });
      }
    };
    const close = () => {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      choose(-1);
      chosen = -1;
    };
    const option = (address, title, about, id) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const small = document.createElement("small");
      item.role = "option";
      link.href = new URL(`${address}${page}`, root);
      link.tabIndex = -1;
      link.dataset.id = id;
      small.append(about);
      if (english()) small.lang = "zh";
      link.append(title, small);
      item.append(link);
      return item;
    };
    const more = (count) => {
      const item = document.createElement("li");
      item.className = "more";
      item.role = "presentation";
      item.append(form.dataset.more.replace("{n}", count));
      return item;
    };
    const options = (found, words) => {
      const year = words.find((word) => YEAR.test(word));
      const about = (one) => (english() ? one.name : one.places);
      const named = (one) => one.foreign || one.name;
      const report = (one, slug) => option(`agencies/${one.id}/${slug}/`, `${named(one)} ${slug}`, about(one), one.id);
      const agency = (one) =>
        option(`agencies/${one.id}/`, named(one), `${about(one)} · ${[...one.reports].reverse().join(" ")}`, one.id);
      if ("pick" in form.dataset) return [...found.slice(0, AGENCIES).map(agency), ...rest(found, AGENCIES)];
      if (year) {
        const items = found.slice(0, AGENCIES).map((one) => report(one, one.reports.find((slug) => slug.startsWith(year))));
        return [...items, ...rest(found, AGENCIES)];
      }
      const few = found.length <= 2 ? found.flatMap((one) => [...one.reports].reverse().slice(0, REPORTS).map((slug) => report(one, slug))) : [];
      return [...found.slice(0, AGENCIES).map(agency), ...few, ...rest(found, AGENCIES)];
    };
    const rest = (found, most) => (found.length > most ? [more(found.length - most)] : []);
    const show = async () => {
      const words = wordsOf(input.value);
      const found = await findAgencies(input.value);
      const items = options(found, words);
      items.filter((item) => item.role === "option").forEach((item, at) => (item.id = `${input.id}-${at}`));
      list.replaceChildren(...items);
      status.textContent = words.length && !found.length ? form.dataset.none : "";
      list.hidden = !found.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      chosen = -1;
    };

    input.addEventListener("focus", load, { once: true });
    input.addEventListener("input", show);
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") choose(chosen + 1);
      else if (event.key === "ArrowUp") choose(chosen < 0 ? -1 : chosen - 1);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
    });
    form.addEventListener("submit", async (event) => {
      // On the search page Enter without a choice asks for the text of all pages; elsewhere it goes to the first agency, and
      // to the search page where there is none.
      if (chosen < 0 && document.querySelector("[data-search]")) return close();
      event.preventDefault();
      if (chosen < 0) await show(); // whoever is faster than the list still gets to the first of it
      const first = list.querySelectorAll("a")[Math.max(chosen, 0)];
      if (first) first.click();
      else if (form.action && input.value) location.href = `${form.action}${page}?q=${encodeURIComponent(input.value)}`;
    });
    if ("pick" in form.dataset)
      list.addEventListener("click", (event) => {
        const link = event.target.closest("a");
        if (!link) return;
        event.preventDefault();
        form.dispatchEvent(new CustomEvent("pick", { detail: link.dataset.id, bubbles: true }));
        input.value = "";
        close();
      });
    form.addEventListener("focusout", (event) => {
      if (!form.contains(event.relatedTarget)) setTimeout(close, 150); // a press on a result comes first
    });
  };

  /** Rows by what is typed and chosen; the choice stands in the address, so that Back and a link bring it again. */
  const filter = (form) => {
    const rows = [...document.querySelectorAll(`#${form.dataset.filter} tbody tr`)];
    const status = form.querySelector("[role=status]");
    const fields = [...form.elements].filter((field) => field.name);
    const asked = new URLSearchParams(location.search);
    const apply = () => {
      const { text, ...others } = Object.fromEntries(fields.map((field) => [field.name, field.value]));
      const words = text.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const named = `${row.cells[0].textContent} ${row.dataset.place ?? ""}`;
        const fits =
          words.every((word) => named.toLowerCase().includes(word) || inOrder(word, `${row.dataset.place ?? ""}${row.cells[0].textContent}`)) &&
          Object.entries(others).every(([name, value]) => !value || row.dataset[name] === value || (name === "place" && row.dataset.place.startsWith(`${value} `)));
        row.hidden = !fits;
        shown += fits;
      }
      status.textContent = shown ? status.dataset.shown.replace("{n}", shown) : status.dataset.nothing;
    };
    const keep = () => {
      for (const { name, value } of fields)
        if (value) asked.set(name, value);
        else asked.delete(name);
      history.replaceState(history.state, "", `${location.pathname}${asked.size ? `?${asked}` : ""}${location.hash}`);
      apply();
    };
    for (const field of fields) {
      const wanted = asked.get(field.name);
      if (wanted && (field.localName === "input" || [...field.options].some((option) => option.value === wanted))) field.value = wanted;
    }
    form.hidden = false;
    form.addEventListener("input", keep);
    form.addEventListener("submit", (event) => event.preventDefault());
    apply();
  };

  /** A table sorts by a column whose head is pressed: largest first, then smallest, then as it came; what has no number is last. */
  const sorting = (table) => {
    const body = table.tBodies[0];
    const came = [...body.rows];
    const number = (row, at) => {
      const found = /\d[\d,]*(\.\d+)?/.exec(row.cells[at].textContent);
      return found ? Number(found[0].replaceAll(",", "")) : undefined;
    };
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, at) => {
      if (!at || head.classList.contains("t")) return;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const next = { descending: "ascending", ascending: "" }[head.getAttribute("aria-sort")] ?? "descending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        if (next) head.setAttribute("aria-sort", next);
        const turn = next === "ascending" ? 1 : -1;
        const order = (a, b) => {
          const [one, other] = [number(a, at), number(b, at)];
          if (one === undefined || other === undefined) return (one === undefined) - (other === undefined);
          return (one - other) * turn;
        };
        body.append(...(next ? [...came].sort(order) : came));
      });
    });
  };

  const copy = (button) => {
    if (!navigator.clipboard) return;
    const text = () => (button.parentElement.querySelector("code") ?? button.previousElementSibling).textContent;
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text());
      button.textContent = (english() ? siteWords.english : siteWords.chinese).copied;
      setTimeout(() => (button.textContent = label), 2000);
    });
  };

  // Whoever is sent to something folded sees it.
  const unfold = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const folded = target?.closest("details:not([open])");
    if (!folded) return;
    folded.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  // What few pages need is loaded by these.
  const part = (name) => {
    const script = document.createElement("script");
    script.src = new URL(`${name}.js`, here);
    document.head.append(script);
  };

  // On a wide screen the numbers stand beside the picture, and there is no need to fold them.
  const beside = () => {
    if (!matchMedia("(min-width: 76.25em)").matches) return;
    for (const numbers of document.querySelectorAll(".fig:has(> .plot) .few")) {
      numbers.open = true;
      numbers.classList.replace("few", "beside"); // until here the stylesheet has shown them: nothing moves now
    }
  };

  const start = () => {
    beside();
    unfold();
    document.querySelectorAll("[data-finder]").forEach(finder);
    if (document.querySelector("[data-search]")) part("search");
    document.querySelectorAll("a[data-moved]").forEach((link) => location.replace(link.href + location.search));
    document.querySelectorAll("[data-changes]").forEach((link) =>
      link.addEventListener("click", (event) => {
        if (location.protocol === "file:") return; // nothing may be fetched there: the link is followed
        event.preventDefault();
        part("changes");
      }),
    );
    document.querySelectorAll("[data-filter]").forEach(filter);
    document.querySelectorAll("table[data-sort]").forEach(sorting);
    document.querySelectorAll(":is(.cite, .code) > button.copy[hidden]").forEach(copy);
    const now = new Date();
    const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
    document.querySelectorAll("[data-today]").forEach((element) => (element.textContent = today));
    document.querySelectorAll("[data-version]").forEach((element) => (element.textContent = element.dataset.version + globalThis.siteWords.version));
  };

  // Paper cannot be opened: what is folded is printed.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    folded.forEach((element) => (element.open = true));
  });
  addEventListener("afterprint", () => folded.forEach((element) => (element.open = false)));

  start(); // this file stands at the end of the page
})();
