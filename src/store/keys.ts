import type { Row } from '../database/port.js';
import type { ApiKeysRow } from '../database/rows.generated.js';
import { isOptrailError, OptrailError } from '../errors.js';
import type { ApiKey, ApiKeyScope, CreateApiKey } from '../schemas/key.js';
import { camelized } from './case.js';
import { asOwner, whyNotOwner } from './projects.js';
import { type Scope, theRow } from './scope.js';

type KeyRow = Omit<ApiKeysRow, 'secret_hash'>;

const SELECTION = 'k.id, k.project_id, k.name, k.scope, k.prefix, k.created_by, k.created_at, k.expires_at, k.last_used_at, k.revoked_at';

/** A secret as the database knows it: by its beginning, which may be shown, and by its SHA-256, which is shown to nobody. */
export interface StoredSecret {
  prefix: string;
  hash: Uint8Array;
}

export async function createKey(
  scope: Scope,
  projectId: string,
  { name, scope: may, expiresAt }: CreateApiKey,
  { prefix, hash }: StoredSecret,
): Promise<ApiKey> {
  try {
    const rows = await asOwner(scope, projectId, () =>
      scope.query<KeyRow & Row>({
        text: `insert into optrail.api_keys as k (project_id, name, scope, prefix, secret_hash, expires_at)
          values ($1, $2, $3, $4, $5, $6) returning ${SELECTION}`,
        values: [projectId, name, may, prefix, hash, expiresAt ?? null],
      }),
    );
    return camelized<KeyRow>(theRow(rows, 'the insertion of a key'));
  } catch (error) {
    if (!isOptrailError(error) || error.constraint !== 'api_keys_expires_later') throw error;
    throw new OptrailError('invalid_input', `expiresAt: ${expiresAt} lies in the past`, {
      path: 'expiresAt',
      hint: 'Leave it out for a key without an end.',
      cause: error,
    });
  }
}

/** The newest first, revoked ones too. */
export async function listKeys(scope: Scope, projectId: string): Promise<ApiKey[]> {
  const rows = await scope.query<KeyRow & Row>({
    text: `select ${SELECTION} from optrail.api_keys as k where k.project_id = $1 order by k.created_at desc, k.id desc`,
    values: [projectId],
  });
  if (rows.length === 0) await assertOwner(scope, projectId);
  return rows.map((row) => camelized<KeyRow>(row));
}

/** To somebody who may not see keys a project has none; who sees the project is told which of the two it is. */
async function assertOwner(scope: Scope, projectId: string): Promise<void> {
  const [seen] = await scope.query<{ may: boolean }>({
    text: `select optrail.is_trusted() or p.id = any (array(select optrail.accessible_projects('owner'))) as may
      from public.optimization_projects as p where p.id = $1`,
    values: [projectId],
  });
  if (seen?.may === false) throw await whyNotOwner(scope, projectId);
}

/** The key as it ended, now or before. */
export async function revokeKey(scope: Scope, projectId: string, keyId: string): Promise<ApiKey> {
  const [row] = await scope.query<KeyRow & Row>({
    text: `update optrail.api_keys as k set revoked_at = now() where k.project_id = $1 and k.id = $2 returning ${SELECTION}`,
    values: [projectId, keyId],
  });
  if (row !== undefined) return camelized<KeyRow>(row);
  await assertOwner(scope, projectId);
  throw new OptrailError('not_found', `There is no key ${keyId} in the project ${projectId}, or none that you may see.`, { path: 'keyId' });
}

type FoundKey = Pick<ApiKeysRow, 'id' | 'project_id' | 'scope'>;

/** The valid key whose secret has this hash, or null. For trusted callers; stores the time of use to the minute, but on a standby. */
export async function findKey(scope: Scope, hash: Uint8Array): Promise<{ id: string; projectId: string; scope: ApiKeyScope } | null> {
  const find = { text: 'select f.id, f.project_id, f.scope from optrail.find_api_key($1) as f', values: [hash] };
  const [row] = await scope.query<FoundKey>(find).catch((error: unknown) => {
    if (!isOptrailError(error) || error.code !== 'read_only_database') throw error;
    return scope.query<FoundKey>({
      text: `select k.id, k.project_id, k.scope from optrail.api_keys as k
        where k.secret_hash = $1 and optrail.is_active_key(k.revoked_at, k.expires_at)`,
      values: [hash],
    });
  });
  return row === undefined ? null : camelized(row);
}

/** Whether any key opens anything. For trusted callers. */
export async function hasKeys(scope: Scope): Promise<boolean> {
  const rows = await scope.query<{ any: boolean }>({
    text: `select exists (select from optrail.api_keys as k
      where k.revoked_at is null and (k.expires_at is null or k.expires_at > now())) as any`,
  });
  return theRow(rows, 'the question for keys').any;
}
