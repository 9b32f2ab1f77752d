/** `explain METHOD PATH`: shows what a running gateway would do with a request, without sending it. */
import { GATEWAY, gatewayOf, TOKEN } from './client/gateway-client.mjs';
import { EXIT, usageError } from './command-error.mjs';
import { stripControl } from './terminal/text.mjs';

export const command = {
  summary: 'shows what a running gateway would do with a request, without sending it',
  positionals: {
    method: { value: 'METHOD', help: 'such as GET' },
    path: { value: 'PATH', help: "such as '/api/product-service/products?limit=5'" },
  },
  options: {
    header: {
      type: 'string',
      short: 'H',
      multiple: true,
      value: "'NAME: VALUE'",
      help: 'a header field of the request, such as credentials; may be repeated',
    },
    client: {
      type: 'string',
      value: 'ADDRESS',
      help: 'address of the client, for policies that depend on it',
    },
    ...GATEWAY,
    url: { type: 'string', replacedBy: 'gateway' },
    ...TOKEN,
    json: { type: 'boolean', help: 'prints the response of GET /discovery/explain' },
  },
  exitCodes: {
    0: 'the request would be forwarded, or the gateway would reply as its policy says',
    1: 'it would be refused',
    3: 'the gateway cannot be reached',
  },
  verify: ({ header = [] }) => {
    if (!header.every((field) => field.includes(':'))) throw usageError("-H must be 'NAME: VALUE'");
  },
  run,
};

/** @returns the exit code */
async function run({ method, path, header = [], client, json, ...options }) {
  const query = new URLSearchParams([
    ['method', method],
    ['path', path],
    ...header.map((field) => ['header', field.replace(/\s*:\s*/, ':').trim()]),
    ...(client === undefined ? [] : [['client', client]]),
  ]);
  const gateway = gatewayOf(options, EXIT.unreachable);
  const explanation = await gateway.json('GET', `/discovery/explain?${query}`);
  console.log(json ? JSON.stringify(explanation, undefined, 2) : textOf(explanation));
  return explanation.problem ? EXIT.failed : EXIT.ok;
}

function textOf({ method, path, route, upstreamPath, decisions, candidates, problem, reply }) {
  const width = Math.max(0, ...decisions.map(({ stage }) => stage.length));
  return [
    `${method} ${path}`,
    `route:  ${routeOf(route)}`,
    ...decisions.map(
      ({ stage, decision, detail }) => `  ${stage.padEnd(width)}  ${decision.padEnd(8)}  ${detail}`,
    ),
    `result: ${resultOf({ problem, reply, candidates, upstreamPath })}`,
  ]
    .map(stripControl)
    .join('\n');
}

const routeOf = (route) =>
  route ? `${route.name ?? `all other requests to ${route.service}`} (service ${route.service})` : 'none';

function resultOf({ problem, reply, candidates, upstreamPath }) {
  if (problem) return `refused: ${problem.status} ${problem.title}: ${problem.detail}`;
  if (reply) return `the gateway replies ${reply.status}`;
  return `forwarded as ${upstreamPath} to one of ${candidates.map(({ id, url }) => `${id} (${url})`).join(', ')}`;
}
