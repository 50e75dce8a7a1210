import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The data that the project never contains; training/README.md says what it is. */
export const DATA_FOLDER =
  process.env.TURNWISE_DATA ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url))

/** Whether it is there. */
export const HAS_DATA = existsSync(`${DATA_FOLDER}/eval/ten.jsonl`)
