"use strict";
/* Filters of the work list, kept in the address; text to copy. The page is whole without it. */
addEventListener("DOMContentLoaded", () => {
  const rows = Array.from(document.querySelectorAll(".ex"));
  const bar = document.getElementById("bar");
  const fields = bar ? Array.from(bar.querySelectorAll("[data-key]")) : [];
  const shown = document.getElementById("shown");
  const paper = document.getElementById("paper");
  const PLACE = "#exceptions";
  /* "-" stands for rows that have none */
  const KEYS = ["class", "agency", "field", "who", "source", "age"];
  const number = (n) => String(n).replace(/\B(?=(\d{3})+(?!\d))/g, shown.dataset.group);
  let strange = [];
  const radio = () => document.querySelector(".filter:checked");

  /* A word as letters and marks: what is typed without marks finds any, what is typed with them
     finds those. Marks are of the whole word, for "hòa" is written "hoà" too. */
  const MARK = /[\u0300-\u036f]/g;
  const word = (raw) => {
    const parts = raw.toLowerCase().normalize("NFD").replace(/đ/g, "d\u0335");
    return { plain: parts.replace(MARK, ""), marks: parts.match(MARK) || [] };
  };
  const split = (text) => text.split(/\s+/).filter(Boolean).map(word);
  const within = (marks, all) => {
    const rest = all.slice();
    return marks.every((mark) => rest.includes(mark) && rest.splice(rest.indexOf(mark), 1));
  };
  const inner = (letter) => letter !== undefined && /[\p{L}\p{N}]/u.test(letter);
  /* Letters stand at the beginning of a word, and all but the last one asked for to its end;
     numbers and codes are found anywhere in it. */
  function stands(asked, told, last) {
    if (!within(asked.marks, told.marks)) return false;
    if (!/^\p{L}+$/u.test(asked.plain)) return told.plain.includes(asked.plain);
    for (let at = told.plain.indexOf(asked.plain); at >= 0; at = told.plain.indexOf(asked.plain, at + 1)) {
      const end = told.plain[at + asked.plain.length];
      if (!inner(told.plain[at - 1]) && (last || !inner(end))) {
        const whole = !inner(end) && asked.plain.length === told.plain.length;
        if (!whole || !asked.marks.length || asked.marks.length === told.marks.length) return true;
      }
    }
    return false;
  }
  /* The words of a row, cell by cell and paragraph by paragraph. */
  const INLINE = ["A", "B", "I", "SPAN", "SUP"];
  function pieces(node, all) {
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) all[all.length - 1] += child.data;
      else if (INLINE.includes(child.tagName)) pieces(child, all);
      else if (child.nodeType === Node.ELEMENT_NODE) { all.push(""); pieces(child, all); all.push(""); }
    }
    return all;
  }
  const texts = new Map();
  const textOf = (row) => {
    if (!texts.has(row)) texts.set(row, pieces(row, [""]).map(split).filter((words) => words.length));
    return texts.get(row);
  };
  /* Words one after the other in one piece. */
  const holds = (row, asked) => textOf(row).some((words) => words.some((_, from) =>
    asked.every((one, at) => words[from + at] && stands(one, words[from + at], at === asked.length - 1))));

  function wanted() {
    const state = {};
    for (const field of fields) if (field.value.trim()) state[field.dataset.key] = field.value.trim();
    const show = radio() ? radio().value : "all";
    if (show !== "all") state.show = show;
    return state;
  }

  function fits(row, state, min, phrases) {
    const has = row.dataset;
    return (!state.show || row.classList.contains(state.show))
      && KEYS.every((key) => !state[key] || (state[key] === "-" ? !has[key] : has[key] === state[key]))
      && Number(has.amount) >= min
      && phrases.every((asked) => holds(row, asked));
  }

  /* What is shown is said aloud (role status) once something was chosen. */
  function apply(asked) {
    const state = wanted();
    const min = Number((state.min || "").replace(/\D/g, "")) || 0;
    const phrases = (state.q || "").split(/[,;]/).map(split).filter((asked) => asked.length);
    let count = 0, twins = 0, sum = 0n, printed = 0;
    for (const row of rows) {
      const keep = fits(row, state, min, phrases);
      row.hidden = !keep;
      if (keep) { count += 1; sum += BigInt(row.dataset.amount); if ("twin" in row.dataset) twins += 1; }
      if (keep && (row.tagName === "TBODY" || row.classList.contains("deciding"))) {
        const off = printed >= Number(paper.dataset.max) && !row.classList.contains("deciding");
        row.classList.toggle("off", off);
        if (!off) printed += 1;
      }
    }
    const any = Object.keys(state).length;
    const said = shown.dataset.text.replace("#n", number(count)).replace("#all", number(rows.length)).replace("#sum", number(sum));
    const parts = !any && !asked ? [] : twins ? [said, shown.dataset.twins.replace("#n", number(twins))] : [said];
    shown.textContent = strange.length ? [shown.dataset.strange.replace("#n", () => strange.join("; ")), ...parts].join(" ") : parts.join(" ");
    const all = Number(paper.dataset.all);
    paper.hidden = printed === all;
    paper.firstChild.textContent = paper.dataset.text.replace("#n", number(printed)).replace("#all", number(all)).replace("#more", number(all - printed));
    const rest = document.querySelector(".brief");
    if (rest && any) rest.open = true;
    return state;
  }

  const addressOf = (state) => {
    const query = new URLSearchParams(state).toString();
    return PLACE + (query ? "?" + query : "");
  };

  /* A step of its own in the browser's history: "back" undoes it. */
  let waits = 0;
  function remember() {
    clearTimeout(waits);
    clearTimeout(lags);
    waits = 0;
    strange = [];
    const state = apply(true), hash = addressOf(state);
    if (hash === location.hash || (hash === PLACE && !location.hash)) return;
    try { history.pushState(state, "", hash); } catch { location.hash = hash; }
  }

  /* While somebody types the list follows at once (a very long one when they pause), the address
     when they stop. */
  let lags = 0;
  function typed() {
    strange = [];
    clearTimeout(lags);
    if (rows.length > 1000) lags = setTimeout(() => apply(true), 250);
    else apply(true);
    clearTimeout(waits);
    waits = setTimeout(remember, 700);
  }

  /* Puts an address into the fields; what no field can take is told. */
  function put(state) {
    strange = [];
    for (const field of fields) {
      const value = state[field.dataset.key] || "";
      for (const added of field.querySelectorAll("[data-added]")) added.remove();
      field.value = value;
      const name = field.parentElement.firstChild.textContent;
      if (field.value !== value) {
        const added = new Option(value, value);
        added.dataset.added = "";
        field.append(added);
        field.value = value;
        strange.push(name + " = " + value);
      }
      if (field.dataset.key === "min" && /[^\d.,\s₫đ]/.test(value)) strange.push(name + " = " + value);
    }
    const known = new Set(["show", ...fields.map((field) => field.dataset.key)]);
    for (const [key, value] of Object.entries(state)) if (!known.has(key)) strange.push(key + " = " + value);
    const box = document.getElementById("f-" + (state.show || "all"));
    if (!box) strange.push("show = " + state.show);
    (box || document.getElementById("f-all")).checked = true;
    apply(false);
  }

  function recall() {
    const at = location.hash;
    const row = at.startsWith("#e-") && document.getElementById(at.slice(1));
    if (!at.startsWith(PLACE + "?") && !(row && row.hidden)) return;
    put(Object.fromEntries(new URLSearchParams(at.split("?")[1] || "")));
    (row || document.querySelector(PLACE)).scrollIntoView();
  }

  if (bar) {
    bar.hidden = false;
    bar.addEventListener("input", (event) => (event.target.tagName === "INPUT" ? typed : remember)());
    bar.addEventListener("change", () => { if (waits) remember(); });
    document.querySelectorAll(".filter").forEach((box) => box.addEventListener("change", remember));
    document.getElementById("clear").addEventListener("click", () => {
      for (const field of fields) field.value = "";
      document.getElementById("f-all").checked = true;
      remember();
    });
    for (const cell of document.querySelectorAll("[data-age][data-of]")) {
      const link = document.createElement("a");
      link.href = PLACE + "?" + new URLSearchParams({ class: cell.dataset.of, age: cell.dataset.age });
      link.append(...cell.childNodes);
      cell.append(link);
    }
    /* the entry on which the page opened has its filters too, so that "back" finds them */
    recall();
    try { history.replaceState(wanted(), ""); } catch { /* then the address alone tells */ }
    addEventListener("popstate", (event) => { if (event.state) put(event.state); else recall(); });
  }

  function copied(button, text) {
    const say = () => { button.textContent = button.dataset.done; };
    const old = () => {
      const box = document.createElement("textarea");
      box.value = text;
      document.body.append(box);
      box.select();
      document.execCommand("copy");
      box.remove();
      say();
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(say, old);
    else old();
  }
  for (const button of document.querySelectorAll("button.copy")) {
    button.hidden = false;
    button.addEventListener("click", () => copied(button, button.parentElement.querySelector(".text").textContent));
  }
});
