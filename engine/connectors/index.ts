export { createSampleProvider, sampleReply, SAMPLE_LABEL, SAMPLE_MODEL } from './sample/index.ts'
export { createNoticeCourier } from './notice-courier.ts'
export { createOpenIdClient } from './open-id.ts'
export {
  createOllamaProvider,
  DEFAULT_OLLAMA_URL,
  type OllamaOptions,
  type OllamaProvider,
} from './ollama.ts'
export { createConnector } from './connections/connector.ts'
