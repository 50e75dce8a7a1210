import { describeValue, isRecord, TurnwiseError } from '@turnwise/core'
import { readInput } from './readInput.js'
import { SETTING_NAMES, type SettingName, type Settings, settingsSchema, variableOf } from './settings.js'

/** Where a setting's value is from, the strongest first. */
const SETTING_SOURCES = ['flag', 'environment', 'file', 'default'] as const
export type SettingSource = (typeof SETTING_SOURCES)[number]

/** The settings, and where each is from. */
export interface ResolvedSettings {
  readonly settings: Settings
  readonly sources: Readonly<Record<SettingName, SettingSource>>
}

/** Where settings may come from. */
export interface GivenSettings {
  /** By name; undefined where a flag was not given. */
  readonly flags?: Readonly<Record<string, unknown>>
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** What the file of settings holds. */
  readonly file?: Readonly<Record<string, unknown>>
}

/**
 * Puts flags, environment, file and defaults together.
 *
 * @throws TurnwiseError INVALID_OPTION, naming the setting and where its value is from
 */
export function resolveSettings({ flags = {}, environment = {}, file = {} }: GivenSettings): ResolvedSettings {
  const unknown = Object.keys(file).find((name) => !SETTING_NAMES.some((known) => known === name))
  if (unknown !== undefined) {
    const problem = `The file of settings has the unknown setting ${describeValue(unknown)}.`
    throw new TurnwiseError('INVALID_OPTION', problem, { value: unknown })
  }
  const values: Record<string, unknown> = {}
  const sources = Object.fromEntries(
    SETTING_NAMES.map((name) => {
      const given = { flag: flags[name], environment: environment[variableOf(name)] || undefined, file: file[name] }
      const source = SETTING_SOURCES.find((each) => each !== 'default' && given[each] !== undefined) ?? 'default'
      if (source !== 'default') values[name] = given[source]
      return [name, source]
    }),
  ) as Record<SettingName, SettingSource>
  const parsed = settingsSchema.safeParse(values)
  if (parsed.success) return { settings: parsed.data, sources }
  const [issue] = parsed.error.issues
  const name = String(issue?.path[0]) as SettingName
  const source = sources[name]
  const place = source === 'environment' ? `${variableOf(name)} of the environment` : `${name} (${source})`
  throw new TurnwiseError('INVALID_OPTION', `${place} is wrong: ${issue?.message}.`, { value: values[name] })
}

/**
 * Reads a file of settings: a JSON object.
 *
 * @throws TurnwiseError INPUT_UNREADABLE, INVALID_JSON
 */
export async function readSettingsFile(path: string): Promise<Readonly<Record<string, unknown>>> {
  const json = parseJson(await readInput(path, `The file of settings ${path}`))
  if (!isRecord(json)) {
    throw new TurnwiseError('INVALID_JSON', `The file of settings ${path} holds no JSON object.`, { value: path })
  }
  return json
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    return undefined
  }
}
