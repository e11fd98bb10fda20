// A little help for the pages; everything works without it but the keyboard.
"use strict";
(() => {
  const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  const busy = () => document.querySelector("dialog[open]");

  // One press, one answer: a form that was sent cannot be sent again.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    const button = event.submitter;
    setTimeout(() => {
      for (const one of event.target.querySelectorAll("button")) one.disabled = true;
      if (button) button.classList.add("busy");
    });
  });
  addEventListener("pageshow", () => {
    for (const one of document.querySelectorAll("button[disabled]:not([data-never])")) { one.disabled = false; one.classList.remove("busy"); }
  });

  // Keys by their place on the keyboard, so that typing Vietnamese by Telex does not eat them.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (typing(event.target)) return;
    if (event.code === "Slash" && event.shiftKey) {
      const help = document.querySelector("dialog#keys");
      if (help) { event.preventDefault(); if (help.open) help.close(); else help.showModal(); }
      return;
    }
    if (busy() || event.shiftKey) return;
    const place = document.querySelector(`[data-key="${event.code}"]`);
    if (place) { event.preventDefault(); if (place.dataset.focus !== undefined) place.focus(); else place.click(); return; }
    if (event.code === "KeyJ" || event.code === "KeyK") step(event.code === "KeyJ" ? 1 : -1, event);
  });

  // On a phone a line of a table stands as a little list, in which each value says what it is; the page one is on is in sight.
  for (const table of document.querySelectorAll("table.stack")) {
    const names = [...table.querySelectorAll("thead th")].map((one) => one.dataset.bare === undefined && one.textContent.trim());
    for (const row of table.tBodies[0].rows) {
      [...row.cells].forEach((cell, place) => { if (place && names[place] && cell.tagName === "TD") cell.dataset.of = names[place]; });
    }
  }
  const here = document.querySelector(".top nav [aria-current]");
  if (here) here.closest("nav").scrollLeft = here.offsetLeft - 48;

  const step = (by, event) => {
    const rows = [...document.querySelectorAll("[data-row]")];
    if (!rows.length) return;
    const now = rows.findIndex((row) => row === document.activeElement || row.contains(document.activeElement));
    const next = rows[Math.min(Math.max(now + by, 0), rows.length - 1)];
    event.preventDefault();
    next.focus();
    next.scrollIntoView({block: "nearest"});
  };

  for (const opener of document.querySelectorAll("[data-opens]")) {
    opener.addEventListener("click", () => document.getElementById(opener.dataset.opens).showModal());
  }
  for (const closer of document.querySelectorAll("[data-closes]")) {
    closer.addEventListener("click", () => closer.closest("dialog").close());
  }

  // Versions through time: one stop at a time with the slider, all of them as a list without it.
  for (const slider of document.querySelectorAll("[data-slider]")) {
    const range = slider.querySelector("input"), says = slider.querySelector("output");
    const stops = [...slider.parentElement.querySelectorAll("[data-stop]")];
    const show = () => {
      for (const one of stops) one.hidden = one.dataset.stop !== range.value;
      const now = stops[range.value - 1];
      says.textContent = now.dataset.says;
      range.setAttribute("aria-valuetext", now.dataset.says);
      for (const whole of now.querySelectorAll("[data-whole]")) whole.open = true;
    };
    range.addEventListener("input", show);
    slider.hidden = false;
    show();
  }

  // What an answer would change is worked out while the page is read, and again when a record is left out.
  const effects = document.querySelector("[data-effects]");
  if (effects) {
    let asked = 0;
    const load = async () => {
      const mine = ++asked;
      const out = [...document.querySelectorAll("input[name=exclude]:checked")].map((one) => one.value);
      const query = out.map((one) => "exclude=" + encodeURIComponent(one)).join("&");
      effects.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(effects.dataset.effects + "?" + query, {headers: {accept: "text/html"}});
        const text = await answer.text();
        if (mine !== asked) return;
        if (answer.ok) effects.replaceChildren(...new DOMParser().parseFromString(text, "text/html").querySelector("[data-part]").childNodes);
        else effects.textContent = effects.dataset.failed;
      } catch { if (mine === asked) effects.textContent = effects.dataset.failed; }
      if (mine === asked) effects.removeAttribute("aria-busy");
    };
    for (const box of document.querySelectorAll("input[name=exclude]")) {
      box.addEventListener("change", () => {
        for (const cell of document.querySelectorAll(`[data-record="${CSS.escape(box.value)}"]`)) cell.classList.toggle("out", box.checked);
        load();
      });
    }
    load();
  }
})();
