import { type FieldIntake, intakeOf } from '../../schemas/fields.js';
import { ITERATION_FIELDS } from '../../schemas/iteration.js';
import { SAMPLE_FIELDS } from '../../schemas/sample.js';

/** The form of a field's intake; the run itself looks after `own` fields. */
export type FieldKind = FieldIntake | 'own';

export const ITERATION_KINDS = kinds({ iteration: 'own', samples: 'own', ...intakeOf(ITERATION_FIELDS) });
export const SAMPLE_KINDS = kinds({ sampleIndex: 'own', ...intakeOf(SAMPLE_FIELDS) });

/** Without a prototype, so that `constructor` is not a field. */
function kinds(fields: Record<string, FieldKind>): Record<string, FieldKind> {
  return Object.assign(Object.create(null) as Record<string, FieldKind>, fields);
}
