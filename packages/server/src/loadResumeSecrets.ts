import { TurnwiseError } from '@turnwise/core'
import { readInput } from './readInput.js'
import type { Settings } from './settings.js'

/** As many as 24 random bytes have in base64: no shorter one resists whoever tries all. */
const LEAST_CHARACTERS = 32

/**
 * The secrets of resume tokens that the settings and their file name, the newest first.
 *
 * @throws TurnwiseError INPUT_UNREADABLE, INVALID_RESUME_SECRETS; also if the file holds none
 */
export async function loadResumeSecrets({ resumeSecrets, resumeSecretsFile }: Settings): Promise<string[]> {
  const own = resumeSecrets === undefined ? [] : parseResumeSecrets(resumeSecrets.split(/[\n,]/))
  if (resumeSecretsFile === undefined) return own
  const value = resumeSecretsFile
  const content = await readInput(value, `The secrets in ${value}`)
  // Commas are no ends of lines here: what follows one in a comment would be a secret that anybody can read.
  const fromFile = parseResumeSecrets(content.split('\n'))
  if (fromFile.length === 0) throw new TurnwiseError('INVALID_RESUME_SECRETS', `${value} holds no secret.`, { value })
  return [...own, ...fromFile]
}

/**
 * The secret of each line. Empty lines and those that begin with # are left out.
 *
 * @throws TurnwiseError INVALID_RESUME_SECRETS, naming the line and not what it holds
 */
function parseResumeSecrets(lines: readonly string[]): string[] {
  return lines
    .map((line) => line.trim())
    .filter((line, index) => {
      if (line === '' || line.startsWith('#')) return false
      if (line.length >= LEAST_CHARACTERS) return true
      const problem = `Line ${index + 1} of the secrets has fewer than ${LEAST_CHARACTERS} characters.`
      throw new TurnwiseError('INVALID_RESUME_SECRETS', problem, { value: index + 1 })
    })
}
