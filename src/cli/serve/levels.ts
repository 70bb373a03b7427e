/** How much of what a server does is logged: all requests, or those that went wrong. */
export const LEVELS = ['info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LEVELS)[number];
