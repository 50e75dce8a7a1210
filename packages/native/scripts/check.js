// Fails where the prebuilt addon is older than its sources.
import { checkSources } from './sources.js'

await checkSources()
