import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type JsonLine, readData } from './readLines.js'
import { invalidData } from './rowError.js'

/** TEN's files, in the order in which its lines are counted. */
const TEN_LABELS = ['finished', 'unfinished', 'wait'] as const

/**
 * The English lines of TEN's test set as it is published: the folder TEN-Turn-TestSet of
 * github.com/TEN-framework/ten-turn-detection, `finished.txt`, `unfinished.txt` and `wait.txt`, a line each. Its other half is
 * Chinese.
 *
 * @throws TurnwiseError DATASET_NOT_FOUND
 */
export async function readTenTexts(folder: string): Promise<JsonLine[]> {
  const files = await Promise.all(TEN_LABELS.map((label) => readTextLines(join(folder, `${label}.txt`))))
  return files
    .flatMap((lines, index) => lines.map((text) => ({ text, label: TEN_LABELS[index] })))
    .filter(({ text }) => !/\p{Script=Han}/u.test(text))
    .map((value, index) => ({ row: index + 1, value }))
}

/**
 * Switchboard's dialogue acts as they are published: the folder swda_data/test of github.com/NathanDuran/Switchboard-Corpus, a
 * conversation a file, `speaker|text|tag` a line.
 *
 * @throws TurnwiseError DATASET_NOT_FOUND, INVALID_DATASET
 */
export async function readSwitchboardTexts(folder: string): Promise<JsonLine[]> {
  const files = (await readdir(folder)).filter((file) => /^\d+\.txt$/.test(file)).sort()
  return Promise.all(
    files.map(async (file, index) => {
      const lines = await readTextLines(join(folder, file))
      const turns = lines.map((line, place) => readUtterance(line, file, place + 1))
      return { row: index + 1, value: { id: file.replace('.txt', ''), turns } }
    }),
  )
}

function readUtterance(line: string, file: string, row: number) {
  const [, speaker, text, tag] = /^([^|]+)\|(.*)\|([^|]+)$/.exec(line) ?? []
  if (speaker === undefined) throw invalidData({ file, row }, 'it is not of the form speaker|text|tag.')
  return { speaker, text, tag }
}

async function readTextLines(path: string): Promise<string[]> {
  const text = new TextDecoder().decode(await readData(path))
  return text.split(/\r?\n/).filter((line) => line.trim() !== '')
}
