import * as z from 'zod';

// The page's policy forbids eval, with which Zod compiles its checks; it must know before the first schema is made.
z.config({ jitless: true });
