import { variantOf, type HeaderOf } from './rules/vary.js';
import { sizeOf, type StoredResponse } from './stored-response.js';

/** More variants than usual negotiation makes; the oldest are dropped. */
const MAX_VARIANTS = 32;

/** The stored responses of one key, which requests select by the fields that `Vary` names. Never changed. */
export class Variants {
  readonly bytes: number;

  /** @param responses the newest first */
  private constructor(private readonly responses: readonly StoredResponse[]) {
    this.bytes = responses.reduce((sum, each) => sum + sizeOf(each), 0);
  }

  /** `undefined`: there are none. */
  private static of(responses: readonly StoredResponse[]): Variants | undefined {
    return responses.length > 0 ? new Variants(responses) : undefined;
  }

  /** The newest response that matches a request (RFC 9111, section 4.1). */
  select(headerOf: HeaderOf): StoredResponse | undefined {
    return this.responses.find(
      ({ vary, variant }) => vary.length === 0 || variantOf(vary, headerOf) === variant,
    );
  }

  /** These variants and `response`, which replaces its predecessor. */
  static adding(response: StoredResponse, before: Variants | undefined): Variants {
    const others = (before?.responses ?? []).filter((each) => !isSameVariant(each, response));
    return new Variants([response, ...others].slice(0, MAX_VARIANTS));
  }

  /** These variants without `response`; `undefined` if none is left. */
  without(response: StoredResponse): Variants | undefined {
    return Variants.of(this.responses.filter((each) => each !== response));
  }

  get count(): number {
    return this.responses.length;
  }

  /** Service and path are the same in all of them. */
  get first(): StoredResponse {
    return this.responses[0] as StoredResponse;
  }

  get tags(): readonly string[] {
    const [first, ...others] = this.responses;
    return others.length === 0 && first
      ? first.tags
      : [...new Set(this.responses.flatMap(({ tags }) => tags))];
  }
}

const isSameVariant = (a: StoredResponse, b: StoredResponse): boolean =>
  a.variant === b.variant && a.vary.join() === b.vary.join();
