import * as z from 'zod';
import { NameSchema, TimeSchema } from './primitives.js';

/** Rights of a key in its project: read; record; manage members and keys. They are the roles viewer, editor and owner. */
export const ApiKeyScopeSchema = z.enum(['read', 'write', 'admin']);
export type ApiKeyScope = z.infer<typeof ApiKeyScopeSchema>;

export const CreateApiKeySchema = z.strictObject({
  /** For people: the user or program of the key. */
  name: NameSchema,
  scope: ApiKeyScopeSchema.default('write'),
  /** The key is invalid from then on; null, the default, is never. */
  expiresAt: TimeSchema.nullish(),
});
export type CreateApiKeyInput = z.input<typeof CreateApiKeySchema>;
export type CreateApiKey = z.output<typeof CreateApiKeySchema>;

/** A key of a project. The secret itself is not stored. */
export const ApiKeySchema = z.object({
  id: z.string(),
  projectId: z.string(),
  name: z.string(),
  scope: ApiKeyScopeSchema,
  /** The first characters of the secret, to tell keys apart by. */
  prefix: z.string(),
  createdBy: z.string().nullable(),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  /** To the minute. */
  lastUsedAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
});
export type ApiKey = z.infer<typeof ApiKeySchema>;

/** A key that was just made, with its secret, which is shown this once. */
export const CreatedApiKeySchema = ApiKeySchema.extend({ secret: z.string() });
export type CreatedApiKey = z.infer<typeof CreatedApiKeySchema>;
