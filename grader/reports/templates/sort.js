"use strict";
const table = document.getElementById("sortable");
const body = table.tBodies[0];
const rank = ["", "fail", "pass", "distinction", "failed", "error", "inconclusive", "passed"];
const value = (row, place) => {
  const text = row.cells[place].dataset.value || "";
  const number = Number(text);
  if (text !== "" && !Number.isNaN(number)) return number;
  return rank.includes(text) ? rank.indexOf(text) : text.toLowerCase();
};
const order = (a, b) => (typeof a === typeof b ? (a < b ? -1 : a > b ? 1 : 0) : typeof a === "string" ? 1 : -1);
Array.from(table.tHead.rows[1].cells).forEach((head, place) => {
  head.querySelector("button").addEventListener("click", () => {
    const up = head.getAttribute("aria-sort") === "descending" || (place === 0 && head.getAttribute("aria-sort") !== "ascending");
    for (const other of table.tHead.rows[1].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const rows = Array.from(body.rows);
    rows.sort((a, b) => (up ? 1 : -1) * order(value(a, place), value(b, place)));
    body.append(...rows);
  });
});
