/// What a report gains where scripts may run: values under the pointer or by the arrow keys, and a table that sorts.
///
/// Without it nothing is lost: the values are titles of the strips, and the table has the order of the spec. The
/// text keeps clear of the characters that markup reserves, so that the document stays well-formed.
enum ReportScript {
  static let code: HTML = """

    (function () {
      "use strict";
      document.querySelectorAll("figure").forEach(function (figure) {
        var readout = figure.querySelector(".readout");
        var cross = figure.querySelector(".cross");
        var strips = Array.from(figure.querySelectorAll(".strip"));
        if (!readout || !cross || strips.length === 0) { return; }
        var texts = strips.map(function (strip) {
          var title = strip.querySelector("title");
          var text = title.textContent;
          strip.removeChild(title);
          return text;
        });
        var place = -1;
        readout.textContent = "Point at the chart, or focus it and press the arrow keys, to read the values.";
        function show(index) {
          place = Math.max(0, Math.min(strips.length - 1, index));
          cross.setAttribute("x1", strips[place].dataset.x);
          cross.setAttribute("x2", strips[place].dataset.x);
          cross.setAttribute("visibility", "visible");
          readout.textContent = texts[place];
        }
        strips.forEach(function (strip, index) {
          strip.addEventListener("pointermove", function () { show(index); });
        });
        figure.querySelector("svg").addEventListener("keydown", function (event) {
          if (event.key === "ArrowRight") { show(place + 1); event.preventDefault(); }
          if (event.key === "ArrowLeft") { show(place - 1); event.preventDefault(); }
        });
      });
      document.querySelectorAll("table.sortable").forEach(function (table) {
        var body = table.tBodies[0];
        var heads = Array.from(table.querySelectorAll("th[data-sort]"));
        heads.forEach(function (head, index) {
          var button = document.createElement("button");
          button.type = "button";
          button.textContent = head.textContent;
          head.textContent = "";
          head.appendChild(button);
          button.addEventListener("click", function () {
            var falling = head.getAttribute("aria-sort") !== "descending";
            heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
            head.setAttribute("aria-sort", falling ? "descending" : "ascending");
            function key(row) {
              var value = row.cells[index + 1].dataset.value;
              return value === undefined ? -Infinity : Number(value) * (falling ? 1 : -1);
            }
            Array.from(body.rows).sort(function (a, b) { return key(b) - key(a) || 0; })
              .forEach(function (row) { body.appendChild(row); });
          });
        });
      });
    })();

    """
}
