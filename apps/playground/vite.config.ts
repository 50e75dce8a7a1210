import { cpSync, createReadStream, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'

const MODEL_FOLDER = fileURLToPath(new URL('../../models/en', import.meta.url))
const MODEL_FILES = ['turnwise.json', ...namedFiles(join(MODEL_FOLDER, 'turnwise.json'))]

/** The files that a manifest knows. */
function namedFiles(manifestPath: string): string[] {
  return Object.keys(JSON.parse(readFileSync(manifestPath, 'utf8')).files)
}

/** What a page needs to run several threads. A host that cannot send them still serves the page, with one thread. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/** The weights of models/en under model/: served from there while developing, copied into the build. */
function model(): Plugin {
  return {
    name: 'turnwise-model',
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const name = MODEL_FILES.find((file) => request.url?.split('?')[0] === `/model/${file}`)
        if (name === undefined || !existsSync(join(MODEL_FOLDER, name))) return next()
        createReadStream(join(MODEL_FOLDER, name)).pipe(response)
      })
    },
    writeBundle({ dir = 'dist' }) {
      for (const file of MODEL_FILES) cpSync(join(MODEL_FOLDER, file), join(dir, 'model', file))
    },
  }
}

/** The font's licence asks to go with it; Vite sees to those of the page's scripts. */
function fontLicence(): Plugin {
  const file = fileURLToPath(import.meta.resolve('@fontsource-variable/atkinson-hyperlegible-next/LICENSE'))
  return {
    name: 'turnwise-font-licence',
    writeBundle({ dir = 'dist' }) {
      cpSync(file, join(dir, 'font-licence.txt'))
    },
  }
}

/** Vite's own client needs inline styles; only the build is strict. */
function looseWhileDeveloping(): Plugin {
  return {
    name: 'turnwise-loose-policy',
    apply: 'serve',
    transformIndexHtml: (html) => html.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/s, ''),
  }
}

export default defineConfig({
  // Any folder of any host.
  base: './',
  plugins: [model(), fontLicence(), looseWhileDeveloping()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  server: { headers: ISOLATION },
  preview: { headers: ISOLATION },
  // Small files are files too: the policy allows no data: addresses.
  build: {
    license: { fileName: 'licences.md' },
    target: 'es2023',
    cssTarget: 'chrome123',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: 'es' },
})
