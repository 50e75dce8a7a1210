import { type DownloadProgress, loadDetector, type WebDetector } from '@turnwise/web'

/** Where the page looks for the model: beside itself, on the same origin. */
const MODEL_FOLDER = 'model/'

/**
 * Loads the model that is served with the page.
 *
 * @throws TurnwiseError as `loadDetector`
 */
export function openDetector(onProgress: (progress: DownloadProgress) => void): Promise<WebDetector> {
  return loadDetector({ model: new URL(MODEL_FOLDER, document.baseURI), onProgress })
}
