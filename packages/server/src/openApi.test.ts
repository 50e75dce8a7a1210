import { expect, test } from 'vitest'
import { createFakeServer } from './test/fakeServer.js'

test('the document is OpenAPI 3.1, and all that it refers to is there', async () => {
  const { app } = await createFakeServer({ keys: () => [{ name: 'a', hash: Buffer.alloc(32) }] })
  const response = await app.inject('/openapi.json')
  const document = response.json()
  expect(document).toMatchObject({
    openapi: '3.1.0',
    paths: { '/v1/predict': { post: {} }, '/health/ready': { get: {} } },
  })
  const names = [...response.body.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name)
  expect(Object.keys(document.components.schemas).sort()).toEqual(
    [...new Set([...names, 'StreamReply', 'StreamRequestInput'])].sort(),
  )
  expect(document.paths['/health/live'].get.security).toEqual([])
  expect(document.paths['/v1/predict'].post.responses['503'].description).toContain('waiting')
})

test('the document asks for a key where the server does', async () => {
  const securityOf = async (keys: { name: string; hash: Buffer }[]) => {
    const { app } = await createFakeServer({ keys: () => keys })
    return (await app.inject('/openapi.json')).json().security
  }
  expect(await securityOf([])).toEqual([])
  expect(await securityOf([{ name: 'a', hash: Buffer.alloc(32) }])).toEqual([{ key: [] }])
})

test('the page names every endpoint and asks nothing of anybody', async () => {
  const { app } = await createFakeServer()
  const { paths } = (await app.inject('/openapi.json')).json()
  const { body, headers } = await app.inject('/docs')
  for (const path of Object.keys(paths)) expect(body).toContain(` ${path}</code>`)
  expect(body).not.toMatch(/(src|href)="?https?:/)
  expect(headers['content-security-policy']).toContain("default-src 'none'")
})
