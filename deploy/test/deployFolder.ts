import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The folder of the configurations. */
export const DEPLOY = new URL('../', import.meta.url)

/** Where commands are. Those of balancers are often only in the administrator's path. */
export const COMMAND_PATH = [process.env.PATH ?? '', '/usr/sbin', '/usr/local/sbin'].join(delimiter)

/** Whether a command can be run here. */
export function hasCommand(name: string): boolean {
  return COMMAND_PATH.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
