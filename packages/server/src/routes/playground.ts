import { access, readdir, readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join, relative, sep } from 'node:path'
import send from '@fastify/send'
import { TurnwiseError } from '@turnwise/core'
import type { App } from '../context.js'

/** The playground: a page that runs a model in the browser. */
export interface Playground {
  /** The folder of the built page, apps/playground/dist. */
  readonly pageFolder: string
  /** The folder of the model that it loads. */
  readonly modelFolder: string
}

/** Where the page is: a folder of its own, so that its service worker sees nothing of the other endpoints. */
export const PLAYGROUND_PATH = '/playground/'

const PAGE = 'index.html'
/** In the folder of the page, where it looks for the model. */
const MODEL_PATH = 'model/'
const POLICY = /<meta\s+http-equiv="Content-Security-Policy"\s+content="([^"]+)"/

/**
 * Serves the files of the page and of its model, and no other file. They are asked for without a key: a browser has none
 * to send when it opens a page.
 *
 * @param graph the paths of the model's graph and of the files with its weights, within its folder
 * @throws TurnwiseError PLAYGROUND_NOT_BUILT, MODEL_FILE_MISSING
 */
export async function addPlaygroundRoutes(
  app: App,
  { pageFolder, modelFolder }: Playground,
  graph: readonly string[],
): Promise<void> {
  const headers = {
    // Of each file, since workers have the policy that they come with.
    'content-security-policy': `${await readPolicy(pageFolder)}; frame-ancestors 'none'`,
    // What the browser asks for before a page may have threads.
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
  }
  const options = { schema: { hide: true }, config: { isPublic: true } }
  const answers = new Set<ServerResponse>()
  // Weights are long under way to a slow reader, who can ask for the rest another time.
  app.addHook('preClose', async () => {
    for (const answer of answers) answer.destroy()
  })

  function addFile(url: string, root: string, path: string): void {
    app.get(`${PLAYGROUND_PATH}${url}`, options, async ({ raw }, reply) => {
      answers.add(reply.raw)
      reply.raw.once('close', () => answers.delete(reply.raw))
      const file = await send(raw, encodeURI(path), { root })
      return reply
        .code(file.statusCode)
        .headers({ ...file.headers, ...headers })
        .send(file.stream)
    })
  }

  // Relative: a proxy may have put the server into a folder.
  app.get(PLAYGROUND_PATH.slice(0, -1), options, async (_request, reply) => reply.redirect(PLAYGROUND_PATH.slice(1)))
  addFile('', pageFolder, PAGE)
  for (const path of await listFiles(pageFolder)) {
    if (!path.startsWith(MODEL_PATH)) addFile(path, pageFolder, path)
  }
  for (const path of ['turnwise.json', 'tokenizer.json', ...graph]) {
    await checkModelFile(modelFolder, path)
    addFile(`${MODEL_PATH}${path}`, modelFolder, path)
  }
}

/** The page's own content-security policy. @throws TurnwiseError PLAYGROUND_NOT_BUILT */
async function readPolicy(pageFolder: string): Promise<string> {
  const path = join(pageFolder, PAGE)
  const page = await readFile(path, 'utf8').catch((cause) => {
    throw new TurnwiseError('PLAYGROUND_NOT_BUILT', `${path} cannot be read.`, { value: path, cause })
  })
  const policy = POLICY.exec(page)?.[1]
  if (policy !== undefined) return policy
  throw new TurnwiseError('PLAYGROUND_NOT_BUILT', `${path} has no content-security policy.`, { value: path })
}

/** The paths of all files of a folder, with forward slashes. */
async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).replaceAll(sep, '/'))
}

/** @throws TurnwiseError MODEL_FILE_MISSING */
async function checkModelFile(folder: string, path: string): Promise<void> {
  await access(join(folder, path)).catch((cause) => {
    const problem = `The playground needs ${path} of the model, and ${folder} has none.`
    throw new TurnwiseError('MODEL_FILE_MISSING', problem, { value: path, cause })
  })
}
