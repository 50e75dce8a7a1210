export { createFakeModel, type FakeModel, type FakeModelOptions } from './testing/fakeModel.js'
export { createFakeTokenizer, FAKE_MANIFEST } from './testing/fakeTokenizer.js'
