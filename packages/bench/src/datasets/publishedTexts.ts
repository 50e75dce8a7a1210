import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isFolder } from '../isFolder.js'
import { all, type JsonLine, readAllLines, readTextLines, type TextLine } from './readLines.js'
import { invalidData } from './rowError.js'

/** Those of a set that its publisher has as a folder of texts, where that is what lies there; else of JSON lines. */
export async function readPublished(
  path: string,
  readTexts: (folder: string) => Promise<JsonLine[]>,
): Promise<JsonLine[]> {
  return (await isFolder(path)) ? readTexts(path) : readAllLines(path)
}

/** TEN's labels and the names of its files, in the order in which its lines are counted. */
export const TEN_LABELS = ['finished', 'unfinished', 'wait'] as const

/**
 * The English lines of TEN's test set as it is published: the folder TEN-Turn-TestSet of
 * github.com/TEN-framework/ten-turn-detection, `finished.txt`, `unfinished.txt` and `wait.txt`, a line each. Its other half is
 * Chinese.
 *
 * @throws TurnwiseError DATASET_NOT_FOUND
 */
export async function readTenTexts(folder: string): Promise<JsonLine[]> {
  const files = await Promise.all(
    TEN_LABELS.map(async (label) => {
      const lines = await all(readTextLines(join(folder, `${label}.txt`)))
      return lines.map(({ text }) => ({ text, label }))
    }),
  )
  return files
    .flat()
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
      const lines = await all(readTextLines(join(folder, file)))
      const turns = lines.map((line) => readUtterance(line, file))
      return { row: index + 1, value: { id: file.replace('.txt', ''), turns } }
    }),
  )
}

function readUtterance(line: TextLine, file: string) {
  const [, speaker, text, tag] = /^([^|]+)\|(.*)\|([^|]+)$/.exec(line.text) ?? []
  if (speaker === undefined) throw invalidData({ file, row: line.row }, 'it is not of the form speaker|text|tag.')
  return { speaker, text, tag }
}
