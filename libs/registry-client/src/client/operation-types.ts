/** Members of a path item by the method of the request, as openapi-typescript writes them. */
interface MemberOf {
  readonly GET: 'get';
  readonly PUT: 'put';
  readonly POST: 'post';
  readonly PATCH: 'patch';
  readonly DELETE: 'delete';
}

/** The methods that a path item has. */
export type MethodOf<Item> = {
  [M in keyof MemberOf]: Item extends Readonly<Record<MemberOf[M], { responses: unknown }>> ? M : never;
}[keyof MemberOf];

/** The operation of a path item. */
export type OperationOf<Item, M extends keyof MemberOf> =
  Item extends Readonly<Record<MemberOf[M], infer Operation>> ? Operation : never;

type Json<Content> = Content extends { 'application/json': infer Body } ? Body : never;

type AnyBody<Response> = Response extends { content: infer Content } ? Content[keyof Content] : undefined;

type PathOf<Operation> = Operation extends { parameters: { path: infer Path extends object } }
  ? { readonly path: Path }
  : unknown;

type QueryOf<Operation> = Operation extends { parameters: { query?: infer Query extends object } }
  ? { readonly query?: Query }
  : unknown;

type BodyOf<Operation> = Operation extends { requestBody: { content: infer Content } }
  ? { readonly body: Json<Content> }
  : Operation extends { requestBody?: { content: infer Content } }
    ? { readonly body?: Json<Content> }
    : unknown;

/** The parameters of the path and the query, and the body, of an operation. */
export type OperationInput<Operation> = PathOf<Operation> & QueryOf<Operation> & BodyOf<Operation>;

/** The documented responses of an operation: a union in which the status tells the type of the body. */
export type OperationResponse<Operation> = Operation extends { responses: infer Responses }
  ? {
      [Status in keyof Responses & number]: {
        readonly status: Status;
        readonly body: AnyBody<Responses[Status]>;
        readonly headers: Readonly<Record<string, string>>;
        readonly isRepeated?: boolean;
      };
    }[keyof Responses & number]
  : never;
