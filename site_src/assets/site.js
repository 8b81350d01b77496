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
  // 住建局 is short for 住房和城乡建设局: the same first and last letter, the others between them.
  const shortFor = (word, text) =>
    word.length > 1 && word[0] === text[0] && word.at(-1) === text.at(-1) && inOrder(word, text);

  const prepared = ([id, name, foreign, places, more, reports, from, reading]) => {
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
  const load = () =>
    (entries ??= new Promise((done) => {
      const script = document.createElement("script");
      script.src = new URL("finder.js", here);
      script.onload = () => done(globalThis.finderEntries.map(prepared));
      script.onerror = () => {
        entries = undefined;
        done([]);
      };
      document.head.append(script);
    }));
  const wordsOf = (text) =>
    text.replace(/\u200b/g, "").toLowerCase().replace(/(?<!\d)((?:19|20)\d\d)(?!\d)\s*年?/g, " $1 ").split(/[\s,，、]+/).filter(Boolean);

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
      if (english()) {
        link.lang = "zh";
        small.lang = "en";
      }
      small.append(about);
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
      const about = (one) => (english() ? one.foreign || one.reading : one.places);
      const report = (one, slug) => option(`agencies/${one.id}/${slug}/`, `${one.name} ${slug}`, about(one), one.id);
      const agency = (one) =>
        option(`agencies/${one.id}/`, one.name, `${about(one)} · ${one.reports.join(" ")}`, one.id);
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
      const all = await load();
      const found = words.length
        ? all.map((entry) => [fit(entry, words), entry]).filter(([score]) => score).sort((a, b) => b[0] - a[0]).map(([, entry]) => entry)
        : [];
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
      // Where the form leads to the search page, Enter without a choice asks for the text of all pages.
      if (chosen < 0 && form.hasAttribute("action") && input.value) return;
      event.preventDefault();
      if (chosen < 0) await show(); // whoever is faster than the list still gets to the first of it
      list.querySelectorAll("a")[Math.max(chosen, 0)]?.click();
    });
    if ("pick" in form.dataset)
      list.addEventListener("click", (event) => {
        const link = event.target.closest("a");
        if (!link) return;
        event.preventDefault();
        event.stopPropagation(); // the theme would follow the link by itself
        form.dispatchEvent(new CustomEvent("pick", { detail: link.dataset.id, bubbles: true }));
        input.value = "";
        close();
      });
    form.addEventListener("focusout", (event) => {
      if (!form.contains(event.relatedTarget)) setTimeout(close, 150); // a press on a result comes first
    });
  };

  const filter = (form) => {
    const rows = [...document.querySelectorAll(`#${form.dataset.filter} tbody tr`)];
    const status = form.querySelector("[role=status]");
    const apply = () => {
      const { text, place, level, function: task } = form.elements;
      const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const [name, , places, its, does] = [...row.cells].map((cell) => cell.textContent);
        const fits =
          words.every((word) => `${name} ${places}`.toLowerCase().includes(word) || inOrder(word, places + name)) &&
          (!place.value || row.dataset.place === place.value) &&
          (!level.value || its === level.value) &&
          (!task.value || does === task.value);
        row.hidden = !fits;
        shown += fits;
      }
      status.textContent = shown ? status.dataset.shown.replace("{n}", shown) : status.dataset.nothing;
    };
    form.hidden = false;
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    apply();
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
  // On a slow machine the theme forgets where a link wanted to go: then the page stands at its top.
  const reach = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && !scrollY) target.scrollIntoView({ block: "center" });
  };

  // What few pages need is loaded by these; a page opened from a folder may load nothing more.
  const part = (name) => (element) => {
    if (location.protocol !== "file:") return import(new URL(`${name}.js`, here)).then((module) => module.default(element));
    const said = document.createElement("p");
    said.textContent = (english() ? siteWords.english : siteWords.chinese).disk;
    element.replaceChildren(said);
    element.hidden = false;
  };

  const start = () => {
    unfold();
    setTimeout(reach, 200);
    document.querySelectorAll("[data-finder]").forEach(finder);
    document.querySelectorAll("[data-search]").forEach(part("search"));
    document.querySelectorAll("[data-compare]").forEach(part("compare"));
    document.querySelectorAll("[data-filter]").forEach(filter);
    document.querySelectorAll(":is(.cite, .code) > button.copy[hidden]").forEach(copy);
    const now = new Date();
    const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
    document.querySelectorAll("[data-today]").forEach((element) => (element.textContent = today));
  };

  // Paper cannot be opened: what is folded is printed.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    folded.forEach((element) => (element.open = true));
  });
  addEventListener("afterprint", () => folded.forEach((element) => (element.open = false)));

  // From a folder on disk the theme tells of no page: then each page is loaded whole.
  if (window.document$ && location.protocol !== "file:") window.document$.subscribe(start);
  else if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
