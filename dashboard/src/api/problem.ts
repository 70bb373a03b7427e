import * as z from 'zod';

const ProblemSchema = z.object({
  title: z.string().optional(),
  detail: z.string().optional(),
  code: z.string().optional(),
  retryable: z.boolean().optional(),
  hint: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});

interface ProblemFields {
  /** The HTTP status; 0 where no answer came. */
  status: number;
  code: string;
  hint?: string | undefined;
  retryable?: boolean | undefined;
  cause?: unknown;
}

/** What went wrong with a request, as the server tells it (RFC 9457), or that it did not answer. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly hint: string | undefined;
  readonly retryable: boolean;

  constructor(message: string, { status, code, hint, retryable = false, cause }: ProblemFields) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
    this.code = code;
    this.hint = hint;
    this.retryable = retryable;
  }
}

export const isProblem = (error: unknown, code?: string): error is Problem =>
  error instanceof Problem && (code === undefined || error.code === code);

/** The problem that an answer tells of; one that is not the server's own, say a proxy's, is told by its status. */
export async function problemOf(response: Response): Promise<Problem> {
  const body = ProblemSchema.safeParse(await response.json().catch(() => ({})));
  const { title, detail, code, retryable, hint, errors } = body.success ? body.data : {};
  const places = errors?.map((error) => `${error.pointer.replace(/^#\//, '').replaceAll('/', '.')} ${error.detail}`).join('; ');
  const message = [detail ?? title ?? `The server answered ${response.status} ${response.statusText}`, places].filter(Boolean).join(': ');
  return new Problem(message, {
    status: response.status,
    code: code ?? 'server_error',
    hint,
    retryable: retryable ?? response.status >= 500,
  });
}

export const unreachable = (cause: unknown): Problem =>
  new Problem('The server does not answer', {
    status: 0,
    code: 'server_unreachable',
    hint: 'Is `optrail serve` still running? The page goes on by itself as soon as it answers.',
    retryable: true,
    cause,
  });
