/**
 * Properties that Node's core, fastify and the databases set on an error. They are read directly, without `instanceof
 * Error`: an error may come from another realm (a vm context has its own `Error`).
 */
export interface ErrorProperties {
  readonly code?: string;
  readonly message?: string;
  readonly statusCode?: number;
}

/** The properties of a thrown value; empty if it has none of them. */
export function errorProperties(thrown: unknown): ErrorProperties {
  if (typeof thrown !== 'object' || thrown === null) return {};
  const { code, message, statusCode } = thrown as Readonly<Record<string, unknown>>;
  return {
    ...(typeof code === 'string' && { code }),
    ...(typeof message === 'string' && { message }),
    ...(typeof statusCode === 'number' && { statusCode }),
  };
}
