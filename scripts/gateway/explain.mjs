/** `explain METHOD PATH`: asks a running gateway what it would do with a request, without sending it. */
import { operatorsUrl } from '../lib/gateway-url.mjs';
import { readArguments } from './arguments.mjs';

export const usage = `explain METHOD PATH [-H 'NAME: VALUE']... [--client ADDRESS] [--url URL] [--json]

  METHOD PATH          such as GET '/api/product-service/products?limit=5'
  -H 'NAME: VALUE'     a header field of the request, such as credentials; may be repeated
  --client ADDRESS     address of the client, for policies that depend on it
  --url URL            the gateway, by default as GATEWAY_HOST and GATEWAY_PORT, or ADMIN_HOST and ADMIN_PORT, say:
                       http://127.0.0.1:8000. A gateway on another machine needs its REGISTRY_TOKEN
  --json               prints the response of GET /discovery/explain

exit code: 0 the request would be forwarded, or the gateway would reply as its policy says; 1 it would be refused;
           2 the command is wrong; 3 the gateway cannot be reached`;

const OPTIONS = {
  header: { type: 'string', short: 'H', multiple: true },
  client: { type: 'string' },
  url: { type: 'string' },
};

const TIMEOUT_MS = 10_000;

export const read = (args) => readArguments(args, ['method', 'path'], OPTIONS);

/** @returns the exit code */
export async function run({ method, path, header = [], client, url = operatorsUrl(process.env), json }) {
  if (!header.every((field) => field.includes(':'))) return fail(2, "-H must be 'NAME: VALUE'");
  const query = new URLSearchParams([
    ['method', method],
    ['path', path],
    ...header.map((field) => ['header', field.replace(/\s*:\s*/, ':').trim()]),
    ...(client === undefined ? [] : [['client', client]]),
  ]);
  const response = await explanationFrom(url, query);
  if (response.failure) return fail(3, `${url}: ${response.failure}`);
  const { status, body } = response;
  if (status === 400)
    return fail(2, [body.detail, ...(body.errors ?? []).map(({ detail }) => detail)].join('\n  '));
  if (status !== 200)
    return fail(3, `${url}: GET /discovery/explain responded ${status} ${body.title ?? ''}`.trim());
  console.log(json ? JSON.stringify(body, undefined, 2) : textOf(body));
  return body.problem ? 1 : 0;
}

async function explanationFrom(url, query) {
  try {
    const target = new URL(`/discovery/explain?${query}`, url);
    const token = process.env.REGISTRY_TOKEN;
    const response = await fetch(target, {
      headers: token ? { authorization: `Bearer ${token}` } : {},
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'manual',
    });
    return { status: response.status, body: await response.json() };
  } catch (error) {
    return {
      failure: `the gateway cannot be reached (${error.cause?.code ?? error.cause?.message ?? error.message})`,
    };
  }
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
  ].join('\n');
}

const routeOf = (route) =>
  route ? `${route.name ?? `all other requests to ${route.service}`} (service ${route.service})` : 'none';

function resultOf({ problem, reply, candidates, upstreamPath }) {
  if (problem) return `refused: ${problem.status} ${problem.title}: ${problem.detail}`;
  if (reply) return `the gateway replies ${reply.status}`;
  return `forwarded as ${upstreamPath} to one of ${candidates.map(({ id, url }) => `${id} (${url})`).join(', ')}`;
}

function fail(code, message) {
  console.error(message);
  return code;
}
