import type { ReportSection } from './buildReport.js'
import { type ReportChart, renderChart } from './renderChart.js'
import { holdsFigures, type ReportTable, toMarkdown } from './reportTable.js'

const TITLE = 'Benchmarks'
const INTRODUCTION =
  'Made by `turnwise bench report` from the results of its measurements; docs/bench.md says what they mean.'

/** A report as one page of Markdown: its tables. */
export function renderMarkdown(sections: readonly ReportSection[]): string {
  const parts = sections.flatMap(({ title, paragraphs, tables }) => [
    `## ${title}`,
    '',
    ...paragraphs.flatMap((text) => [text, '']),
    ...tables.map(toMarkdown),
  ])
  return `${[`# ${TITLE}`, '', INTRODUCTION, '', ...parts].join('\n').trimEnd()}\n`
}

/** A report as one page of HTML that needs no other file: its charts, then its tables, by sections. */
export async function renderHtml(sections: readonly ReportSection[]): Promise<string> {
  const parts = await Promise.all(sections.map(htmlSection))
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta name="color-scheme" content="light dark"><title>${TITLE}</title><style>${STYLE}</style></head><body><main>`,
    `<h1>${TITLE}</h1><p>${inline(INTRODUCTION)}</p>`,
    `<nav aria-label="Contents">${sections.map(htmlContents).join('')}</nav>`,
    ...parts,
    '</main></body></html>',
    '',
  ].join('\n')
}

const STYLE = `
:root { color-scheme: light dark; --ink: #16191c; --quiet: #555d64; --page: #fff; --rule: #d5dade; --raised: #f3f6f8;
  --link: #005a8c }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9eb; --quiet: #a3acb3; --page: #14171a; --rule: #353b40; --raised: #1f2428; --link: #7cc4f0 }
}
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page) }
main { max-width: 76rem; margin: 0 auto; padding: 1.5rem 1rem 4rem }
a { color: var(--link) }
h1 { line-height: 1.2 }
h2 { margin-top: 3.5rem; padding-bottom: .2rem; border-bottom: 1px solid var(--rule) }
h3 { margin: 2.5rem 0 .3rem; font-size: 1.05rem; line-height: 1.3 }
p { max-width: 52rem; margin: .4rem 0; overflow-wrap: anywhere }
p.made, p.note, figure p { color: var(--quiet); font-size: .9rem }
nav { display: flex; flex-wrap: wrap; gap: .6rem 2rem; margin: 1.5rem 0 }
nav summary, nav > div > a { font-weight: 600 }
nav ul { margin: .3rem 0; padding-left: 1.1rem; font-size: .9rem }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 34rem), 1fr)); gap: 2rem; margin: 1.5rem 0 }
figure { margin: 0; min-width: 0 }
figcaption { font-weight: 600; line-height: 1.3 }
svg { display: block; width: 100%; height: auto; margin-top: .5rem }
.scroll { overflow-x: auto; margin: .6rem 0 }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums }
th, td { padding: .3rem .65rem; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top }
thead th { vertical-align: bottom; font-weight: 600; line-height: 1.3 }
.figure { text-align: right; white-space: nowrap }
th.figure { white-space: normal }
th:first-child { position: sticky; left: 0; background: var(--page); font-weight: 400; min-width: 8rem; max-width: 20rem }
tbody tr:hover > * { background: var(--raised) }
code { font-size: .85em; overflow-wrap: anywhere }
`

function htmlContents({ title, tables }: ReportSection): string {
  const links = tables.map((table) => `<li><a href="#${idOf(title, table.title)}">${escapeHtml(table.title)}</a></li>`)
  const list = `<details><summary>${tables.length} tables</summary><ul>${links.join('')}</ul></details>`
  return `<div><a href="#${idOf(title)}">${escapeHtml(title)}</a>${list}</div>`
}

async function htmlSection({ title, paragraphs, tables, charts }: ReportSection): Promise<string> {
  const figures = await Promise.all(charts.map(htmlFigure))
  return [
    `<section><h2 id="${idOf(title)}">${escapeHtml(title)}</h2>`,
    ...paragraphs.map((text) => `<p class="made">${inline(text)}</p>`),
    figures.length === 0 ? '' : `<div class="charts">${figures.join('')}</div>`,
    ...tables.map((table) => htmlTable(table, idOf(title, table.title))),
    '</section>',
  ].join('\n')
}

async function htmlFigure(chart: ReportChart): Promise<string> {
  const { title, note, width } = chart
  const below = note === undefined ? '' : `<p>${inline(note)}</p>`
  // It shrinks with the page as long as its labels can be read.
  const attributes = `role="img" aria-label="${escapeHtml(title)}" style="min-width: ${Math.round(0.75 * width)}px"`
  const svg = (await renderChart(chart)).replace('<svg ', `<svg ${attributes} `)
  return `<figure><figcaption>${escapeHtml(title)}</figcaption>${below}${scrolling(title, svg)}</figure>`
}

function htmlTable(table: ReportTable, id: string): string {
  const { title, note, columns, rows } = table
  const classOf = (column: number) => (holdsFigures(table, column) ? ' class="figure"' : '')
  const head = columns.map((text, column) => `<th scope="col"${classOf(column)}>${escapeHtml(text)}</th>`)
  const body = rows.map(([name = '', ...cells]) => {
    const others = cells.map((text, index) => `<td${classOf(index + 1)}>${escapeHtml(text)}</td>`)
    return `<tr><th scope="row">${escapeHtml(name)}</th>${others.join('')}</tr>`
  })
  const before = note === undefined ? '' : `<p class="note">${inline(note)}</p>`
  const whole = `<table><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table>`
  return `<h3 id="${id}">${escapeHtml(title)}</h3>${before}${scrolling(title, whole)}`
}

/** What may be wider than a phone: it scrolls by itself, by keys too. */
function scrolling(label: string, html: string): string {
  return `<div class="scroll" role="region" tabindex="0" aria-label="${escapeHtml(label)}">${html}</div>`
}

/** The fragment of a section or of a table in it. */
function idOf(...titles: readonly string[]): string {
  return titles.map((title) => title.toLowerCase().replace(/[^a-z0-9]+/g, '-')).join('--')
}

/** A text with `code` in it. */
function inline(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>')
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
