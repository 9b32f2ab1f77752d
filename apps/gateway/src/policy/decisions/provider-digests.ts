import { createHash } from 'node:crypto';

/** Texts that are equal for equal authentication providers. */
export interface ProviderDigests {
  /** Of the whole provider. */
  readonly whole: string;
  /** Of what verifies credentials: algorithms, keys and clock, without issuer, audiences and fields for services. */
  readonly verification: string;
}

/** Members of a provider that a recorded identity can be compared with, or that only services depend on. */
const NOT_VERIFICATION = ['issuer', 'audiences', 'claimToHeaders', 'consumerHeader', 'scopesHeader'];
const DIGEST_LENGTH = 12;

/** @param texts by name of the provider, as `PolicyFile.providerTexts` */
export const providerDigests = (texts: ReadonlyMap<string, string>): ReadonlyMap<string, ProviderDigests> =>
  new Map(
    Array.from(texts, ([name, text]) => [
      name,
      { whole: digestOf(text), verification: digestOf(verificationText(text)) },
    ]),
  );

function verificationText(text: string): string {
  const [kind, provider] = JSON.parse(text) as [string, Record<string, unknown> | null];
  const members = Object.entries(provider ?? {}).filter(([name]) => !NOT_VERIFICATION.includes(name));
  return JSON.stringify([kind, members.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

const digestOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, DIGEST_LENGTH);
