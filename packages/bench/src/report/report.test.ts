import { describe, expect, it, test } from 'vitest'
import { latencyOf, makeResults } from '../test/exampleResults.js'
import { buildReport } from './buildReport.js'
import { renderHtml, renderMarkdown } from './renderReport.js'
import { rowCount, toMarkdown } from './reportTable.js'

describe('the report', () => {
  it('has every table as Markdown', async () => {
    const page = renderMarkdown(buildReport(await makeResults()))
    expect(page).toContain('| model 1 | 75.0 (')
    expect(page).toMatch(/\| model 1 \|[^|]*\|[^|]*\| 75\.0 \(/)
    // Figures stand on the right, texts on the left.
    expect(page).toContain(
      '| row | group | expected | answered | sure | the agent, then the user |\n|---|---|---|---|--:|---|',
    )
    expect(page).toContain('### rows.jsonl, what was asked for: model 1')
    expect(page).toContain('Of all 10 rows with an expectation it changed 10.')
    expect(page).toContain('| code, length known | 2 | 2 | 0 | 0 | 2 |')
    expect(page).toContain('| all | 10 | 10 | 0 | 0 | 10 |')
    expect(page).toContain('of the bootstrap, rows that depend on each other together. Not at hand: ten.')
    expect(page).toContain('SHA-256: model 1 `abababababababab…`.')
    // A cell never ends a row.
    expect(page).toContain('secret \\| <words> 2')
    expect(page).toContain('| silence only |')
    expect(page).toContain('with the pace the probability changed before by how the speaker has spoken;')
    expect(page).toContain('| any word stops it | 100.0 (100.0–100.0) | 0.0 (0.0–0.0) | 1.0 |')
    expect(page).toContain('Intervals: 5 drawings of the bootstrap, whole conversations.')
    expect(page).toContain('| 28 tokens, model 1 | 21.00 (20.00–21.00) | 21.20 | – | 40.00 (40.00–40.00) | 28 |')
    expect(page).toContain('After a rest: the median of the first time after 20 ms without work')
    expect(page).toContain('| model 1 | 14.3 (14.3–15.0) | 5.8 | 4.0 |')
    expect(page).toContain('### How many times less than the published way, after a rest')
    expect(page).toContain('| model 1 | 15.0 (15.0–15.0) |\n')
    for (const line of page.split('\n')) expect(line).not.toContain('undefined')
  })

  it('is one page of HTML that asks for nothing else', async () => {
    const page = await renderHtml(buildReport(await makeResults()))
    expect(page.match(/<svg role="img" aria-label="/g)).toHaveLength(5)
    // Of every place that the contents name there is one.
    const ids = new Set([...page.matchAll(/<h[23] id="([^"]*)"/g)].map(([, id]) => id))
    const links = [...page.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id)
    expect(links.length).toBeGreaterThan(10)
    expect(new Set(links)).toEqual(ids)
    expect(page).toContain('model 1')
    expect(page).not.toMatch(/<(script|link|img)|(src|href)="http/)
    expect(page).not.toContain('<words>')
    expect(page).not.toContain('NaN')
  })

  it('says of a section that it is of another model than the first one', async () => {
    const { accuracy, streaming, latency } = await makeResults()
    const models = (name: string, sha256: string) => latency.systems.map((each) => ({ ...each, name, sha256 }))
    const noteOf = (page: string) => /^Beware: .*$/m.exec(page)?.[0]
    const same = { ...latency, systems: models('model 1', 'ab'.repeat(32)) }
    expect(noteOf(renderMarkdown(buildReport({ accuracy, streaming, latency: same })))).toBeUndefined()
    const older = { ...latency, systems: models('model 0', 'cd'.repeat(32)) }
    const [first, second, third] = buildReport({ accuracy, streaming, latency: older })
    expect(noteOf([first, second].flatMap((each) => each?.paragraphs ?? []).join('\n'))).toBeUndefined()
    expect(third?.paragraphs).toContain(
      'Beware: this was measured with another model than Accuracy. Here it was model 0 (`cdcdcdcdcdcdcdcd…`), ' +
        'there model 1 (`abababababababab…`): no figures of one hold for the other.',
    )
  })

  it('has the budget of each policy beside what was measured, where the result knows it', async () => {
    const { streaming } = await makeResults()
    expect(renderMarkdown(buildReport({ streaming }))).toContain('| model 1, balanced | 10.0 | ')
    const policies = streaming.policies.map(({ cutOffBudget, ...each }) => each)
    expect(renderMarkdown(buildReport({ streaming: { ...streaming, policies } }))).toContain(
      '| model 1, balanced | – |',
    )
  })

  it('has no intervals of streaming where the result is older', async () => {
    const { streaming } = await makeResults()
    const older = JSON.stringify({ ...streaming, resamples: undefined }, (name, value) => {
      return name === 'intervals' ? undefined : value
    })
    const [page, before] = [streaming, JSON.parse(older)].map((each) =>
      renderMarkdown(buildReport({ streaming: each })),
    )
    expect(page?.replace(/ \([-\d.]+–[-\d.]+\)/g, '').replace(/^Intervals: .*\n\n/m, '')).toBe(before)
    expect(page).toMatch(/^\| silence only \|( [-\d.]+ \([-\d.]+–[-\d.]+\) \|){6} – \|$/m)
    expect(page).toMatch(/^\| model 1, balanced \| 10\.0 \|( [\d.]+ \([\d.]+–[\d.]+\) \|){2}$/m)
    expect(before).toContain('| any word stops it | 100.0 | 0.0 | 1.0 |')
    expect(before).not.toContain('Intervals')
  })

  it('says where other processes ran', () => {
    const latency = latencyOf('model 1', 20)
    const pageOf = (loadAverage: number) => {
      return renderMarkdown(buildReport({ latency: { ...latency, machine: { ...latency.machine, loadAverage } } }))
    }
    expect(pageOf(0.5)).toContain('Other processes ran too (load average 0.5): these figures are no record.')
    expect(pageOf(0.4)).not.toContain('no record')
  })

  it('leaves out what was not measured', () => {
    expect(buildReport({ latency: latencyOf('model 1', 20) }).map(({ title }) => title)).toEqual(['Latency'])
  })
})

test('one row is no rows', () => {
  expect([1, 2, 2000].map(rowCount)).toEqual(['1 row', '2 rows', '2,000 rows'])
})

test('a table as Markdown', () => {
  const table = { title: 'T', note: 'N', columns: ['', 'a'], rows: [['x|y', '1\n2']] }
  expect(toMarkdown(table)).toBe('### T\n\nN\n\n|  | a |\n|---|--:|\n| x\\|y | 1 2 |\n')
})
