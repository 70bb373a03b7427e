import { iterationOperations } from './functions/iterations.js';
import type { InputOf, Operation } from './functions/operation.js';
import { projectOperations } from './functions/projects.js';
import { runOperations } from './functions/runs.js';
import { sampleOperations } from './functions/samples.js';
import { trustOperations } from './functions/trust.js';
import { reportOperations, viewOperations } from './functions/views.js';
import type { TrailClient } from './port.js';

/**
 * Every function of a client: its arguments, its result, and its method, path and access over HTTP. Both clients, the checks of
 * arguments, the journal's requests, the server's routes and the OpenAPI document are made from this table.
 */
export const OPERATIONS = {
  ...runOperations,
  ...iterationOperations,
  ...sampleOperations,
  ...reportOperations,
  ...viewOperations,
  ...trustOperations,
  ...projectOperations,
} satisfies Record<keyof TrailClient, Operation>;

export type OperationName = keyof typeof OPERATIONS;
export type OperationInput<N extends OperationName> = InputOf<(typeof OPERATIONS)[N]>;
export type OperationResult<N extends OperationName> = Awaited<ReturnType<TrailClient[N]>>;

/** The row of an operation, whatever its arguments are. */
export function operationOf(name: OperationName): Operation {
  return OPERATIONS[name];
}
