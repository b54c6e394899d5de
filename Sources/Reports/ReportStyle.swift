/// The looks of a report: light and dark, on a screen and on paper.
enum ReportStyle {
  static let css: HTML = """

    :root { color-scheme: light dark; --ink: #1c2024; --dim: #60646c; --faint: #e3e5e9; --page: #ffffff;
      --panel: #f6f7f9; --link: #0b5cad; --above: #b84300; --below: #005a9e;
      --c0: #0067b1; --c1: #c64b00; --c2: #00805c; --c3: #b1458f; --c4: #9a6b00; --c5: #2792c3; --c6: #6b4bbd;
      --c7: #6d6d6d; }
    @media (prefers-color-scheme: dark) {
      :root { --ink: #e8eaed; --dim: #a2a7b0; --faint: #343841; --page: #15171b; --panel: #1e2127; --link: #7db8f0;
        --above: #ff9a5c; --below: #6cb6ff;
        --c0: #62b0f0; --c1: #ff9257; --c2: #3fcf9f; --c3: #ee9dd2; --c4: #e9bf4a; --c5: #93d4f2; --c6: #b6a0f5;
        --c7: #b8b8b8; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--page); color: var(--ink);
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
    main { max-width: 1240px; margin: 0 auto; padding: 32px 24px 64px; }
    h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 4px; overflow-wrap: anywhere; }
    h2 { font-size: 1.25rem; margin: 44px 0 8px; overflow-wrap: anywhere; }
    h3 { font-size: 1rem; margin: 24px 0 6px; overflow-wrap: anywhere; }
    p { margin: 6px 0 12px; max-width: 46rem; }
    .lead, footer { color: var(--dim); }
    footer { margin-top: 48px; border-top: 1px solid var(--faint); font-size: 0.9rem; }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; font-size: 0.92rem; font-variant-numeric: tabular-nums; }
    th, td { padding: 5px 10px; text-align: left; vertical-align: top; }
    thead th { font-weight: 600; border-bottom: 1px solid var(--dim); vertical-align: bottom; }
    tbody tr { border-bottom: 1px solid var(--faint); }
    tbody th { font-weight: 500; }
    .data thead th + th, .data thead tr + tr th, .data td { text-align: right; }
    .data thead th[colspan] { text-align: center; border-bottom-color: var(--faint); }
    .data td, .data thead th { padding-left: 6px; padding-right: 6px; }
    .data td { white-space: nowrap; }
    .data tbody th { padding-left: 6px; }
    .data .first { padding-left: 18px; }
    .data .axis { text-align: left; }
    sup { line-height: 0; font-size: 0.75em; }
    .data tbody th { text-align: left; position: sticky; left: 0; background: var(--page); white-space: nowrap; }
    .data tbody th.long { white-space: normal; min-width: 18rem; max-width: 24rem; overflow-wrap: anywhere; }
    .data tbody tr:hover > * { background: var(--panel); }
    .spread, .signs, .missing { color: var(--dim); }
    .spread { font-size: 0.85em; }
    .signs { font-size: 0.85em; padding-left: 6px; }
    .stacked td .spread, .stacked td .signs { display: block; padding-left: 0; line-height: 1.2; }
    .second { text-decoration: underline; text-underline-offset: 3px; }
    .card { width: 100%; }
    .card th { width: 13rem; }
    .card td { overflow-wrap: anywhere; }
    .case { margin-bottom: 4px; }
    .who { color: var(--dim); }
    .who::after { content: ":"; }
    code, pre { font: 0.88em ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
    pre { margin: 6px 0 12px; padding: 12px; overflow-x: auto; background: var(--panel); border-radius: 6px; }
    summary { cursor: pointer; color: var(--link); }
    dl { margin: 8px 0 16px; display: grid; grid-template-columns: minmax(0, max-content) 1fr; gap: 2px 16px; }
    dt { font-weight: 600; overflow-wrap: anywhere; }
    dd { margin: 0; color: var(--dim); max-width: 46rem; }
    h4 { font-size: 1rem; margin: 20px 0 4px; overflow-wrap: anywhere; }
    .more { margin-top: 12px; }
    .tables { display: flex; flex-wrap: wrap; gap: 18px 36px; margin-top: 8px; }
    .warning { border-left: 4px solid var(--above); padding: 4px 0 4px 12px; }
    .total > * { border-top: 1px solid var(--dim); font-weight: 600; }
    .steps li { margin-bottom: 6px; overflow-wrap: anywhere; }
    .path .figure { text-align: right; }
    .path .yes { color: var(--c2); font-weight: 600; }
    .swatch { opacity: 0.75; display: inline-block; width: 22px; height: 10px; border-radius: 2px; }
    .swatch.up { background: var(--above); } .swatch.down { background: var(--below); }
    th button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer;
      text-align: inherit; }
    .filter, .pages { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 10px; margin: 0 0 8px;
      color: var(--dim); font-size: 0.92rem; }
    .filter input { font: inherit; color: var(--ink); background: var(--page); border: 1px solid var(--dim);
      border-radius: 6px; padding: 4px 8px; width: 20rem; max-width: 100%; }
    .pages button { font: inherit; color: var(--link); background: var(--panel); border: 1px solid var(--faint);
      border-radius: 6px; padding: 2px 10px; cursor: pointer; }
    .pages button:disabled { color: var(--dim); cursor: default; opacity: 0.6; }
    .pages output { min-width: 13rem; font-variant-numeric: tabular-nums; }
    .maps { display: flex; flex-wrap: wrap; gap: 8px 32px; }
    .maps figure { margin: 8px 0 12px; max-width: 100%; }
    .map { font-size: 0.85rem; }
    .map th { font-weight: 500; white-space: nowrap; }
    .map thead th { border-bottom: 0; text-align: right; }
    .map .corner, .map tbody th { text-align: left; color: var(--dim); font-weight: 400; }
    .map tbody tr { border-bottom: 0; }
    .map td { text-align: right; border: 1px solid var(--page); padding: 5px 9px;
      background: color-mix(in srgb, var(--c0) var(--h, 0%), var(--panel)); print-color-adjust: exact;
      -webkit-print-color-adjust: exact; }
    .map .cursor { outline: 2px solid var(--ink); outline-offset: -2px; }
    .dense th { padding: 0 6px 0 0; font-size: 0.72rem; line-height: 1; }
    .dense thead th { max-width: 8px; padding: 0; overflow: visible; text-align: left; }
    .dense .corner { max-width: none; padding-right: 8px; }
    .dense td { width: 8px; height: 9px; padding: 0; border-width: 0; }
    .dense .top { box-shadow: inset 0 0 0 2px var(--ink); }
    .maps .readout { min-height: 1.6em; }
    th button::after { content: "↕"; color: var(--dim); padding-left: 3px; font-size: 0.8em; }
    th[aria-sort="descending"] button::after { content: "↓"; }
    th[aria-sort="ascending"] button::after { content: "↑"; }
    :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
    figure { margin: 20px 0 28px; break-inside: avoid; }
    figcaption { font-weight: 600; margin-bottom: 4px; }
    .chart { width: 100%; max-width: 900px; height: auto; display: block; }
    .panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(240px, 1fr)); gap: 10px 14px; }
    .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 0 28px; }
    .figures .chart { max-width: 620px; }
    .figures .readout { min-height: 1.6em; }
    .hidden { position: absolute; }
    .chart text { font-size: 12px; fill: var(--ink); }
    .chart .tick, .chart .axis { fill: var(--dim); }
    .chart .tick { font-size: 11px; }
    .chart .grid, .chart .zero { stroke: var(--faint); stroke-width: 1; }
    .chart .zero { stroke: var(--dim); }
    .chart .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
    .chart .line.twin { stroke-dasharray: 5 4; stroke-width: 1.5; }
    .chart .band { stroke: none; fill-opacity: 0.16; }
    .chart .leader { stroke: var(--dim); stroke-width: 0.7; fill: none; }
    .chart .cross { stroke: var(--dim); stroke-width: 1; pointer-events: none; }
    .chart .strip { fill: transparent; }
    .c0 { color: var(--c0); } .c1 { color: var(--c1); } .c2 { color: var(--c2); } .c3 { color: var(--c3); }
    .c4 { color: var(--c4); } .c5 { color: var(--c5); } .c6 { color: var(--c6); } .c7 { color: var(--c7); }
    .plain { color: var(--dim); }
    .chart .line, .chart .whisker { stroke: currentColor; }
    .chart .band, .chart .dot, .chart .label { fill: currentColor; }
    .chart .line.plain { stroke-width: 1.3; }
    .chart .whisker { fill: none; stroke-width: 1.4; stroke-opacity: 0.6; }
    g.crowd path.line { fill: none; stroke: var(--faint); stroke-width: 1.2; }
    .panels .chart .label.plain { fill: var(--ink); font-weight: 600; }
    .chart .bar.up { fill: var(--above); } .chart .bar.down { fill: var(--below); }
    .chart .bar.total { fill: var(--dim); }
    .chart .bar { fill-opacity: 0.75; }
    .chart .joint { stroke: var(--dim); stroke-width: 1; stroke-dasharray: 2 2; }
    .waterfall .whisker { color: var(--ink); }
    .heat path { shape-rendering: crispEdges; }
    .heat .p { stroke: var(--above); stop-color: var(--above); }
    .heat .n { stroke: var(--below); stop-color: var(--below); }
    .heat .frame { fill: none; stroke: var(--faint); stroke-width: 1; pointer-events: none; }
    .chart.key { max-width: 300px; }
    .readout { display: block; min-height: 2.9em; font-size: 0.88rem; color: var(--dim); max-width: 900px;
      font-variant-numeric: tabular-nums; }
    .paper .data td .spread, .paper .data td .signs { display: block; padding-left: 0; line-height: 1.2; }
    .paper, .paper body { font-size: 13px; }
    @media (max-width: 640px) {
      main { padding: 20px 14px 48px; }
      .data tbody th, .data tbody th.long { white-space: normal; min-width: 7rem; max-width: 8rem;
        overflow-wrap: anywhere; font-size: 0.92em; }
    }
    @media print {
      :root { --ink: #000; --dim: #444; --faint: #ccc; --page: #fff; --panel: #f3f3f3; }
      main { max-width: none; padding: 0; }
      .figures .readout, section > figure > .readout, .filter, .pages button { display: none; }
      th button::after { content: none; }
      th[aria-sort] button::after { content: "↓"; } th[aria-sort="ascending"] button::after { content: "↑"; }
      .wide { overflow: visible; }
      .wide table { zoom: var(--fit, 1); }
      .data td .spread, .data td .signs { display: block; padding-left: 0; line-height: 1.2; }
      .data tbody th { position: static; }
      html, body { font-size: 13px; }
      .panels { grid-template-columns: repeat(4, 1fr); }
      h2, h3, h4, h2 + p, h3 + p { break-after: avoid; }
      tr { break-inside: avoid; }
      .figures { grid-template-columns: 1fr 1fr; }
      rect, .swatch { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      section { break-inside: auto; }
    }

    """
}
