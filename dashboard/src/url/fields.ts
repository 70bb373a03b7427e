import * as z from 'zod';

/** Fields of a view's address. One that is not understood is left out, since links are typed and mangled by hand. */
export const text = z.string().min(1).optional().catch(undefined);

export const list = z
  .union([z.array(z.string()), z.string().transform((one) => [one])])
  .optional()
  .catch(undefined);

export const integer = z.coerce.number().int().min(0).optional().catch(undefined);

export const choice = <const T extends readonly [string, ...string[]]>(...values: T) => z.enum(values).optional().catch(undefined);

/** Several of the values, each a repetition of the key. */
export const choices = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z
    .union([z.array(z.enum(values)), z.enum(values).transform((one) => [one])])
    .optional()
    .catch(undefined);
