/// What a report gains where scripts may run: values under the pointer or by the arrow keys, and tables that sort,
/// filter and turn their pages.
///
/// Without it nothing is lost but the later pages of long tables: the values are titles of the strips and fields, and
/// a table has the order of the spec. Each part stands between the marks of a CDATA section, written so that HTML
/// reads them as comments, so that the document is well-formed XML too.
enum ReportScript {
  static let code: HTML = """
    //<![CDATA[
    (function () {
      "use strict";
    \(ReportScript.charts)
    \(ReportScript.maps)
    \(ReportScript.tables)
    \(ReportScript.paper)
    })();
    //]]>
    """

  /// Read-outs of charts: one a figure, whatever the number of its charts.
  private static let charts: HTML = """
      document.querySelectorAll("figure").forEach(function (figure) {
        var readout = figure.querySelector(".readout");
        var svgs = Array.from(figure.querySelectorAll("svg")).filter(function (svg) {
          return svg.querySelector(".strip");
        });
        if (!readout || svgs.length === 0) { return; }
        readout.textContent = "Point at the chart, or focus it and press the arrow keys, to read the values.";
        var crosses = svgs.map(function (svg) { return svg.querySelector(".cross"); });
        svgs.forEach(function (svg) {
          var cross = svg.querySelector(".cross");
          var strips = Array.from(svg.querySelectorAll(".strip"));
          var texts = strips.map(function (strip) {
            var title = strip.querySelector("title");
            var text = title.textContent;
            strip.removeChild(title);
            return text;
          });
          var place = -1;
          function show(index) {
            place = Math.max(0, Math.min(strips.length - 1, index));
            crosses.forEach(function (other) { other.setAttribute("visibility", "hidden"); });
            cross.setAttribute("x1", strips[place].dataset.x);
            cross.setAttribute("x2", strips[place].dataset.x);
            cross.setAttribute("visibility", "visible");
            readout.textContent = texts[place];
          }
          strips.forEach(function (strip, index) {
            strip.addEventListener("pointermove", function () { show(index); });
          });
          svg.addEventListener("keydown", function (event) {
            if (event.key === "ArrowRight") { show(place + 1); event.preventDefault(); }
            if (event.key === "ArrowLeft") { show(place - 1); event.preventDefault(); }
          });
        });
      });
    """

  /// Tables that are wider than a sheet are made smaller when they are printed.
  private static let paper: HTML = """
      window.addEventListener("beforeprint", function () {
        var sheet = 690;
        document.documentElement.classList.add("paper");
        document.querySelectorAll(".wide table").forEach(function (table) {
          table.style.setProperty("--fit", Math.max(0.4, Math.min(1, sheet / (table.scrollWidth || sheet))));
        });
      });
      window.addEventListener("afterprint", function () { document.documentElement.classList.remove("paper"); });
    """

  /// Read-outs of maps over two axes.
  private static let maps: HTML = """
      document.querySelectorAll("table.map").forEach(function (map) {
        var readout = map.closest("figure").querySelector(".readout");
        var rows = Array.from(map.tBodies[0].rows).map(function (row) {
          return Array.from(row.querySelectorAll("td"));
        });
        var down = 0, right = -1, cursor = null;
        function show(cell) {
          if (!cell) { return; }
          if (cursor) { cursor.classList.remove("cursor"); }
          cursor = cell;
          cell.classList.add("cursor");
          if (cell.title || cell.dataset.title) {
            // The read-out says it; a second text over the field would hide its neighbours.
            if (cell.title) { cell.dataset.title = cell.title; cell.removeAttribute("title"); }
            readout.textContent = cell.dataset.title;
          }
        }
        rows.forEach(function (cells, y) {
          cells.forEach(function (cell, x) {
            cell.addEventListener("pointermove", function () { down = y; right = x; show(cell); });
          });
        });
        map.addEventListener("keydown", function (event) {
          var step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
          if (!step) { return; }
          event.preventDefault();
          if (right !== -1) { down += step[0]; }
          right = right === -1 ? 0 : right + step[1];
          down = Math.max(0, Math.min(rows.length - 1, down));
          right = Math.max(0, Math.min(rows[down].length - 1, right));
          show(rows[down][right]);
        });
      });
    """
}
