/** The prefix of every problem `type` that this system answers with (a stable URN, RFC 9457 section 3.1.1). */
export const PROBLEM_URN = 'urn:msa-gateway:problem:';

/** One bad member of a request: `pointer` is a JSON pointer (RFC 6901) into the body, `""` the body itself. */
export interface ProblemDetailError {
  readonly pointer: string;
  readonly detail: string;
}

/** The body of every error answer (`application/problem+json`, RFC 9457). */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The request path that met the problem. */
  readonly instance: string;
  readonly requestId: string;
  readonly errors?: readonly ProblemDetailError[];
  readonly [extension: string]: unknown;
}

/** What an error of a module adds to its kind. */
export interface ProblemOptions {
  /** Bad members of the request, for validation problems. */
  readonly errors?: readonly ProblemDetailError[];
  /** Members beside the standard ones, such as `productId`. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** Answer headers, such as `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What went wrong underneath; logged, never sent. */
  readonly cause?: unknown;
}

/** An error that knows how it is told to a client. Thrown anywhere, answered by the problem filter. */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly errors: readonly ProblemDetailError[] | undefined;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(kind: ProblemKind, detail: string, options: ProblemOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Problem';
    this.code = kind.code;
    this.status = kind.status;
    this.title = kind.title;
    this.errors = options.errors;
    this.extensions = options.extensions ?? {};
    this.headers = options.headers ?? {};
  }

  /** The body to send for a request at `instance` (its path). */
  toDocument(instance: string, requestId: string): ProblemDocument {
    return {
      type: PROBLEM_URN + this.code,
      title: this.title,
      status: this.status,
      detail: this.message,
      instance,
      requestId,
      ...(this.errors && { errors: this.errors }),
      ...this.extensions,
    };
  }
}

/** What all problems of one `type` share. */
export interface ProblemKind {
  /** The last part of the URN: lower case words joined by hyphens. */
  readonly code: string;
  readonly status: number;
  readonly title: string;
}

/** Makes problems of one kind: `throw unknownUser('there is no user 7')`. */
export type ProblemFactory = (detail: string, options?: ProblemOptions) => Problem;

/** Declares a kind of problem; the errors file of a module is a list of these. */
export function defineProblem(code: string, status: number, title: string): ProblemFactory {
  const kind: ProblemKind = { code, status, title };
  return (detail, options) => new Problem(kind, detail, options);
}
