import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ACTIONS } from '@turnwise/core'
import { expect, onTestFinished, test } from 'vitest'
import { createFakeApp } from '../test/fakeApp.js'

const TINY = fileURLToPath(new URL('../../../../fixtures/tiny/fused', import.meta.url))
const SECRET = 'secret words'

async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'turnwise-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

test('accuracy writes its result and shows a table', async () => {
  const folder = await createFolder()
  const rows = ACTIONS.map((action, index) => {
    return JSON.stringify({ messages: [{ role: 'user', content: `${SECRET} ${index}` }], action })
  })
  await writeFile(join(folder, 'mine.jsonl'), rows.join('\n'))
  const out = join(folder, 'accuracy.json')
  const command = ['bench', 'accuracy', join(folder, 'mine.jsonl'), '--model', TINY, '--threads', '1', '--out', out]
  const { run, terminal } = createFakeApp()
  expect(await run(...command)).toBe(0)
  expect(terminal.written()).toContain('mine.jsonl, 4 rows')
  expect(terminal.written()).toMatch(/always finished +50\.0 +33\.3 +25\.0 +10\.0 +50\.0/)
  expect(terminal.complained()).toContain('mine.jsonl, always finished: 4\n')
  const text = await readFile(out, 'utf8')
  expect(JSON.parse(text)).toMatchObject({ kind: 'accuracy', sets: [{ systems: [{}, {}, {}, {}] }] })
  expect(text + terminal.written() + terminal.complained()).not.toContain(SECRET)
})

test('errors of the data end with 1 and name the row', async () => {
  const folder = await createFolder()
  await writeFile(
    join(folder, 'mine.jsonl'),
    JSON.stringify({ messages: [{ role: 'user', content: SECRET }], action: 7 }),
  )
  const { run, terminal } = createFakeApp({ environment: { NO_COLOR: '1' } })
  expect(await run('bench', 'accuracy', join(folder, 'mine.jsonl'), '--model', TINY)).toBe(1)
  expect(terminal.complained()).toContain(
    'INVALID_DATASET: mine.jsonl, row 1, column action: found 7, expected a class',
  )
})

test('streaming plays conversations of files', async () => {
  const folder = await createFolder()
  const said = (start: number, text: string) =>
    text.split(' ').map((word, index) => [start + index, start + index + 1, word])
  const words = { a: said(0, `${SECRET} i think`), b: said(5, 'that is'), c: said(8, 'oh really') }
  const turns = [
    ['a', 'A'],
    ['b', 'A'],
    ['c', 'B'],
  ].map(([uid, speaker]) => ({ uid, speaker, tags: ['s'] }))
  await writeFile(join(folder, 'units.jsonl'), JSON.stringify({ id: 'm', turns }))
  await writeFile(join(folder, 'words.jsonl'), JSON.stringify({ id: 'm', words }))
  const files = ['--units', join(folder, 'units.jsonl'), '--words', join(folder, 'words.jsonl'), '--all-conversations']
  const out = join(folder, 'streaming.json')
  const { run, terminal } = createFakeApp()
  expect(await run('bench', 'streaming', ...files, '--model', TINY, '--threads', '1', '--out', out)).toBe(0)
  expect(terminal.written()).toContain('1 holds, 1 ends')
  expect(terminal.written()).toMatch(/silence only +100\.0 /)
  expect(terminal.written()).toMatch(/0 backchannels, 0 interruptions.*\nany word stops it +– +– +– +–\n/)
  const text = await readFile(out, 'utf8')
  expect(JSON.parse(text)).toMatchObject({ kind: 'streaming', holds: 1, ends: 1 })
  expect(text + terminal.written() + terminal.complained()).not.toContain(SECRET)
})

test('latency times a model beside a baseline', async () => {
  const out = join(await createFolder(), 'latency.json')
  const baseline = fileURLToPath(new URL('../../../../fixtures/tiny/qwen2/onnx/model_q8.onnx', import.meta.url))
  const small = [
    '--rounds',
    '2',
    '--runs',
    '1',
    '--sessions',
    '1,2',
    '--calls',
    '2',
    '--seconds',
    '1',
    '--threads',
    '1',
    ...['--soak', '--soak-updates', '6', '--soak-sessions', '2'],
  ]
  const { run, terminal } = createFakeApp()
  expect(await run('bench', 'latency', '--model', TINY, '--baseline', baseline, ...small, '--out', out)).toBe(0)
  expect(terminal.written()).toMatch(
    /^ms, 1 threads +8 tokens +28 tokens +54 tokens +4 after 50 +4 after 250\npublished way +/,
  )
  expect(terminal.written()).toMatch(/^published way, after a rest +\d/m)
  expect(terminal.written()).toMatch(
    /\n6 updates of 2 sessions: memory \d+, \d+, \d+ MB at first, in the middle, at the end\n$/,
  )
  expect(terminal.complained()).toContain('soak: 6\nthroughput: 2\n')
  expect(JSON.parse(await readFile(out, 'utf8'))).toMatchObject({ kind: 'latency', threads: 1, load: [{ calls: 2 }] })
}, 60_000)

test.each([
  ['accuracy', ['accuracy', 'four-class']],
  ['streaming', ['streaming', '--units', 'none.jsonl', '--words', 'none.jsonl']],
  ['latency', ['latency']],
])('%s asks where its result goes before it measures', async (_, commandLine) => {
  const folder = await createFolder()
  const { run, terminal } = createFakeApp({ environment: { NO_COLOR: '1' } })
  // Were anything loaded, that would be the error.
  expect(await run('bench', ...commandLine, '--model', './no-such-model', '--out', folder)).toBe(1)
  expect(terminal.complained()).toContain('OUTPUT_UNWRITABLE')
  expect(terminal.complained()).toContain('--markdown and --html of a report')
})

test('report makes both pages of what is there, compare says what has changed', async () => {
  const folder = await createFolder()
  const rows = ACTIONS.map((action, index) => {
    return JSON.stringify({ messages: [{ role: 'user', content: `${SECRET} ${index}` }], action })
  })
  await writeFile(join(folder, 'mine.jsonl'), rows.join('\n'))
  const out = join(folder, 'accuracy.json')
  const measured = createFakeApp()
  const command = ['bench', 'accuracy', join(folder, 'mine.jsonl'), '--model', TINY, '--threads', '1', '--out', out]
  expect(await measured.run(...command)).toBe(0)
  const reported = createFakeApp()
  expect(await reported.run('bench', 'report', '--results', folder)).toBe(0)
  expect(reported.terminal.written()).toMatch(/^\d+ tables: .*benchmarks\.md, and with charts: .*benchmarks\.html\n$/)
  const pages = await Promise.all(
    ['benchmarks.md', 'benchmarks.html'].map((name) => readFile(join(folder, name), 'utf8')),
  )
  expect(pages[0]).toContain('| always finished | 50.0')
  expect(pages[1]).toContain('<svg ')
  expect(pages.join()).not.toContain(SECRET)
  const compared = createFakeApp()
  expect(await compared.run('bench', 'compare', out, out)).toBe(0)
  expect(compared.terminal.written()).toContain('| always finished | 25.0 → 25.0 | 0.0 (0.0–0.0) |')
  const none = createFakeApp({ environment: { NO_COLOR: '1' } })
  expect(await none.run('bench', 'report', '--results', join(folder, 'none'))).toBe(1)
  expect(none.terminal.complained()).toContain('INVALID_RESULT')
})

test.each([
  ['odd counts', ['latency', '--calls', '1,0'], 'Expected whole numbers from 1'],
  ['PyTorch without a Python', ['latency', '--torch', 'folder'], '--torch runs in the Python of --python'],
  ['no conversations', ['streaming'], 'give --data-dir, or --units and --words'],
  ['a limit of nothing', ['accuracy', '--limit', '0'], 'Expected a whole number from 1.'],
  ['an unknown set', ['accuracy', 'four-class', 'nosuch'], 'the set "nosuch" is unknown, expected ten, '],
  ['an odd seed', ['accuracy', '--seed', 'x'], 'Expected a whole number.'],
  ['an odd probability', ['accuracy', '--base-from', '2'], 'Expected a number from 0 to 1.'],
])('%s is a wrong command line', async (_, commandLine, problem) => {
  const { run, terminal } = createFakeApp({ environment: { NO_COLOR: '1' } })
  expect(await run('bench', ...commandLine)).toBe(2)
  expect(terminal.complained()).toContain(problem)
})

/** On a terminal; as soon as something is shown there it is told to stop. */
function createStoppedApp() {
  let stop = () => {}
  const stopSignal = () => new Promise<'SIGINT'>((resolve) => (stop = () => resolve('SIGINT')))
  const app = createFakeApp({ isTTY: true, environment: { NO_COLOR: '1' }, stopSignal })
  const noMove = () => undefined
  const moves = { cursorTo: noMove, clearLine: noMove, moveCursor: noMove, clearScreenDown: noMove }
  Object.assign(app.terminal.errors, moves)
  app.terminal.errors.once('data', () => stop())
  return app
}

test('report measures latency first: the others would be in its way', async () => {
  const folder = await createFolder()
  const { run, terminal } = createStoppedApp()
  const command = ['bench', 'report', '--run', '--results', folder, '--model', TINY, '--threads', '1']
  expect(await run(...command)).toBe(130)
  expect(terminal.complained()).toMatch(/^Stopped\. The parts so far are kept in .*latency\.parts\.jsonl: /m)
}, 60_000)

test.each([
  ['accuracy', ['accuracy', 'four-class'], /^Stopped\. The answers so far are kept in .*out\.answers\.jsonl: /m],
  [
    'accuracy anew',
    ['accuracy', 'four-class', '--fresh'],
    /^Stopped\. The answers so far are kept in .* without --fresh\./m,
  ],
  [
    'latency',
    ['latency', '--rounds', '1000', '--seconds', '60'],
    /^Stopped\. The parts so far are kept in .*out\.parts\.jsonl: /m,
  ],
])(
  '%s that is told to stop says what is kept and leaves the terminal as it was',
  async (_, commandLine, kept) => {
    const folder = await createFolder()
    const { run, terminal } = createStoppedApp()
    const out = join(folder, 'out.json')
    expect(await run('bench', ...commandLine, '--model', TINY, '--threads', '1', '--out', out)).toBe(130)
    expect(terminal.complained()).toMatch(kept)
    // cli-progress turns the wrapping of lines off, and on again.
    const [off = -1, on = -1, said] = ['\u001b[?7l', '\u001b[?7h', 'Stopped.'].map((text) => {
      return terminal.complained().lastIndexOf(text)
    })
    expect(off).toBeGreaterThan(-1)
    expect(on).toBeGreaterThan(off)
    expect(said).toBeGreaterThan(on)
    expect(await readdir(folder)).not.toContain('out.json')
  },
  60_000,
)
