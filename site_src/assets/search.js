/* Full text: asks the Pagefind index of the site, with our own small interface. The question stands in the address.
   Chinese is indexed in pairs of neighbours (pipeline/site/search_index.py): a run of Chinese is asked for as a phrase of its
   pairs, so what is found holds exactly what was typed. A copy opened from a folder searches search-text.js instead. */
(() => {
  "use strict";
  const SHOWN = 6;
  const AGENCIES = 3;
  const HAN = /[\u3400-\u9fff\uf900-\ufaff]+/g;
  const here = document.currentScript.src;

  const pairs = (run) => (run.length === 1 ? run : [...run].slice(0, -1).map((_, at) => run.slice(at, at + 2)).join(" "));
  /** A question as phrases that must all be there. A single character finds what begins with it. */
  const phrases = (text) =>
    text.split(/[\s,，、]+/).filter(Boolean).map((term) => {
      const parted = term.replace(HAN, (run) => ` ${pairs(run)} `).trim();
      return parted.includes(" ") ? `"${parted}"` : parted;
    });

  /** Words of an excerpt, put together again: of each pair the first character, where the next pair goes on with its second. */
  const together = (excerpt) => {
    const read = document.createElement("template");
    read.innerHTML = excerpt; // Pagefind escapes the text and marks the words; nothing in a template runs
    const words = [...read.content.childNodes].flatMap((node) =>
      node.textContent.split(/\s+/).filter(Boolean).map((text) => ({ text, marked: node.nodeName === "MARK" })));
    const isHan = (text) => text && new RegExp(HAN.source).test(text);
    const goesOnFrom = (at) => words[at]?.text.length === 2 && isHan(words[at].text) && words[at + 1]?.text[0] === words[at].text[1];
    return words.flatMap(({ text, marked: own }, at) => {
      const next = words[at + 1]?.text ?? "";
      const goesOn = goesOnFrom(at);
      const marked = own || (goesOnFrom(at - 1) && words[at - 1].marked); // a pair is its second character, too
      const shown = goesOn ? text[0] : text;
      const space = !isHan(text) && next && (!isHan(next) || text === "·") || next === "·" ? " " : "";
      if (!marked) return [shown + space];
      const mark = document.createElement("mark");
      mark.textContent = shown;
      return space ? [mark, space] : [mark];
    });
  };

  const online = (address) => {
    let ready;
    const load = () => (ready ??= import(new URL(`${address}pagefind.js`, location.href)).then(async (module) => {
      await module.options({ excerptLength: 30 });
      // It parts a question as the language of the page tells it, which is read at this moment; ours is parted already.
      const page = document.documentElement;
      const language = page.lang;
      page.lang = "en";
      const done = module.init();
      page.lang = language;
      await done;
      return module;
    }));
    return {
      choices: async () => (await load()).filters(),
      async ask(text, filters) {
        const pagefind = await load();
        const answers = await Promise.all(phrases(text).map((phrase) => pagefind.search(phrase, { filters })));
        const [first, ...others] = answers.map((answer) => answer.results);
        const everywhere = (one) => others.every((some) => some.some((other) => other.id === one.id));
        return (first ?? []).filter(everywhere).map((one) => async () => {
          const { url, meta, excerpt } = await one.data();
          return { url, title: meta.title, excerpt: together(excerpt) };
        });
      },
    };
  };

  /** The same from a folder on disk, over all texts as they are; a script, since a page from a folder may not fetch. */
  const offline = (root) => {
    let ready;
    const load = () => (ready ??= new Promise((done) => {
      const script = document.createElement("script");
      script.src = new URL("search-text.js", here);
      script.onload = () => done(globalThis.searchText[document.documentElement.lang.slice(0, 2)] ?? []);
      script.onerror = () => done([]);
      document.head.append(script);
    }));
    const excerpt = (text, terms) => {
      const at = Math.max(...terms.map((term) => text.indexOf(term)));
      const term = terms.find((one) => text.startsWith(one, at));
      const mark = document.createElement("mark");
      mark.textContent = term;
      return [text.slice(Math.max(0, at - 30), at), mark, text.slice(at + term.length, at + term.length + 40)];
    };
    return {
      async choices() {
        const found = {};
        for (const { filters } of await load())
          for (const [name, values] of Object.entries(filters)) for (const value of values) (found[name] ??= {})[value] = 1;
        return found;
      },
      async ask(text, filters) {
        const terms = text.split(/[\s,，、]+/).filter(Boolean).map((term) => term.toLowerCase());
        return (await load())
          .filter((one) => Object.entries(filters).every(([name, value]) => one.filters[name]?.includes(value)))
          .map((one) => ({ ...one, all: `${one.title} ${one.text}`.toLowerCase() }))
          .filter((one) => terms.every((term) => one.all.includes(term)))
          .map((one) => async () => ({ url: new URL(`${one.path}index.html`, root).href, title: one.title, excerpt: excerpt(one.all, terms) }));
      },
    };
  };

  const search = async (section) => {
    const said = section.dataset;
    const [status, list, more, filter] = ["[role=status]", "ol", ".more", "form"].map((name) => section.querySelector(name));
    const asked = new URLSearchParams(location.search);
    const box = document.querySelector("#find");
    const root = new URL(box.form.dataset.root, location.href);
    const texts = location.protocol === "file:" ? offline(root) : online(said.search);
    section.hidden = false;
    if (asked.get("q")) box.value = asked.get("q");
    let found = [];
    let turn = 0;

    const item = (url, title, content) => {
      const entry = document.createElement("li");
      const link = document.createElement("a");
      const text = document.createElement("p");
      link.href = url;
      link.textContent = title;
      text.append(...content);
      entry.append(link, text);
      if (/[\u4e00-\u9fff]/.test(entry.textContent)) entry.lang = "zh";
      return entry;
    };
    const show = async () => {
      const mine = turn;
      const hits = await Promise.all(found.splice(0, SHOWN).map((one) => one()));
      if (mine !== turn) return; // another question was asked in the meantime
      list.append(...hits.map(({ url, title, excerpt }) => item(url, title, excerpt)));
      more.hidden = !found.length;
    };
    const ask = async () => {
      const mine = ++turn;
      const words = (asked.get("q") ?? "").trim();
      list.replaceChildren();
      more.hidden = true;
      if (!words) {
        status.textContent = "";
        return;
      }
      status.textContent = said.waiting;
      const filters = Object.fromEntries([...new FormData(filter)].filter(([, value]) => value));
      const narrowed = Object.keys(filters).length > 0;
      const [answer, agencies] = await Promise.all([texts.ask(words, filters), narrowed ? [] : globalThis.findAgencies(words)]);
      if (mine !== turn) return;
      found = answer;
      const named = agencies.slice(0, AGENCIES);
      status.textContent = found.length || !named.length ? (found.length ? said.count.replace("{n}", found.length) : said.nothing) : "";
      // Short and former names stand in no text: agencies that are called so come first.
      const page = location.protocol === "file:" ? "index.html" : "";
      list.append(...named.map((one) => item(new URL(`agencies/${one.id}/${page}`, root), one.foreign || one.name, [`${one.foreign ? one.name : one.places} · ${[...one.reports].reverse().join(" ")}`])));
      for (const entry of list.children) entry.className = "named";
      await show();
      list.dataset.asked = words;
    };

    const choices = await texts.choices();
    for (const select of filter.elements) {
      const values = Object.keys(choices[select.name] ?? {}).sort();
      if (select.name === "year") values.reverse();
      select.append(...values.map((value) => new Option(value)));
      select.value = asked.get(select.name) ?? "";
    }
    const ask_again = () => {
      history.replaceState(history.state, "", `?${asked}`);
      ask();
    };
    filter.addEventListener("change", () => {
      for (const select of filter.elements)
        if (select.value) asked.set(select.name, select.value);
        else asked.delete(select.name);
      ask_again();
    });
    box.form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return; // an agency was chosen
      event.preventDefault();
      asked.set("q", box.value);
      ask_again();
    });
    more.addEventListener("click", show);
    await ask();
  };

  document.querySelectorAll("[data-search]").forEach(search);
})();
