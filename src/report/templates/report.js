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
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/gi, "d").toLowerCase();
  const radio = () => document.querySelector(".filter:checked");
  const texts = new Map();
  const textOf = (row) => {
    if (!texts.has(row)) texts.set(row, plain(row.textContent));
    return texts.get(row);
  };

  function wanted() {
    const state = {};
    for (const field of fields) if (field.value.trim()) state[field.dataset.key] = field.value.trim();
    const show = radio() ? radio().value : "all";
    if (show !== "all") state.show = show;
    return state;
  }

  function fits(row, state, min, words) {
    const has = row.dataset;
    return (!state.show || row.classList.contains(state.show))
      && KEYS.every((key) => !state[key] || (state[key] === "-" ? !has[key] : has[key] === state[key]))
      && Number(has.amount) >= min
      && words.every((word) => textOf(row).includes(word));
  }

  /* What is shown is said aloud (role status) once something was chosen. */
  function apply(asked) {
    const state = wanted();
    const min = Number((state.min || "").replace(/\D/g, "")) || 0;
    const words = plain(state.q || "").split(/\s+/).filter(Boolean);
    let count = 0, twins = 0, sum = 0n, printed = 0;
    for (const row of rows) {
      const keep = fits(row, state, min, words);
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
    shown.textContent = !any && !asked ? "" : twins ? said + " " + shown.dataset.twins.replace("#n", number(twins)) : said;
    const all = Number(paper.dataset.all);
    paper.hidden = printed === all;
    paper.firstChild.textContent = paper.dataset.text.replace("#n", number(printed)).replace("#all", number(all)).replace("#more", number(all - printed));
    const rest = document.querySelector(".brief");
    if (rest && any) rest.open = true;
    return state;
  }

  function remember() {
    const query = new URLSearchParams(apply(true)).toString();
    const hash = PLACE + (query ? "?" + query : "");
    try { history.replaceState(null, "", hash); } catch { location.hash = hash; }
  }

  function recall() {
    const at = location.hash;
    const row = at.startsWith("#e-") && document.getElementById(at.slice(1));
    if (!at.startsWith(PLACE + "?") && !(row && row.hidden)) return;
    const state = new URLSearchParams(at.split("?")[1] || "");
    for (const field of fields) field.value = state.get(field.dataset.key) || "";
    const box = document.getElementById("f-" + (state.get("show") || "all"));
    if (box) box.checked = true;
    apply(false);
    (row || document.querySelector(PLACE)).scrollIntoView();
  }

  if (bar) {
    bar.hidden = false;
    bar.addEventListener("input", remember);
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
    addEventListener("hashchange", recall);
    recall();
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
