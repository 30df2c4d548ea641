"""CSS of the report, after that of every page: the grid of regions, marks, and tables that become cards."""

STYLE = """
body { max-width: 68rem }
small { display: block; font-size: .85em; color: var(--soft); font-weight: 400 }
.bad { color: var(--bad) }
.verdict.bad { border-color: var(--bad); color: inherit } .verdict.warn { border-color: var(--warn) }
.verdict.good { border-color: var(--good) }
.verdict ul { margin: .4rem 0 0; padding-left: 1.2rem }
.simulated { border: 1px dashed var(--warn); padding: .4rem .8rem; margin: 0 0 1rem }
.contents ul, .columns { list-style: none; padding: 0; margin: .5rem 0 }
.contents li { display: inline-block; margin: 0 1.2rem .3rem 0 }
.columns { columns: 15rem; column-gap: 1.5rem } .columns li { break-inside: avoid; padding: .1rem 0 }
.pm-mark { white-space: nowrap } .pm-mark i { font-style: normal; display: inline-block; min-width: 1em }
.pm-mark.critical { color: var(--bad); font-weight: 700 }
.pm-mark.warning, .pm-mark.broken { color: var(--warn); font-weight: 700 }
.pm-mark.info { font-weight: 700 } .pm-mark.passed { color: var(--good) }
.pm-mark.learning, .pm-mark.none { color: var(--soft) }
.pm-legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: .5rem 0 }
.group th { padding-top: 1.1rem; font-size: 1.02em; border-bottom: 2px solid var(--line); break-after: avoid }
.stack td p, .stack td ul { margin: .2rem 0 } .stack ul { padding-left: 0; list-style: none }
.stack td:empty { padding: 0 } .stack th[scope="row"] { min-width: 9rem }
.stack td li small { margin-left: 1.1em }
.stack thead th { overflow-wrap: normal } .standings { table-layout: fixed }
.standings thead th { width: 14% } .standings th:nth-child(2) { width: 11% }
.standings th:nth-child(3) { width: 25% } .standings th:nth-child(4) { width: 19% }
.standings th:nth-child(5) { width: 31% }
.technical { font-style: italic }
.held { padding-left: 1.2rem } .held li { margin: .4rem 0 } .note { margin: .3rem 0 }
.region { border-top: 3px solid var(--line); margin-top: 2.5rem }
.shared { border-left: .35rem solid var(--bad); padding-left: .8rem; margin: 1.2rem 0 }
.check { border-top: 1px solid var(--line); margin-top: 1.2rem } .check h3 { margin-top: .8rem }
.check dl, .shared dl { grid-template-columns: minmax(6rem, 12rem) 1fr }
@media screen and (min-width: 641px) { .grid thead th { position: sticky; top: 0; background: var(--paper) } }
@media screen and (max-width: 640px) {
  dl, .check dl, .shared dl { grid-template-columns: 1fr; gap: 0 } dd { margin-bottom: .4rem }
  .stack, .stack tbody { display: block } .stack thead { display: none }
  .stack tr { display: grid; grid-template-columns: 1fr 1fr; column-gap: .8rem; padding: .5rem 0;
    border-bottom: 1px solid var(--line) }
  .stack th, .stack td { border: 0; min-width: 0; padding: .15rem 0 }
  .stack th, .stack .wide, .stack td:last-child, .stack td:has(> ul), .standings td { grid-column: 1 / -1 }
  .stack .blank { display: none }
  .stack td[data-label]::before { content: attr(data-label); display: block; font-size: .8em;
    color: var(--soft) }
  .counts tr { grid-template-columns: 1fr 1fr 1fr }
  .grid td { grid-column: 1 / -1; display: grid; grid-template-columns: 9.5rem 1fr auto; gap: .5rem }
  .grid td small { align-self: center }
  .stack .group { border-bottom: 2px solid var(--line) }
}
@media print { a { color: inherit; text-decoration: none } .contents, #provinces { display: none }
  .region { break-before: page } }
"""
