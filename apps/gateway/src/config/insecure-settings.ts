/** Settings that can be insecure. */
interface Settings {
  readonly registryToken: string | undefined;
  readonly trustedProxies: readonly string[];
}

/** Shorter tokens can be guessed by brute force. */
const TOKEN_CHARACTERS = 16;

type Rule = readonly [isInsecure: (settings: Settings) => boolean, problem: string];

const RULES: readonly Rule[] = [
  [
    ({ registryToken }) => (registryToken?.length ?? 0) < TOKEN_CHARACTERS,
    `REGISTRY_TOKEN must be a secret of at least ${TOKEN_CHARACTERS} characters in production`,
  ],
  [
    // A trusted proxy can forge the client address of a request.
    ({ trustedProxies }) => trustedProxies.some((range) => range.endsWith('/0')),
    'TRUSTED_PROXIES must not cover every address in production',
  ],
];

/** Settings that are too weak for production, as sentences that start with the name of the variable. */
export const insecureSettings = (settings: Settings): readonly string[] =>
  RULES.filter(([isInsecure]) => isInsecure(settings)).map(([, problem]) => problem);
