// A table whose columns sort by pressing their names: columns are [title, key, format], the smallest of ``by`` comes first.
export function drawTable(table, { columns, rows, by }) {
  const state = { by, rising: true };
  const draw = () => {
    const sorted = [...rows].sort((a, b) => (state.rising ? 1 : -1) * compare(a[state.by], b[state.by]));
    table.replaceChildren(headOf(), bodyOf(sorted));
  };

  function headOf() {
    const head = document.createElement("thead"), row = head.insertRow();
    for (const [title, key] of columns) {
      const cell = document.createElement("th"), button = document.createElement("button");
      cell.scope = "col";
      if (key !== columns[0][1]) cell.className = "text-end";
      if (key === state.by) cell.setAttribute("aria-sort", state.rising ? "ascending" : "descending");
      button.type = "button";
      button.className = "sort-button";
      button.textContent = title;
      button.addEventListener("click", () => {
        state.rising = key === state.by ? !state.rising : true;
        state.by = key;
        draw();
        [...table.querySelectorAll(".sort-button")][columns.findIndex((column) => column[1] === key)].focus();
      });
      cell.append(button);
      row.append(cell);
    }
    return head;
  }

  function bodyOf(sorted) {
    const body = document.createElement("tbody");
    for (const values of sorted) {
      const row = body.insertRow();
      columns.forEach(([, key, format], index) => {
        const cell = index ? row.insertCell() : row.appendChild(document.createElement("th"));
        cell.textContent = format ? format(values[key]) : values[key];
        cell.className = index ? "text-end" : "fw-medium";
        if (!index) cell.scope = "row";
      });
    }
    return body;
  }

  draw();
}

const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b, undefined, { numeric: true }) : (a ?? -Infinity) - (b ?? -Infinity));
