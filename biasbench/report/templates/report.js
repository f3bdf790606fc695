// Tables sort by a click or Enter on a heading; without this script they are simply tables.
document.querySelectorAll("table.sortable").forEach((table) => {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const key = (row, at) => row.cells[at].dataset.sort ?? row.cells[at].textContent;
  const number = (text) => { const read = parseFloat(text); return isNaN(read) ? -1e308 : read; };
  heads.forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const numeric = head.classList.contains("n");
      const rows = [...body.rows].sort((a, b) => {
        const x = key(a, at), y = key(b, at);
        if (numeric) return number(x) - number(y);
        return x.localeCompare(y, document.documentElement.lang);
      });
      body.append(...(down ? rows.reverse() : rows));
    });
  });
});
