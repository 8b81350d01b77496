/* Puts a Plotly figure where its picture stands, once someone points at it, touches it or comes to it by keyboard: the
   library weighs more than all the rest. Without this file a page lacks nothing. */
(() => {
  "use strict";
  const vendor = new URL("vendor/", document.currentScript.src);
  const asked = new WeakSet();
  const drawn = new Map(); // target → figure as loaded
  let library;

  const script = (name) =>
    new Promise((done, failed) => {
      const element = document.createElement("script");
      element.src = new URL(name, vendor);
      element.onload = done;
      element.onerror = failed;
      document.head.append(element);
    });
  const load = () =>
    (library ??= script("plotly-basic.min.js")
      .then(() => script("plotly-locale-zh-cn.js"))
      .catch((reason) => { library = undefined; throw reason; }));

  // The files hold the colours of the day; the page knows those of day and night.
  const dressed = (figure) => {
    const style = getComputedStyle(document.body);
    const value = (name) => style.getPropertyValue(name).trim();
    const { data, layout } = structuredClone(figure);
    const ink = value("--ink");
    for (const trace of data) {
      const { kind, kinds } = trace.meta;
      trace.marker.color = kinds ? kinds.map((one) => value(`--k-${one}`)) : value(`--k-${kind}`);
      trace.marker.line = { color: value("--paper"), width: 0.5 };
      trace.textfont = { color: ink, weight: 600 };
    }
    layout.font = { family: value("--md-text-font-family"), size: 13, color: ink };
    layout.hoverlabel = { bgcolor: value("--paper"), bordercolor: value("--muted"), font: { color: ink }, align: "left" };
    for (const shape of layout.shapes ?? []) shape.line.color = value("--muted");
    return { data, layout };
  };

  const config = () => ({
    displayModeBar: false,
    displaylogo: false,
    plotlyServerURL: "", // Plotly's own would be its cloud, and its maps lie on another host: neither is used here
    topojsonURL: ".",
    responsive: true,
    doubleClick: false,
    locale: document.documentElement.lang.startsWith("zh") ? "zh-CN" : "en-US",
  });

  // The figures of a page lie in one packed file beside it; some servers unpack it on the way.
  const unpacked = (bytes) =>
    bytes[0] === 0x1f && bytes[1] === 0x8b ? new Response(bytes).body.pipeThrough(new DecompressionStream("gzip")) : bytes;
  let loaded;
  globalThis.siteFigures = (name) =>
    (loaded ??= fetch(new URL("figures.json.gz", location.href)).then(async (answer) => {
      if (!answer.ok) throw new Error(answer.statusText);
      return new Response(unpacked(new Uint8Array(await answer.arrayBuffer()))).json();
    }).catch((reason) => { loaded = undefined; throw reason; })).then(({ owner, figures }) => ({ owner, ...figures[name] }));

  const draw = async (box, name) => {
    asked.add(box);
    try {
      const { plotly: figure } = await siteFigures(name);
      await load();
      const picture = box.querySelector("svg.chart");
      const target = document.createElement("div");
      target.setAttribute("role", "img");
      target.setAttribute("aria-labelledby", picture.getAttribute("aria-labelledby"));
      box.style.minHeight = `${picture.getAttribute("height")}px`; // so that nothing moves while the one takes the place of the other
      box.append(target);
      box.classList.add("drawn");
      const { data, layout } = dressed(figure);
      await Plotly.newPlot(target, data, layout, config());
      drawn.set(target, figure);
    } catch {
      // No network, or opened from a folder: the picture and the table stay.
      box.classList.remove("drawn");
      box.querySelector("[role=img]:not(svg)")?.remove();
    }
  };

  // A page opened from a folder may not fetch.
  if (location.protocol === "file:") return;
  const wanted = ({ target }) => {
    const box = target.closest?.("figure.fig")?.querySelector(".plot[data-src]");
    if (box && !asked.has(box)) draw(box, box.closest("figure").id.replace("fig-", ""));
  };
  for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, wanted, { passive: true });

  new MutationObserver(() => {
    for (const [target, figure] of drawn) {
      const { data, layout } = dressed(figure);
      Plotly.react(target, data, layout, config());
    }
  }).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
})();
