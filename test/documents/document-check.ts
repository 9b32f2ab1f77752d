import validator from 'openapi-response-validator';

// The package is CommonJS, whose default export is a member of the module.
const { default: ResponseValidator } = validator;

type Examples = Readonly<Record<string, { readonly value: unknown }>>;

interface Content {
  readonly example?: unknown;
  readonly examples?: Examples;
}

interface DocumentedResponse {
  readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>;
  readonly content?: Readonly<Record<string, Content>>;
}

export interface DocumentedOperation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, DocumentedResponse>>;
}

/** An OpenAPI document of version 3.0, as far as it is used here. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: object;
}

const PROBLEM = 'application/problem+json';
const URN = 'urn:msa-gateway:problem:';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const FORMATS = {
  uuid: (text: string) => UUID.test(text),
  'date-time': (text: string) => !Number.isNaN(Date.parse(text)) && text.includes('T'),
  uri: (text: string) => URL.canParse(text),
};

/**
 * Compares responses of a service with its OpenAPI document, by openapi-response-validator, and remembers which of the
 * documented ones it has seen.
 */
export class DocumentCheck {
  /** Every operation by its name, such as `GET /users/{id}`. */
  readonly operations: ReadonlyMap<string, DocumentedOperation>;
  private readonly seen = new Set<string>();
  private readonly validators = new Map<string, InstanceType<typeof ResponseValidator>>();

  constructor(private readonly document: OpenApiDocument) {
    this.operations = new Map(
      Object.entries(document.paths).flatMap(([path, item]) =>
        Object.entries(item).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation]),
      ),
    );
  }

  /** The documented responses that {@link accept} has not seen: name of the operation, status and code of the problem. */
  get unseen(): readonly string[] {
    const declared = [...this.operations].flatMap(([name, { responses }]) =>
      Object.entries(responses).flatMap(([status, response]) =>
        codesOf(response).map((code) => keyOf(name, status, code)),
      ),
    );
    return declared.filter((each) => !this.seen.has(each));
  }

  /** @throws when the document does not describe the response */
  async accept(name: string, response: Response): Promise<unknown> {
    const { status, headers } = response;
    const text = await response.text();
    const type = headers.get('content-type')?.split(';', 1)[0] ?? '';
    const body: unknown = type.endsWith('json') && text !== '' ? JSON.parse(text) : text || undefined;
    const code = type === PROBLEM ? (body as { type: string }).type.replace(URN, '') : '';
    const key = keyOf(name, status, code);
    const documented = this.operations.get(name)?.responses[status];
    if (!documented || !codesOf(documented).includes(code)) throw new Error(`not documented: ${key}`);
    this.checkForm(key, documented, { type, headers });
    this.checkBody(name, status, body, key);
    this.seen.add(key);
    return body;
  }

  /** Compares the examples of responses with their schemas. @returns how many there are */
  checkExamples(): number {
    let count = 0;
    for (const [name, { responses }] of this.operations)
      for (const [status, { content = {} }] of Object.entries(responses))
        for (const { example, examples = {} } of Object.values(content))
          for (const value of [example, ...Object.values(examples).map((each) => each.value)]) {
            if (value === undefined) continue;
            this.checkBody(name, Number(status), value, `example of ${name} ${status}`);
            count += 1;
          }
    return count;
  }

  private checkForm(
    key: string,
    { content = {}, headers: documented = {} }: DocumentedResponse,
    { type, headers }: { readonly type: string; readonly headers: Headers },
  ): void {
    const types = Object.keys(content);
    if (types.length > 0 ? !types.includes(type) : type !== '') throw new Error(`media type ${type}: ${key}`);
    for (const [name, { required }] of Object.entries(documented))
      if (required === true && !headers.has(name)) throw new Error(`no ${name}: ${key}`);
  }

  private checkBody(name: string, status: number, body: unknown, what: string): void {
    const validate = this.validators.get(name) ?? this.validatorOf(name);
    this.validators.set(name, validate);
    const found = validate.validateResponse(String(status), body) as { errors: unknown } | undefined;
    if (found) throw new Error(`${what}: ${JSON.stringify(found.errors)}`);
  }

  private validatorOf(name: string): InstanceType<typeof ResponseValidator> {
    const { responses } = this.operations.get(name)!;
    const { components } = this.document;
    const parts = { responses, components, customFormats: FORMATS };
    return new ResponseValidator(parts as never);
  }
}

const keyOf = (name: string, status: number | string, code: string): string =>
  `${name} ${status} ${code}`.trim();

/** The codes of the problems of a response; `['']` for one that is no problem. */
const codesOf = ({ content = {} }: DocumentedResponse): readonly string[] =>
  content[PROBLEM] ? Object.keys(content[PROBLEM].examples ?? {}) : [''];
