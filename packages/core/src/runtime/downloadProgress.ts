/** How far the download of a model is. */
export interface DownloadProgress {
  /** The model: its hub id, or the address of its folder. */
  readonly model: string
  /** The file that is downloaded now. */
  readonly fileName: string
  /** Of all the files together. */
  readonly receivedBytes: number
  /** Of all the files together. */
  readonly totalBytes: number
}
