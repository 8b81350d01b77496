/* The text of a report beside that of the year before, sentence by sentence: what came, what went. Asked for by a press;
   without it the link leads to the other text. */
(() => {
  "use strict";
  const MOST = 4e6; // pairs of sentences to compare; longer texts are shown as replaced
  const link = document.querySelector("[data-changes]");
  const { words } = globalThis.siteTools;
  const sentences = (text) => text.split(/(?<=[。；！？])/).map((one) => one.trim()).filter(Boolean);

  /** Heading and sentences of each section on a page; long texts stand on a page of their own. */
  const read = async (address) => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const parts = [...page.querySelectorAll("article :is(details, section)[lang=zh]")];
    const apart = page.querySelector("article a[data-text]");
    if (!parts.length && apart) return read(new URL(apart.getAttribute("href"), address));
    return parts.map((part) => ({
      heading: part.querySelector("summary, h2").textContent.trim(),
      sentences: [...part.querySelectorAll("p")].flatMap((line) => sentences(line.textContent)),
    }));
  };

  /** Both lists as one: [what, sentence], in their order, by the longest common part. */
  const compared = (before, now) => {
    if (before.length * now.length > MOST) return [...before.map((one) => ["del", one]), ...now.map((one) => ["ins", one])];
    const wide = now.length + 1;
    const common = new Uint16Array((before.length + 1) * wide);
    for (let i = before.length - 1; i >= 0; i--)
      for (let j = now.length - 1; j >= 0; j--)
        common[i * wide + j] = before[i] === now[j] ? common[(i + 1) * wide + j + 1] + 1 : Math.max(common[(i + 1) * wide + j], common[i * wide + j + 1]);
    const found = [];
    let [i, j] = [0, 0];
    while (i < before.length || j < now.length) {
      if (i < before.length && j < now.length && before[i] === now[j]) [found[found.length], i, j] = [["span", now[j]], i + 1, j + 1];
      else if (j === now.length || (i < before.length && common[(i + 1) * wide + j] >= common[i * wide + j + 1])) found.push(["del", before[i++]]);
      else found.push(["ins", now[j++]]);
    }
    return found;
  };

  const tag = (name, text) => {
    const element = document.createElement(name);
    element.textContent = text; // never as HTML: agencies wrote it
    return element;
  };
  const bare = (heading) => heading.replace(/^[（(]?[一二三四五六七八九十\d]+[)）]?[、.．\s]*/, "");
  const show = (before, now) => {
    const box = document.createElement("div");
    box.className = "changes";
    const left = [...before];
    const pair = (part) => {
      const at = left.findIndex((one) => bare(one.heading) === bare(part.heading));
      return at < 0 ? [] : left.splice(at, 1)[0].sentences;
    };
    const section = (heading, parts) => {
      const count = (what) => parts.filter(([name]) => name === what).length;
      const details = document.createElement("details");
      details.lang = "zh";
      details.open = count("ins") + count("del") > 0;
      const [added, removed] = [count("ins"), count("del")];
      const counts = tag("small", ` ${added + removed ? words("changes_counts", { added, removed }) : words("changes_none")}`);
      counts.lang = document.documentElement.lang;
      const summary = tag("summary", heading);
      summary.append(counts);
      const line = document.createElement("p");
      line.append(...parts.map(([name, text]) => tag(name, text)));
      details.append(summary, line);
      return details;
    };
    box.append(tag("p", words("changes_about", { year: link.dataset.changes })), ...now.map((part) => section(part.heading, compared(pair(part), part.sentences))));
    box.append(...left.map((part) => section(part.heading, part.sentences.map((one) => ["del", one]))));
    link.parentElement.after(box);
    link.parentElement.hidden = true;
    box.tabIndex = -1;
    box.focus({ preventScroll: true });
  };

  Promise.all([read(link.href.split("#")[0]), read(location.href.split("#")[0])]).then(
    ([before, now]) => show(before, now),
    () => (location.href = link.href),
  );
})();
