import type { ReportSection } from './buildReport.js'
import { renderChart } from './renderChart.js'
import { type ReportTable, toMarkdown } from './reportTable.js'

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

/** A report as one page of HTML that needs no other file: its charts, then its tables. */
export async function renderHtml(sections: readonly ReportSection[]): Promise<string> {
  const parts: string[] = []
  for (const { title, paragraphs, tables, charts } of sections) {
    parts.push(`<h2>${escapeHtml(title)}</h2>`, ...paragraphs.map((text) => `<p>${inline(text)}</p>`))
    for (const chart of charts) {
      const note = chart.note === undefined ? '' : `<p>${inline(chart.note)}</p>`
      const svg = await renderChart(chart)
      parts.push(`<figure><figcaption>${escapeHtml(chart.title)}</figcaption>${note}${svg}</figure>`)
    }
    parts.push(...tables.map(htmlTable))
  }
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${TITLE}</title><style>${STYLE}</style></head><body><main>`,
    `<h1>${TITLE}</h1><p>${inline(INTRODUCTION)}</p>`,
    ...parts,
    '</main></body></html>',
    '',
  ].join('\n')
}

const STYLE = `
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: #111; background: #fff }
main { max-width: 76rem; margin: 0 auto; padding: 1.5rem }
h2 { margin-top: 3rem; border-bottom: 1px solid #ccc }
h3 { margin: 2rem 0 .3rem }
p { max-width: 52rem; margin: .4rem 0 }
figure { display: inline-block; vertical-align: top; margin: 1rem 1.5rem 1rem 0; max-width: 100%; overflow-x: auto }
figcaption { font-weight: 600 }
figure p { font-size: 13px; max-width: 32rem }
.scroll { overflow-x: auto }
table { border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums }
th, td { padding: .25rem .6rem; border-bottom: 1px solid #ddd; text-align: right; vertical-align: top }
th:first-child, td:first-child { text-align: left }
th { vertical-align: bottom }
tbody tr:hover { background: #f4f8fb }
code { font-size: 13px }
`

function htmlTable({ title, note, columns, rows }: ReportTable): string {
  const cells = (tag: 'td' | 'th', texts: readonly string[]) => {
    return `<tr>${texts.map((text) => `<${tag}>${escapeHtml(text)}</${tag}>`).join('')}</tr>`
  }
  const head = `<thead>${cells('th', columns)}</thead>`
  const body = `<tbody>${rows.map((row) => cells('td', row)).join('')}</tbody>`
  const before = note === undefined ? '' : `<p>${inline(note)}</p>`
  return `<h3>${escapeHtml(title)}</h3>${before}<div class="scroll"><table>${head}${body}</table></div>`
}

/** A text with `code` in it. */
function inline(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>')
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
