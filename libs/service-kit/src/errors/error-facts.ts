/**
 * What Node's core, fastify and the databases say of an error. Asked by its members, never by `instanceof Error`: an error may
 * be of another realm than who looks at it (a vm context has an `Error` of its own), and is none the less what it is.
 */
export interface ErrorFacts {
  readonly code?: string;
  readonly message?: string;
  readonly statusCode?: number;
}

/** The facts about whatever was thrown; none for what says nothing. */
export function factsOf(thrown: unknown): ErrorFacts {
  if (typeof thrown !== 'object' || thrown === null) return {};
  const { code, message, statusCode } = thrown as Readonly<Record<string, unknown>>;
  return {
    ...(typeof code === 'string' && { code }),
    ...(typeof message === 'string' && { message }),
    ...(typeof statusCode === 'number' && { statusCode }),
  };
}
