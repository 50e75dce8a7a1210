export type { Certificate } from './createHttpServer.js'
export { createServer, type Server, type ServerOptions } from './createServer.js'
export { type AccessKey, createKey, type NewKey, parseKeys } from './keys.js'
export type { LogStream } from './logging.js'
export { createModelMetrics, type ModelMetrics } from './modelMetrics.js'
export {
  type GivenSettings,
  type ResolvedSettings,
  readSettingsFile,
  resolveSettings,
  type SettingSource,
} from './resolveSettings.js'
export { PLAYGROUND_PATH, type Playground } from './routes/playground.js'
export {
  DEFAULT_SETTINGS,
  describeSetting,
  flagOf,
  SETTING_NAMES,
  type SettingName,
  type Settings,
  variableOf,
} from './settings.js'
export { type RunningServer, type StartOptions, startServer } from './startServer.js'
