/* Full text: asks the Pagefind index of the site, with our own small interface. The question stands in the address. */
const SHOWN = 6;

export default async function search(section) {
  const said = section.dataset;
  const [status, list, more, filter] = ["[role=status]", "ol", ".more", "form"].map((name) => section.querySelector(name));
  const asked = new URLSearchParams(location.search);
  const box = document.querySelector("#find");
  section.hidden = false;
  if (asked.get("q")) box.value = asked.get("q");
  const pagefind = await import(new URL(`${said.search}pagefind.js`, location.href));
  await pagefind.options({ excerptLength: 24 });
  let found = [];
  let turn = 0;

  const hit = async (result) => {
    const data = await result.data();
    const item = document.createElement("li");
    const link = document.createElement("a");
    const text = document.createElement("p");
    link.href = data.url;
    link.textContent = data.meta.title;
    text.innerHTML = data.excerpt; // Pagefind escapes the text and marks the words
    item.append(link, text);
    if (/[\u4e00-\u9fff]/.test(data.meta.title + data.excerpt)) item.lang = "zh";
    return item;
  };
  const show = async () => {
    const mine = turn;
    const hits = await Promise.all(found.splice(0, SHOWN).map(hit));
    if (mine !== turn) return; // another question was asked in the meantime
    list.append(...hits);
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
    const answer = await pagefind.search(words, { filters });
    if (mine !== turn) return;
    found = answer.results;
    status.textContent = found.length ? said.count.replace("{n}", found.length) : said.nothing;
    await show();
  };

  const choices = await pagefind.filters();
  for (const select of filter.elements) {
    const values = Object.keys(choices[select.name] ?? {}).sort();
    if (select.name === "year") values.reverse();
    select.append(...values.map((value) => new Option(value)));
    select.value = asked.get(select.name) ?? "";
  }
  filter.addEventListener("change", () => {
    for (const select of filter.elements)
      if (select.value) asked.set(select.name, select.value);
      else asked.delete(select.name);
    history.replaceState(history.state, "", `?${asked}`);
    ask();
  });
  box.form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return; // an agency was chosen
    event.preventDefault();
    asked.set("q", box.value);
    history.replaceState(history.state, "", `?${asked}`);
    ask();
  });
  more.addEventListener("click", show);
  await ask();
}
