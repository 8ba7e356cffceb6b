// @ts-check
import http from 'node:http';
import https from 'node:https';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Call
 * @property {unknown} [json] sent as JSON
 * @property {import('node:stream').Readable | Buffer} [body] sent as a tar archive
 * @property {number[]} [accept] status codes that are no error, besides 2xx and 304
 * @property {number} [timeoutMs] of silence
 */

/**
 * One request to an engine's HTTP API. The set-up runs before `npm ci`, so it cannot use dockerode.
 * @param {string} host as in DOCKER_HOST: unix://, npipe:// or tcp://
 * @param {string} method
 * @param {string} path
 * @param {Call} [call]
 * @returns {Promise<http.IncomingMessage>}
 */
export function send(host, method, path, call = {}) {
  return new Promise((resolve, reject) => {
    const body = call.json === undefined ? call.body : Buffer.from(JSON.stringify(call.json));
    const type = call.json === undefined ? 'application/x-tar' : 'application/json';
    const { transport, ...address } = addressOf(host);
    const request = transport.request({
      ...address,
      method,
      path,
      agent: false,
      headers: body ? { 'Content-Type': type, ...(Buffer.isBuffer(body) && { 'Content-Length': body.length }) } : {},
    });
    request.on('error', reject);
    request.setTimeout(call.timeoutMs ?? 0, () => request.destroy(new Error(`no answer from ${host}`)));
    request.on('response', (response) => {
      const status = response.statusCode ?? 0;
      if ((status >= 200 && status < 300) || status === 304 || call.accept?.includes(status)) {
        resolve(response);
      } else {
        text(response).then((words) => reject(new Error(`${method} ${path}: ${status} ${words.trim()}`)), reject);
      }
    });
    if (body && !Buffer.isBuffer(body)) {
      body.on('error', (error) => request.destroy(error));
      body.pipe(request);
    } else {
      request.end(body);
    }
  });
}

/**
 * Sends a request and reads the whole answer. Progress streams report a failure inside a 200: it becomes an error here.
 * @param {string} host
 * @param {string} method
 * @param {string} path
 * @param {Call} [call]
 * @returns {Promise<any>} the JSON value; of a stream of JSON lines the last one
 */
export async function ask(host, method, path, call) {
  const words = (await text(await send(host, method, path, call))).trim();
  let value;
  for (const line of words.split('\n').filter(Boolean)) {
    try {
      value = JSON.parse(line);
    } catch {
      return words;
    }
    if (value?.error) {
      throw new Error(`${method} ${path}: ${value.error}`);
    }
  }
  return value;
}

/**
 * @param {string} host
 * @param {number} [timeoutMs]
 */
export async function answers(host, timeoutMs = 3_000) {
  try {
    return (await text(await send(host, 'GET', '/_ping', { timeoutMs }))) === 'OK';
  } catch {
    return false;
  }
}

/** @param {http.IncomingMessage} stream */
async function text(stream) {
  const chunks = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** @param {string} host */
function addressOf(host) {
  const socket = /^(?:unix|npipe):\/\/(.+)$/.exec(host);
  if (socket) {
    return { transport: http, socketPath: socket[1] };
  }
  const { protocol, hostname, port } = new URL(host);
  if (protocol !== 'tcp:' && protocol !== 'http:' && protocol !== 'https:') {
    throw new Error(`The test bed cannot speak ${protocol}// to an engine`);
  }
  const folder = process.env.DOCKER_CERT_PATH;
  if (protocol === 'https:' || (process.env.DOCKER_TLS_VERIFY && folder)) {
    const pem = (/** @type {string} */ name) => (folder ? readFileSync(join(folder, name)) : undefined);
    return {
      transport: https,
      hostname,
      port: port || 2376,
      ca: pem('ca.pem'),
      cert: pem('cert.pem'),
      key: pem('key.pem'),
    };
  }
  return { transport: http, hostname, port: port || 2375 };
}
