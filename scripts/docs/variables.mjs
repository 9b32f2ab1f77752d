import { baseSpecs, port, serviceSpecs, text } from '#service-kit';
import { gatewaySpecs } from '../../dist/apps/gateway/src/config/gateway.config.js';
import { SERVICES } from './services.mjs';
import { headerOf, WORDS } from './words.mjs';

const portSpecs = Object.fromEntries(
  SERVICES.map(({ app, portVariable, defaultPort }) => [
    portVariable,
    port({ default: defaultPort, desc: `Port of ${app.name}; 0: a free one.` }),
  ]),
);

const GROUPS = { base: baseSpecs, gateway: gatewaySpecs, service: { ...portSpecs, ...serviceSpecs } };

/** The variables of every app (`base`), of the `gateway` or of each `service`. Their description is in English. */
export const variables = { groups: Object.keys(GROUPS), table };

function table(group, language) {
  const rows = Object.entries(GROUPS[group]).map(([name, spec]) => {
    const value = spec.default === undefined ? WORDS[language].unset : `\`${defaultOf(spec)}\``;
    return [`\`${name}\``, value, language === 'en' ? meaningOf(spec) : undefined];
  });
  return { header: headerOf(language, 'variable', 'default', 'meaning'), rows };
}

const meaningOf = (spec) => {
  const expected = expectedBy(spec);
  return expected === ANY_TEXT ? spec.desc : `${spec.desc} Value: ${expected}.`;
};

/** The text that has the default as its value. */
function defaultOf(spec) {
  const text = String(spec.default);
  // A duration is a number of milliseconds, and a number without a unit is no duration.
  return typeof spec.default === 'number' && refusalOf(spec, text) ? durationOf(spec.default) : text;
}

const HOUR_MS = 3_600_000;
const durationOf = (ms) => (ms % HOUR_MS === 0 ? `${ms / HOUR_MS}h` : `${ms}ms`);

/** What the validator of a variable expects: it says so when it refuses the empty text. */
const expectedBy = (spec) =>
  refusalOf(spec, '')
    .replace(/^must be /, '')
    .replace(/: .*/, '');

function refusalOf(spec, text) {
  try {
    spec._parse(text);
    return undefined;
  } catch (error) {
    return error.message;
  }
}

const ANY_TEXT = expectedBy(text());
