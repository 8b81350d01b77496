/* A mark in a table tells its reason where it stands: on hover, press or Enter. Without this file, or without the
   browser's popovers, it is a link to the note below the table. */
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
    shown.setAttribute("aria-expanded", "false");
    shown = undefined;
    pinned = false;
    box.remove();
  };
  const open = (mark) => {
    if (shown === mark) return;
    close();
    shown = mark;
    const note = document.getElementById(mark.hash.slice(1));
    box.replaceChildren(...[...note.childNodes].map((node) => node.cloneNode(true)));
    mark.after(box);
    box.showPopover();
    place();
    mark.setAttribute("aria-expanded", "true");
  };
  const inside = (element) => element instanceof Node && (shown?.contains(element) || box.contains(element));

  const start = () => {
    if (shown && !shown.isConnected) close();
    if (!box.showPopover) return;
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

  if (window.document$) window.document$.subscribe(start);
  else if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
