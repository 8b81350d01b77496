/* Puts a Plotly figure where its picture stands, once it is scrolled to. Without this file a page lacks nothing.
   Survives the theme's instant navigation: everything starts anew with each page, and what is gone is let go. */
(() => {
  "use strict";
  const vendor = new URL("vendor/", document.currentScript.src);
  const drawn = new Map(); // target → figure as loaded
  let plotly;

  const script = (name) =>
    new Promise((done, failed) => {
      const element = document.createElement("script");
      element.src = new URL(name, vendor);
      element.onload = done;
      element.onerror = failed;
      document.head.append(element);
    });
  const load = () =>
    (plotly ??= script("plotly-basic.min.js")
      .then(() => script("plotly-locale-zh-cn.js"))
      .catch((reason) => { plotly = undefined; throw reason; }));

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
    responsive: true,
    doubleClick: false,
    locale: document.documentElement.lang.startsWith("zh") ? "zh-CN" : "en-US",
  });

  const draw = async (box, address) => {
    try {
      const answer = await fetch(address);
      if (!answer.ok) return;
      const figure = await answer.json();
      await load();
      if (!box.isConnected || box.classList.contains("drawn")) return;
      const picture = box.querySelector("svg.chart");
      const target = document.createElement("div");
      target.setAttribute("role", "img");
      target.setAttribute("aria-labelledby", picture.getAttribute("aria-labelledby"));
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

  const seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        seen.unobserve(target);
        draw(target, target.address);
      }
    },
    { rootMargin: "200px" },
  );

  const start = () => {
    for (const target of drawn.keys()) {
      if (target.isConnected) continue;
      Plotly.purge(target);
      drawn.delete(target);
    }
    if (location.protocol === "file:") return; // a page opened from a folder may not fetch
    for (const box of document.querySelectorAll(".plot[data-src]:not(.drawn)")) {
      box.address = new URL(box.dataset.src, location.href);
      seen.observe(box);
    }
  };

  new MutationObserver(() => {
    for (const [target, figure] of drawn) {
      const { data, layout } = dressed(figure);
      Plotly.react(target, data, layout, config());
    }
  }).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });

  // From a folder on disk the theme tells of no page: then each page is loaded whole.
  if (window.document$ && location.protocol !== "file:") window.document$.subscribe(start);
  else if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
