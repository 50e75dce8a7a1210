import { z } from 'zod'

/** The tensors of the Open Inference Protocol that the model has. */
export const INPUT_NAME = 'conversation'
export const OUTPUT_NAME = 'probabilities'

const parameters = z.record(z.string(), z.unknown()).optional()
const shape = z.array(z.int())

export const serverMetadataSchema = z
  .object({ name: z.string(), version: z.string(), extensions: z.array(z.string()) })
  .meta({ id: 'InferenceServer' })

const tensorMetadata = z.object({ name: z.string(), datatype: z.string(), shape })

export const modelMetadataSchema = z
  .object({
    name: z.string(),
    versions: z.array(z.string()),
    platform: z.string(),
    inputs: z.array(tensorMetadata),
    outputs: z.array(tensorMetadata),
  })
  .meta({ id: 'InferenceModel' })

export const inferRequestSchema = z
  .object({
    id: z.string().optional(),
    parameters,
    inputs: z
      .array(
        z.object({
          name: z.literal(INPUT_NAME),
          shape,
          datatype: z.literal('BYTES'),
          parameters,
          data: z
            .array(z.union([z.string(), z.array(z.string())]))
            .describe('Each a conversation as JSON: an array of messages, or an object as for /v1/predict.'),
        }),
      )
      .length(1),
    outputs: z.array(z.object({ name: z.literal(OUTPUT_NAME), parameters })).optional(),
  })
  .meta({ id: 'InferRequest' })

export type InferRequest = z.output<typeof inferRequestSchema>

export const inferResponseSchema = z
  .object({
    id: z.string().optional(),
    model_name: z.string(),
    model_version: z.string(),
    outputs: z.array(
      z.object({
        name: z.literal(OUTPUT_NAME),
        shape,
        datatype: z.literal('FP32'),
        parameters,
        data: z
          .array(z.number())
          .optional()
          .describe(
            'Four for each conversation: start_speaking, continue_listening, start_listening, continue_speaking.',
          ),
      }),
    ),
  })
  .meta({ id: 'InferResponse' })

export type InferResponse = z.output<typeof inferResponseSchema>

/** How the protocol says what went wrong. */
export const inferErrorSchema = z.object({ error: z.string() }).meta({ id: 'InferError' })

export const modelParamsSchema = z.object({ name: z.string() })
export const versionParamsSchema = modelParamsSchema.extend({ version: z.string() })
