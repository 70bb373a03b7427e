import type { ApiKey } from '../../schemas/key.js';
import type { Column, View } from '../format/columns.js';
import { ABSENT, age } from '../format/figures.js';

/** Whether a key opens anything, and if not, why. */
function stateOf({ revokedAt, expiresAt }: ApiKey, now: number): 'live' | 'revoked' | 'expired' {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && Date.parse(expiresAt) <= now ? 'expired' : 'live';
}

const ago = (time: string | null, { now }: View) => age(time, now);

export const KEY_COLUMNS: readonly Column<ApiKey>[] = [
  { key: 'id', value: ({ id }) => id },
  { key: 'projectId', value: ({ projectId }) => projectId },
  { key: 'prefix', title: 'KEY', value: ({ prefix }) => prefix, paint: (text, _, { colors }) => colors.cyan(text) },
  { key: 'name', title: 'NAME', value: ({ name }) => name, least: 10 },
  { key: 'scope', title: 'SCOPE', value: ({ scope }) => scope },
  {
    key: 'state',
    title: 'STATE',
    forPeople: true,
    value: (key) => stateOf(key, Date.now()),
    paint: (text, key, { colors, now }) => (stateOf(key, now) === 'live' ? colors.green(text) : colors.dim(text)),
  },
  { key: 'createdBy', value: ({ createdBy }) => createdBy },
  {
    key: 'createdAt',
    title: 'MADE',
    align: 'right',
    value: ({ createdAt }) => createdAt,
    show: ({ createdAt }, view) => ago(createdAt, view),
  },
  {
    key: 'lastUsedAt',
    title: 'USED',
    align: 'right',
    value: ({ lastUsedAt }) => lastUsedAt,
    show: ({ lastUsedAt }, view) => ago(lastUsedAt, view),
  },
  {
    key: 'expiresAt',
    title: 'ENDS',
    align: 'right',
    value: ({ expiresAt }) => expiresAt,
    show: ({ expiresAt }) => expiresAt?.slice(0, 10) ?? ABSENT,
  },
  { key: 'revokedAt', value: ({ revokedAt }) => revokedAt },
];
