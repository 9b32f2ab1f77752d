/** The prefix of every problem `type` (a stable URN, RFC 9457 section 3.1.1). */
export const PROBLEM_URN = 'urn:msa-gateway:problem:';

/** One invalid member of a request. `pointer` is a JSON pointer (RFC 6901) into the body; `""` is the body itself. */
export interface ProblemDetailError {
  readonly pointer: string;
  readonly detail: string;
}

/** The body of every error response (`application/problem+json`, RFC 9457). */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The path of the request. */
  readonly instance: string;
  readonly requestId: string;
  readonly errors?: readonly ProblemDetailError[];
  readonly [extension: string]: unknown;
}

/** Details of one occurrence of a problem, beside its kind and detail text. */
export interface ProblemOptions {
  /** Invalid members of the request, for validation problems. */
  readonly errors?: readonly ProblemDetailError[];
  /** Members beside the standard ones, such as `productId`. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** Response headers, such as `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The underlying error; logged, never sent. */
  readonly cause?: unknown;
}

/** An error that carries its problem document. May be thrown anywhere; the problem filter turns it into a response. */
export class Problem extends Error {
  readonly code: string;
  readonly type: string;
  readonly status: number;
  readonly title: string;
  readonly errors: readonly ProblemDetailError[] | undefined;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(kind: ProblemKind, detail: string, options: ProblemOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Problem';
    this.code = kind.code;
    this.type = kind.type ?? PROBLEM_URN + kind.code;
    this.status = kind.status;
    this.title = kind.title;
    this.errors = options.errors;
    this.extensions = options.extensions ?? {};
    this.headers = options.headers ?? {};
  }

  /** The response body for a request at `instance` (its path). */
  toDocument(instance: string, requestId: string): ProblemDocument {
    return {
      type: this.type,
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

/** What all problems of one `type` have in common. */
export interface ProblemKind {
  /** Lower case words joined by hyphens; the last part of the URN. */
  readonly code: string;
  /** By default the URN of the code. */
  readonly type?: string;
  readonly status: number;
  readonly title: string;
}

/** Creates problems of one kind: `throw unknownUser('user 7 does not exist')`. */
export interface ProblemFactory {
  (detail: string, options?: ProblemOptions): Problem;
  readonly kind: ProblemKind;
}

/**
 * Declares a kind of problem. The errors file of a module is a list of these declarations.
 * @param type by default a URN of this system; another one if a standard defines the problem
 */
export function defineProblem(code: string, status: number, title: string, type?: string): ProblemFactory {
  const kind: ProblemKind = { code, status, title, ...(type !== undefined && { type }) };
  const create = (detail: string, options?: ProblemOptions): Problem => new Problem(kind, detail, options);
  return Object.assign(create, { kind });
}
