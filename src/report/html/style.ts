/** The style sheet of the report. `--c` is the colour of whatever belongs to one run or phase. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #fcfbf8; --ink: #201e1a; --muted: #6b665c; --rule: #e3dfd5; --shade: #f3f0e9;
  --c0: #8b8579; --c1: #2a5f8f; --c2: #b5482a; --c3: #3a7a57; --c4: #7b4f96;
  --c5: #8a6914; --c6: #1d7880; --c7: #a53a6b; --c8: #5c6327;
  --right: 42 95 143; --wrong: 181 72 42; --passed: #3a7a57; --failed: #b3261e;
  --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", P052, Georgia, serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #171715; --ink: #ebe8e0; --muted: #a39d90; --rule: #35332d; --shade: #211f1c;
    --c0: #8f897d; --c1: #7fb2e0; --c2: #ee8f6c; --c3: #7cc49c; --c4: #c6a0da;
    --c5: #d3b355; --c6: #6fc5cb; --c7: #e692b8; --c8: #b6bd76;
    --right: 127 178 224; --wrong: 238 143 108; --passed: #7cc49c; --failed: #ff8a80;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 var(--sans); font-variant-numeric: tabular-nums;
  -webkit-text-size-adjust: 100%; print-color-adjust: exact; -webkit-print-color-adjust: exact;
}
main, footer { max-width: 76rem; margin-inline: auto; padding-inline: clamp(1.1rem, 4vw, 3.5rem); }
h1, h2, h3, p, dl, dd, figure, ul { margin: 0; padding: 0; }
h1 { font: 400 clamp(1.55rem, 1rem + 2.3vw, 2.75rem)/1.22 var(--serif); letter-spacing: -0.012em; max-width: 30em; text-wrap: balance; }
h1 strong { font-weight: 400; color: var(--c); white-space: nowrap; }
h1 i { color: var(--muted); }
h1 .line { display: block; font-size: 0.72em; }
h1 .line + .line { margin-top: 0.6em; }
h2 { font: 400 1.5rem/1.25 var(--serif); letter-spacing: -0.01em; text-wrap: balance; }
h3, figcaption, caption { font: 600 0.86rem/1.4 var(--sans); text-align: left; }
small { font-size: 0.8125rem; color: var(--muted); font-weight: 400; }
code, pre { font-family: var(--mono); font-size: 0.84em; overflow-wrap: anywhere; }
q { quotes: "“" "”"; }

.headline { padding-block: clamp(2.5rem, 7vw, 6rem) clamp(2rem, 4vw, 3.5rem); }
.eyebrow { color: var(--muted); font-size: 0.875rem; margin-bottom: 1.1rem; overflow-wrap: anywhere; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.75rem, 1fr)); gap: 1.5rem clamp(1rem, 4vw, 2.5rem); margin-top: clamp(2rem, 4vw, 3.25rem); }
.figures dt { font-size: 0.875rem; color: var(--muted); }
.figures dd { font: 400 clamp(1.4rem, 1.2rem + 1vw, 1.75rem)/1.25 var(--serif); font-variant-numeric: lining-nums tabular-nums; }
.figures small { display: block; font: 400 0.8125rem/1.4 var(--sans); margin-top: 0.2rem; }

section { border-top: 1px solid var(--rule); padding-block: clamp(2rem, 4vw, 3.25rem); display: grid; gap: 1.75rem clamp(2rem, 5vw, 4.5rem); }
section > header p { color: var(--muted); font-size: 0.9375rem; margin-top: 0.6rem; max-width: 38rem; }
section > *, .body > *, .pair > *, .side-by-side > *, .lists > *, .tables > * { min-width: 0; }
@media (min-width: 62rem) { section { grid-template-columns: 15rem minmax(0, 1fr); } }
.body { display: grid; gap: 2rem; }
.pair { display: grid; gap: 2.25rem clamp(2rem, 4vw, 3.5rem); grid-template-columns: repeat(auto-fit, minmax(min(19rem, 100%), 1fr)); align-items: start; }
.side-by-side { display: grid; gap: 2.5rem clamp(2rem, 4vw, 3.5rem); grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); align-items: start; }
.side-by-side > div, .stack { display: grid; gap: 1.75rem; }
.lists { display: grid; gap: 2rem clamp(2rem, 4vw, 3.5rem); grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr)); }
.tables { columns: 20rem; column-gap: clamp(2rem, 4vw, 3.5rem); }
.tables > * { break-inside: avoid-column; padding-bottom: 2rem; }
.narrow { max-width: 34rem; display: grid; gap: 1.25rem; }
.lead { font: 400 1.2rem/1.45 var(--serif); max-width: 36em; }
.aside { color: var(--muted); font-size: 0.9375rem; margin-top: 0.75rem; }
.aside data { color: var(--ink); }
.run::before { content: ""; display: inline-block; width: 0.7em; height: 0.7em; border-radius: 50%; background: var(--c); margin-right: 0.55em; }
.run { overflow-wrap: anywhere; }

.colour-0 { --c: var(--c0); } .colour-1 { --c: var(--c1); } .colour-2 { --c: var(--c2); }
.colour-3 { --c: var(--c3); } .colour-4 { --c: var(--c4); } .colour-5 { --c: var(--c5); }
.colour-6 { --c: var(--c6); } .colour-7 { --c: var(--c7); } .colour-8 { --c: var(--c8); }

figure { padding: 0 0.5rem 0 3.4rem; }
figcaption { margin: 0 0 1rem -3.4rem; }
.plot { display: block; overflow: visible; margin-bottom: 1.9rem; }
.plot svg { overflow: visible; }
.axis { color: var(--muted); font-size: 0.8125rem; margin-top: -0.35rem; }
.tick { font: 12px var(--sans); fill: var(--muted); }
.end { text-anchor: end; }
.middle { text-anchor: middle; }
.rule { stroke: var(--rule); stroke-width: 1; }
.line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; vector-effect: non-scaling-stroke; }
.line.minor { stroke-width: 1.25; stroke-dasharray: 2 5; }
.dot { fill: var(--c); }
.dot.last { stroke: var(--paper); stroke-width: 1.5; }
.column { fill: color-mix(in srgb, var(--c) 62%, var(--paper)); }
.between { fill: var(--ink); fill-opacity: 0.1; }
.mark { stroke: var(--ink); stroke-width: 1.5; }
data { white-space: nowrap; }
.diagonal { stroke: var(--muted); stroke-width: 1; stroke-dasharray: 3 4; vector-effect: non-scaling-stroke; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0.3rem 1.75rem; font-size: 0.9375rem; }
.legend li::before { content: ""; display: inline-block; width: 1.4em; height: 2.5px; border-radius: 2px; vertical-align: 0.28em; background: var(--c); margin-right: 0.6em; }

.bars { margin-top: 0.5rem; }
.bars > div {
  display: flex; justify-content: space-between; gap: 1.25rem; padding: 0.42rem 0 0.5rem; font-size: 0.9375rem;
  background: linear-gradient(var(--c), var(--c)) left bottom / max(var(--length), 2px) 3px no-repeat,
    linear-gradient(var(--rule), var(--rule)) left bottom / 100% 1px no-repeat;
}
.bars dt { overflow-wrap: anywhere; }
.bars dd { white-space: nowrap; text-align: right; }

.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: clamp(0.875rem, 0.85rem + 0.3vw, 0.9375rem); }
caption { padding-bottom: 0.5rem; }
th, td { padding: 0.42rem clamp(0.5rem, 1.6vw, 1.1rem) 0.42rem 0; text-align: right; vertical-align: top; border-bottom: 1px solid var(--rule); }
th:first-child, td:first-child { text-align: left; }
th:last-child, td:last-child { padding-right: 0; }
thead th { font-weight: 400; color: var(--muted); font-size: 0.8125rem; vertical-align: bottom; }
tbody th { font-weight: 400; }
.settings td, .settings thead th { text-align: left; }
.settings tbody th { width: 44%; color: var(--muted); }
.hash { display: block; font-size: 0.6875rem; color: var(--muted); }

.matrix { min-width: calc(var(--columns) * 4.75rem); max-width: max(32rem, var(--columns) * 5.5rem); table-layout: fixed; }
.matrix th { padding-right: 0.75rem; overflow-wrap: anywhere; }
.matrix thead th { text-align: center; color: var(--ink); font-size: inherit; }
.matrix tbody th, .matrix td { padding-block: 1rem; border: 0; vertical-align: middle; }
.matrix tbody td { text-align: center; padding-inline: 0.4rem; font: 400 1.2rem/1.2 var(--serif); border: 2px solid var(--paper); background: rgb(var(--wrong) / calc(var(--strength) * 0.42)); }
.matrix tbody td.right { background: rgb(var(--right) / calc(var(--strength) * 0.26)); }
.matrix td small { display: block; font: 400 0.8125rem/1.4 var(--sans); color: inherit; margin-top: 0.15rem; }

.checks { list-style: none; columns: 21rem; column-gap: clamp(2rem, 4vw, 3.5rem); font-size: 0.9375rem; }
.checks li { display: flex; gap: 0.7rem; padding: 0.32rem 0; break-inside: avoid; }
.checks .passed > :first-child { color: var(--passed); }
.checks .failed > :first-child { color: var(--failed); }
.checks .failed { font-weight: 600; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

details { font-size: 0.9375rem; }
summary { color: var(--muted); cursor: pointer; width: fit-content; }
summary:hover { color: var(--ink); }
details[open] summary { margin-bottom: 1rem; }
:focus-visible { outline: 2px solid var(--c1); outline-offset: 3px; border-radius: 2px; }
pre { margin: 0; padding: 1rem 1.2rem; background: var(--shade); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; -webkit-user-select: all; font-size: 0.9rem; line-height: 1.6; }
footer { padding-block: 2rem 4rem; color: var(--muted); font-size: 0.875rem; border-top: 1px solid transparent; }

@media print {
  :root { --paper: #fff; }
  body { font-size: 9.5pt; }
  main, footer { max-width: none; padding-inline: 0; }
  .headline { padding-block: 0 1.5rem; }
  section { padding-block: 1.25rem; display: block; }
  section > header { margin-bottom: 1rem; }
  footer { padding-block: 0; }
  section > header, figure, table, tr, .block, .bars > div { break-inside: avoid; }
  .settings table, .tables > * { break-inside: auto; }
  .settings th, .settings td { padding-block: 0.2rem; }
  section > header { break-after: avoid; }
  .body > .pair, .side-by-side { grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); }
  details { display: none; }
  .scroll { overflow: visible; }
  .matrix { min-width: 0; }
}
`;
