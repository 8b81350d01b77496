/* What the page's frame needs of a script: day or night, the drawer of narrow screens, where in the contents one is.
   It stands at the head of the body, so that nothing is painted in the wrong colours and moves when it comes. The
   theme's own script is not loaded: it would weigh and work more than all of ours. */
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.remove("no-js");

  const KEY = "annual-reports:palette";
  const CHOICES = ["auto", "light", "dark"];
  const SIGNS = {
    auto: "M12 2A10 10 0 0 0 2 12a10 10 0 0 0 10 10 10 10 0 0 0 10-10A10 10 0 0 0 12 2m0 2a8 8 0 0 1 8 8 8 8 0 0 1-8 8z",
    light: "M12 20a8 8 0 0 1-8-8 8 8 0 0 1 8-8 8 8 0 0 1 8 8 8 8 0 0 1-8 8m0-18A10 10 0 0 0 2 12a10 10 0 0 0 10 10 10 10 0 0 0 10-10A10 10 0 0 0 12 2",
    dark: "M12 2A10 10 0 0 0 2 12a10 10 0 0 0 10 10 10 10 0 0 0 10-10A10 10 0 0 0 12 2",
  };
  const night = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return CHOICES.includes(localStorage[KEY]) ? localStorage[KEY] : "auto";
    } catch {
      return "auto"; // nothing may be kept here
    }
  };
  let choice = chosen();
  const dress = () => {
    const dark = choice === "dark" || (choice === "auto" && night.matches);
    document.body.dataset.mdColorScheme = dark ? "slate" : "default";
  };
  dress();
  night.addEventListener("change", dress);

  const palette = (button) => {
    const show = () => {
      button.querySelector("path").setAttribute("d", SIGNS[choice]);
      button.title = button.dataset[choice];
      button.setAttribute("aria-label", button.title);
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
      try {
        localStorage[KEY] = choice;
      } catch {} // then it holds for this page
      dress();
      show();
    });
    show();
  };

  // The drawer holds what the tabs hold, which a page carries once. The theme's style opens it by a hidden box.
  const drawer = (button) => {
    const state = document.getElementById("__drawer");
    const list = document.querySelector(".md-nav--primary > .md-nav__list");
    for (const tab of document.querySelectorAll(".md-tabs__link")) {
      const item = document.createElement("li");
      const link = tab.cloneNode(true);
      const here = tab.hasAttribute("aria-current");
      item.className = `md-nav__item${here ? " md-nav__item--active" : ""}`;
      link.className = `md-nav__link${here ? " md-nav__link--active" : ""}`;
      item.append(link);
      list?.append(item);
    }
    const told = () => button.setAttribute("aria-expanded", String(state.checked));
    const turn = (open) => {
      state.checked = open;
      told();
    };
    state.addEventListener("change", told); // a press beside the drawer
    button.addEventListener("click", ({ detail }) => {
      turn(!state.checked);
      if (state.checked && !detail) list.querySelector("a")?.focus(); // pressed by keyboard
    });
    addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !state.checked) return;
      turn(false);
      button.focus();
    });
    addEventListener("pagehide", () => turn(false)); // Back does not find it open
  };

  // The heading that was passed last is lit among the contents, and the page's title stands in the header below its own.
  const follow = (links) => {
    const title = document.querySelector("[data-md-component=header-title]");
    const heading = document.querySelector("article h1");
    const headings = new Map();
    for (const link of links) {
      const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (target) headings.set(target, link);
    }
    let waiting = false;
    const look = () => {
      waiting = false;
      const line = innerHeight / 4;
      let last;
      for (const [target, link] of headings) {
        link.classList.remove("md-nav__link--active");
        if (target.getBoundingClientRect().top < line) last = link;
      }
      last?.classList.add("md-nav__link--active");
      title?.classList.toggle("md-header__title--active", Boolean(heading) && heading.getBoundingClientRect().bottom < 48);
    };
    addEventListener("scroll", () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(look);
    }, { passive: true });
  };

  addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-palette]").forEach(palette);
    document.querySelectorAll("[data-drawer]").forEach(drawer);
    follow(document.querySelectorAll(".md-nav--secondary .md-nav__link[href*='#']"));
  });
})();
