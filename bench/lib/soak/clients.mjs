import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';

const KB = 1024;
const agent = new Agent({ keepAlive: true });

const expect = (what, actual, expected) => {
  if (actual !== expected) throw new Error(`${what}: ${actual} instead of ${expected}`);
};

function exchange(url, { method = 'GET', body, read = readAll } = {}) {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, agent }, (response) => {
      read(response).then((text) => resolve({ status: response.statusCode, text }), reject);
    });
    outgoing.on('error', reject).end(body);
  });
}

async function readAll(response) {
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
}

async function readSlowly(response) {
  let text = '';
  for await (const chunk of response) {
    text += chunk.toString('latin1');
    await sleep(10);
  }
  return text;
}

async function get(base) {
  const size = Math.random() < 0.5 ? 207 : 10 * KB;
  const { status, text } = await exchange(`${base}/${size}`);
  expect('status of a GET', status, 200);
  expect('length of a GET', text.length, size);
}

const upload = Buffer.alloc(64 * KB, 'u');

async function post(base) {
  const { status, text } = await exchange(`${base}/count`, { method: 'POST', body: upload });
  expect('status of a POST', status, 200);
  expect('bytes of a POST that arrived', text, String(upload.length));
}

async function readSlow(base) {
  const { status, text } = await exchange(`${base}/${KB * KB}`, { read: readSlowly });
  expect('status for a slow reader', status, 200);
  expect('length for a slow reader', text.length, KB * KB);
}

async function requestUnknownService(base) {
  const { status } = await exchange(base.replace('/bench', '/unknown'));
  expect('status of an unknown service', status, 404);
}

/** Disconnects as soon as the response begins. */
function disconnectEarly(base) {
  return new Promise((resolve) => {
    const outgoing = request(`${base}/${KB * KB}`, { agent: false });
    outgoing.on('response', (response) => response.once('data', () => outgoing.destroy()));
    outgoing.on('close', resolve).on('error', resolve).end();
  });
}

/** Disconnects in the middle of its own body. */
function disconnectDuringUpload(base) {
  return new Promise((resolve) => {
    const headers = { 'content-length': 2 * upload.length };
    const outgoing = request(`${base}/count`, { method: 'POST', agent: false, headers });
    outgoing.on('close', resolve).on('error', resolve);
    outgoing.write(upload, () => outgoing.destroy());
  });
}

const socketUrl = (base) => `${base.replace('http:', 'ws:')}/echo`;

function exchangeMessages(socket, messages) {
  return new Promise((resolve, reject) => {
    let left = messages;
    const next = () => socket.send(Buffer.alloc(left * KB, 'm'));
    socket
      .on('open', next)
      .on('error', reject)
      .on('close', () => reject(new Error('a WebSocket closed early')));
    socket.on('message', (message) => {
      if (message.length !== left * KB) return reject(new Error('a WebSocket echoed something else'));
      left -= 1;
      if (left === 0) resolve();
      else next();
    });
  });
}

async function useWebSocket(base) {
  const socket = new WebSocket(socketUrl(base), { perMessageDeflate: false });
  await exchangeMessages(socket, 20);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.close();
  await closed;
}

async function terminateWebSocket(base) {
  const socket = new WebSocket(socketUrl(base), { perMessageDeflate: false });
  await exchangeMessages(socket, 3);
  socket.terminate();
}

/** Kinds of clients: how many at once, and the pause between two turns of each. */
export const clients = [
  { name: 'GET', turn: get, count: 16, restMs: 5 },
  { name: 'POST', turn: post, count: 8, restMs: 10 },
  { name: 'slow reader', turn: readSlow, count: 4, restMs: 50 },
  { name: 'unknown service', turn: requestUnknownService, count: 1, restMs: 50 },
  { name: 'disconnects early', turn: disconnectEarly, count: 4, restMs: 20 },
  { name: 'disconnects during an upload', turn: disconnectDuringUpload, count: 4, restMs: 20 },
  { name: 'WebSocket', turn: useWebSocket, count: 4, restMs: 20 },
  { name: 'WebSocket terminates', turn: terminateWebSocket, count: 2, restMs: 50 },
];

/** Closes the idle connections of clients. */
export const closeClients = () => agent.destroy();
