/* The index's filter. The selection is in the address, so a link shows the same. */
"use strict";
(() => {
  const rows = [...document.querySelectorAll(".runs tbody tr")];
  if (rows.length === 0) return;
  const by = (name) => document.getElementById(`by-${name}`);
  const names = ["experiment", "status", "kind", "version", "substrate", "text"];
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const shown = document.getElementById("shown");
  const clear = document.getElementById("clear");
  const none = document.getElementById("none");

  function fits(row, selected) {
    const { experiment, status, kind, version, substrate, text } = selected;
    const { dataset } = row;
    const isKind =
      kind === "" || (kind === "unwanted" ? dataset.wanted === "no" : dataset.kind === kind);
    return (
      isKind &&
      (experiment === "" || dataset.experiment === experiment) &&
      (status === "" || dataset.status === status) &&
      (version === "" || dataset.version === version) &&
      (substrate === "" || dataset.substrate === substrate) &&
      text
        .toLowerCase()
        .split(/\s+/)
        .every((word) => texts.get(row).includes(word))
    );
  }

  function filter() {
    const selected = Object.fromEntries(names.map((name) => [name, by(name).value]));
    let count = 0;
    for (const row of rows) {
      row.hidden = !fits(row, selected);
      if (!row.hidden) count++;
    }
    const all = [...document.querySelectorAll(".trend")];
    for (const trend of all)
      trend.hidden = ["experiment", "substrate"].some(
        (name) => selected[name] !== "" && trend.dataset[name] !== selected[name],
      );
    const trends = all.filter((trend) => !trend.hidden);
    if (selected.experiment !== "" && trends.length === 1) trends[0].open = true;
    const set = names.filter((name) => selected[name] !== "");
    shown.textContent =
      set.length === 0 ? `${rows.length} runs` : `${count} of ${rows.length} runs`;
    clear.hidden = set.length === 0;
    none.hidden = count > 0;
    const chosen = new URLSearchParams(set.map((name) => [name, selected[name]])).toString();
    history.replaceState(
      null,
      "",
      chosen === "" ? location.pathname + location.search : `#${chosen}`,
    );
  }

  function showAll() {
    for (const name of names) by(name).value = "";
    filter();
    by("experiment").focus();
  }

  const given = new URLSearchParams(location.hash.slice(1));
  for (const name of names) if (given.has(name)) by(name).value = given.get(name);
  for (const name of names) by(name).addEventListener("input", filter);
  document.querySelector(".filter").addEventListener("submit", (event) => event.preventDefault());
  clear.addEventListener("click", showAll);
  document.getElementById("clear-none").addEventListener("click", showAll);
  if ([...given.keys()].some((name) => names.includes(name))) filter();
})();
