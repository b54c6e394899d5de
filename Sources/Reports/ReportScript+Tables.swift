extension ReportScript {
  /// Tables: a column's head sorts, a field above the first table of a section filters all tables of that section, and
  /// a table whose rows are data is shown page by page.
  static let tables: HTML = #"""
      var pageSize = \#(DataTable.page);

      function make(tag, properties, parent) {
        var element = Object.assign(document.createElement(tag), properties);
        if (parent) { parent.appendChild(element); }
        return element;
      }

      // The lowest head of every column, wherever heads span rows or columns.
      function leaves(table) {
        var result = [], taken = [];
        Array.from(table.tHead.rows).forEach(function (row, y) {
          var x = 0;
          taken[y] = taken[y] || [];
          Array.from(row.cells).forEach(function (head) {
            while (taken[y][x]) { x += 1; }
            for (var dy = 0; dy < head.rowSpan; dy += 1) {
              taken[y + dy] = taken[y + dy] || [];
              for (var dx = 0; dx < head.colSpan; dx += 1) { taken[y + dy][x + dx] = true; }
            }
            if (head.colSpan === 1) { result[x] = head; }
            x += head.colSpan;
          });
        });
        return result;
      }

      // A number at the start of a text, with its groups of digits put together.
      function numberOf(text) {
        var match = /^[+-]?(\d[\d\u202f]*)?(\.\d+)?(e[+-]?\d+)?(?=$|\s)/i.exec(text.trim());
        return match && /\d/.test(match[0]) ? Number(match[0].replace(/\u202f/g, "")) : NaN;
      }

      function Row(name, labels, keys, element, render) {
        this.name = name;
        this.labels = labels;
        this.keys = keys;
        this.built = element;
        this.render = render;
      }
      Row.prototype.element = function () {
        if (!this.built) { this.built = this.render(this); }
        return this.built;
      };

      // A row that is in the document.
      function rowOf(element, heads) {
        var cells = Array.from(element.cells);
        var keys = cells.map(function (cell) {
          if (cell.dataset.value !== undefined) { return Number(cell.dataset.value); }
          return cell.textContent.trim();
        });
        var labels = cells
          .filter(function (cell, x) { return x > 0 && heads[x] && heads[x].classList.contains("axis"); })
          .map(function (cell) { return cell.textContent.trim(); });
        return new Row(cells[0].textContent.trim(), labels, keys, element);
      }

      // A row that is data: name, labels, cells of value, text, spread, place, sign and note.
      function rowFrom(data, heads) {
        var keys = [data[0]].concat(data[1]);
        for (var index = 2; index < data.length; index += 1) { keys.push(data[index] ? data[index][0] : ""); }
        return new Row(data[0], data[1], keys, null, function () {
          var row = make("tr", {});
          make("th", { scope: "row", textContent: data[0], className: data[0].length > 36 ? "long" : "" }, row);
          data[1].forEach(function (label) { make("td", { className: "axis", textContent: label }, row); });
          data.slice(2).forEach(function (cell, x) {
            var head = heads[1 + data[1].length + x];
            var kind = head.classList.contains("first") ? "first" : "next";
            if (!cell) { make("td", { className: kind + " missing", textContent: "–" }, row); return; }
            var field = make("td", { className: kind, title: String(cell[0]) }, row);
            field.dataset.value = cell[0];
            var tag = cell[3] === "b" ? "strong" : "span";
            make(tag, { className: cell[3] === "s" ? "second" : "", textContent: cell[1] }, field);
            if (cell[4]) { make("sup", { textContent: cell[4] }, field); }
            function addBehind(kind, text) {
              field.append(" ");
              make("span", { className: kind, textContent: text }, field);
            }
            if (cell[2]) { addBehind("spread", "± " + cell[2]); }
            if (cell[5]) { addBehind("signs", cell[5]); }
          });
          return row;
        });
      }

      // Words must all occur in the name or on the axes; name=value, name>value, … ask one column.
      function matcher(text, heads) {
        var tests = text.trim().split(/\s+/).filter(Boolean).map(function (word) {
          var parts = /^([^<>=]+)(<=|>=|=|<|>)(.+)$/.exec(word);
          var column = parts ? heads.findIndex(function (head) {
            return head && (head.dataset.name || head.textContent).toLowerCase() === parts[1].toLowerCase();
          }) : -1;
          if (column === -1) {
            var part = word.toLowerCase();
            return function (row) {
              return row.name.toLowerCase().includes(part)
                || row.labels.some(function (label) { return label.toLowerCase().includes(part); });
            };
          }
          return function (row) {
            var own = row.keys[column];
            var number = typeof own === "number" ? own : numberOf(String(own));
            var wanted = Number(parts[3]);
            if (parts[2] === "=" && (isNaN(number) || isNaN(wanted))) {
              return String(own).toLowerCase() === parts[3].toLowerCase();
            }
            switch (parts[2]) {
              case "=": return number === wanted;
              case "<": return number < wanted;
              case ">": return number > wanted;
              case "<=": return number <= wanted;
              default: return number >= wanted;
            }
          };
        });
        return function (row) { return tests.every(function (test) { return test(row); }); };
      }

      function sorted(rows, column, isFalling) {
        var isText = rows.some(function (row) {
          var key = row.keys[column];
          return typeof key === "string" && key !== "" && key !== "–" && isNaN(numberOf(key));
        });
        var compare = new Intl.Collator(undefined, { numeric: true }).compare;
        var keyed = rows.map(function (row) {
          var key = row.keys[column];
          if (isText) { return { row: row, key: String(key) }; }
          return { row: row, key: typeof key === "number" ? key : numberOf(String(key)) };
        });
        keyed.sort(function (a, b) {
          if (isText) { return isFalling ? compare(b.key, a.key) : compare(a.key, b.key); }
          if (isNaN(a.key) || isNaN(b.key)) { return (isNaN(a.key) ? 1 : 0) - (isNaN(b.key) ? 1 : 0); }
          return isFalling ? b.key - a.key : a.key - b.key;
        });
        return keyed.map(function (one) { return one.row; });
      }

      function Table(table) {
        var self = this;
        this.table = table;
        this.heads = leaves(table);
        var source = table.dataset.rows ? document.getElementById(table.dataset.rows) : null;
        this.isPaged = source !== null;
        // Bodies are sorted each by itself; sums stay at their ends.
        this.bodies = Array.from(table.tBodies).map(function (body) {
          var elements = Array.from(body.rows);
          return {
            body: body,
            sums: elements.filter(function (row) { return row.classList.contains("total"); }),
            rows: source
              ? JSON.parse(source.textContent).map(function (data) { return rowFrom(data, self.heads); })
              : elements.filter(function (row) { return !row.classList.contains("total"); })
                .map(function (row) { return rowOf(row, self.heads); })
          };
        });
        this.page = 0;
        this.column = -1;
        this.isFalling = false;
        this.matches = null;
        if (this.isPaged) { this.addPages(); }
        this.heads.forEach(function (head, x) { if (head) { self.addButton(head, x); } });
      }

      Table.prototype.count = function () {
        return this.bodies.reduce(function (sum, body) { return sum + body.rows.length; }, 0);
      };

      Table.prototype.addButton = function (head, x) {
        var self = this;
        var button = make("button", { type: "button" });
        while (head.firstChild) { button.appendChild(head.firstChild); }
        if (!button.textContent) { return; }
        head.appendChild(button);
        button.addEventListener("click", function () {
          var first = head.dataset.sort === "down";
          if (self.column !== x) {
            self.column = x;
            self.isFalling = first;
          } else if (self.isFalling === first) {
            self.isFalling = !first;
          } else {
            self.column = -1;
          }
          self.heads.forEach(function (other) { if (other) { other.removeAttribute("aria-sort"); } });
          if (self.column !== -1) { head.setAttribute("aria-sort", self.isFalling ? "descending" : "ascending"); }
          self.page = 0;
          self.show();
        });
      };

      Table.prototype.addPages = function () {
        var self = this;
        var wide = this.table.parentNode;
        var note = wide.previousElementSibling;
        if (note && note.classList.contains("pages")) { note.remove(); }
        var bar = make("div", { className: "pages" });
        wide.parentNode.insertBefore(bar, wide);
        this.where = make("output", {}, bar);
        this.where.setAttribute("aria-live", "polite");
        this.turns = [["First", -Infinity], ["Back", -1], ["Next", 1], ["Last", Infinity]].map(function (turn) {
          var button = make("button", { type: "button", textContent: turn[0] }, bar);
          button.addEventListener("click", function () { self.page += turn[1]; self.show(); });
          return button;
        });
        this.showPlace(this.count(), this.count());
      };

      Table.prototype.showPlace = function (matching, all) {
        var first = this.page * pageSize;
        var last = Math.min(first + pageSize, matching);
        function group(number) { return String(number).replace(/\B(?=(\d{3})+$)/g, "\u202f"); }
        this.where.textContent = matching === 0 ? "No row of " + group(all)
          : "Rows " + group(first + 1) + " to " + group(last) + " of " + group(matching)
            + (matching < all ? ", of " + group(all) + " in all" : "");
        this.turns[0].disabled = this.turns[1].disabled = first === 0;
        this.turns[2].disabled = this.turns[3].disabled = last >= matching;
      };

      Table.prototype.show = function () {
        var self = this;
        this.matching = 0;
        this.bodies.forEach(function (part) {
          var rows = self.matches ? part.rows.filter(self.matches) : part.rows;
          self.matching += rows.length;
          if (self.column !== -1) { rows = sorted(rows, self.column, self.isFalling); }
          if (self.isPaged) {
            var pages = Math.max(1, Math.ceil(rows.length / pageSize));
            self.page = Math.max(0, Math.min(pages - 1, self.page));
            self.showPlace(rows.length, part.rows.length);
            rows = rows.slice(self.page * pageSize, (self.page + 1) * pageSize);
          }
          var sums = self.matches ? [] : part.sums;
          part.body.replaceChildren.apply(part.body, rows.map(function (row) { return row.element(); }).concat(sums));
        });
      };

      var tables = Array.from(document.querySelectorAll("table.sortable, table.path")).map(function (table) {
        return new Table(table);
      });

      // One field a section, where a table is long enough to look for something.
      document.querySelectorAll("section").forEach(function (section, index) {
        var own = tables.filter(function (one) {
          return one.table.classList.contains("data") && one.table.closest("section") === section;
        });
        if (!own.some(function (one) { return one.count() > 5; })) { return; }
        var first = own[0].table.parentNode;
        var before = first.previousElementSibling;
        if (before && before.classList.contains("pages")) { first = before; }
        var bar = make("div", { className: "filter" });
        first.parentNode.insertBefore(bar, first);
        var label = make("label", { textContent: "Filter ", htmlFor: "filter" + index }, bar);
        var field = make(
          "input", { type: "search", id: "filter" + index, autocomplete: "off", spellcheck: false }, bar);
        var axes = own[0].heads.filter(function (head) { return head && head.classList.contains("axis"); });
        var name = axes.length > 0 ? axes[0].dataset.name + "=…" : "";
        field.placeholder = name ? "name, value, or " + name : "part of a name";
        var said = make("output", {}, bar);
        said.setAttribute("aria-live", "polite");
        field.addEventListener("input", function () {
          own.forEach(function (one) {
            one.matches = field.value.trim() === "" ? null : matcher(field.value, one.heads);
            one.page = 0;
            one.show();
          });
          said.textContent = field.value.trim() === "" ? "" : own[0].matching + " of " + own[0].count() + " rows";
        });
      });
    """#
}
