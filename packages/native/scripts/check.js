// Fails where a prebuilt addon is older than its sources.
import { checkBuilds } from './sources.js'

await checkBuilds()
