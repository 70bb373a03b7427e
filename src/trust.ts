export type { TrustWord } from './schemas/trust.js';
export type { Assessment } from './trust/assess.js';
export { assess, TRUST_METHOD } from './trust/assess.js';
export type { AssessInput } from './trust/input.js';
