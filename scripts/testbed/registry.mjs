// @ts-check
import { spawn } from 'node:child_process';
import { createSign, randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atEnd } from './at-end.mjs';
import { endProcess, hasEnded, run, signalTo } from './processes.mjs';

/**
 * @typedef {object} TestRegistry
 * @property {string} host
 * @property {string} data where the registry keeps what it has
 * @property {TokenService | undefined} tokens
 * @property {(signal: NodeJS.Signals) => void} signal
 * @property {() => Promise<void>} kill as a crash does; the data stay
 * @property {() => Promise<void>} start after `kill`, at the same address
 * @property {() => Promise<void>} stop
 *
 * @typedef {object} TokenService
 * @property {string} realm
 * @property {Map<string, string>} passwords of accounts, which may do everything
 * @property {Set<string>} refreshTokens that are taken instead
 * @property {number} validMs of the tokens; what they say of it themselves is longer
 * @property {number} given how many
 *
 * @typedef {object} Options
 * @property {'none' | 'basic' | 'tokens'} [access] `basic`: of `tester` with the password `basic-password`
 * @property {string} [data] instead of a folder of its own
 * @property {boolean} [removes] whether anything can be removed
 */

/** What a registry says of tokens that end earlier: it may not know. */
const saidSeconds = 300;
/** `htpasswd -Bbn tester basic-password` */
const htpasswd = 'tester:$2y$05$aAtoLZwWo0jkKzZV.hmCre3m8YsW05Bl0mBrwW7Oj3cGdtH8RSg6e';
/** For how long a registry takes tokens that have ended. */
const leewayMs = 60_000;
const service = 'registry of a test';

/**
 * Starts Debian's `docker-registry` on loopback, with a token service where it has one. The caller stops it.
 * @param {string} folder for all of it
 * @param {Options} [options]
 * @returns {Promise<TestRegistry>}
 */
export async function startRegistry(folder, { access = 'tokens', data = join(folder, 'data'), removes = true } = {}) {
  await mkdir(data, { recursive: true });
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const service = access === 'tokens' ? await startTokens(folder) : undefined;
  const configFile = join(folder, 'registry.json');
  await writeFile(join(folder, 'htpasswd'), `${htpasswd}\n`);
  await writeFile(
    configFile,
    JSON.stringify(configuration(host, folder, { access, data, removes }, service?.tokens.realm)),
  );

  let pid = 0;
  const start = async () => {
    const child = spawn('docker-registry', ['serve', configFile], { stdio: 'ignore' });
    if (child.pid === undefined) throw new Error('docker-registry cannot be started');
    pid = child.pid;
    child.unref();
    process.once('exit', () => child.kill('SIGKILL'));
    for (let n = 0; !(await answers(host)); n++) {
      if (n === 400 || child.exitCode !== null) throw new Error('the registry does not answer');
      await sleep(50);
    }
  };
  const stop = atEnd(async () => {
    if (pid) await endProcess(pid, { graceMs: 0 });
    pid = 0;
    service?.close();
  });
  await start();
  return {
    host,
    data,
    tokens: service?.tokens,
    signal: (signal) => signalTo(pid, signal),
    async kill() {
      signalTo(pid, 'SIGKILL');
      await hasEnded(pid, 15_000);
    },
    start,
    stop,
  };
}

/**
 * @param {string} host
 * @param {string} folder
 * @param {Required<Options>} options
 * @param {string | undefined} realm
 */
function configuration(host, folder, { access, data, removes }, realm) {
  const rootcertbundle = join(folder, 'token.crt');
  const auth = {
    none: {},
    basic: { auth: { htpasswd: { realm: 'test', path: join(folder, 'htpasswd') } } },
    tokens: { auth: { token: { realm, service, issuer: 'test', rootcertbundle } } },
  };
  return {
    version: '0.1',
    log: { level: 'error', accesslog: { disabled: true } },
    storage: { delete: { enabled: removes }, filesystem: { rootdirectory: data } },
    http: { addr: host, secret: 'the same after a restart' },
    ...auth[access],
  };
}

/**
 * A service that gives tokens as the distribution specification has them.
 * @param {string} folder
 */
async function startTokens(folder) {
  const key = join(folder, 'token.key');
  const certificate = join(folder, 'token.crt');
  const made = [
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    key,
    '-out',
    certificate,
    '-days',
    '2',
    '-subj',
    '/CN=test',
  ];
  await run('openssl', ['req', '-x509', ...made]);
  const x5c = [new X509Certificate(readFileSync(certificate)).raw.toString('base64')];
  const privateKey = readFileSync(key);

  /** @param {object} part */
  const encoded = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
  /** @param {string} scope @param {string} sub */
  const tokenFor = (scope, sub) => {
    const access = scope
      .split(' ')
      .map((each) => /^(repository):(.+):([a-z,]+)$/.exec(each))
      .flatMap((match) => (match ? [{ type: match[1], name: match[2], actions: match[3]?.split(',') }] : []));
    const seconds = (/** @type {number} */ ms) => Math.floor((Date.now() + ms) / 1000);
    const claims = { iss: 'test', sub, aud: service, jti: randomBytes(8).toString('hex'), access };
    const times = { iat: seconds(-leewayMs), nbf: seconds(-leewayMs), exp: seconds(tokens.validMs - leewayMs) };
    const signed = `${encoded({ typ: 'JWT', alg: 'RS256', x5c })}.${encoded({ ...claims, ...times })}`;
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
  };

  /** @type {TokenService} */
  const tokens = { realm: '', passwords: new Map(), refreshTokens: new Set(), validMs: 300_000, given: 0 };
  const server = createServer(async (request, answer) => {
    let form = '';
    for await (const part of request) form += part;
    const address = request.method === 'POST' ? `?${form}` : (request.url ?? '');
    const asked = new URL(address, tokens.realm).searchParams;
    const [user = '', password = ''] = Buffer.from(
      (request.headers.authorization ?? '').replace('Basic ', ''),
      'base64',
    )
      .toString()
      .split(':');
    const known =
      request.method === 'POST'
        ? tokens.refreshTokens.has(asked.get('refresh_token') ?? '')
        : tokens.passwords.get(user) === password && user !== '';
    answer.statusCode = known && asked.get('service') === service ? 200 : 401;
    if (answer.statusCode === 401) return answer.end('{"details":"incorrect username or password"}');
    tokens.given++;
    answer.end(JSON.stringify({ token: tokenFor(asked.get('scope') ?? '', user), expires_in: saidSeconds }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  tokens.realm = `http://127.0.0.1:${port}/token`;
  return {
    tokens,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/** @param {string} host */
async function answers(host) {
  return await fetch(`http://${host}/v2/`, { signal: AbortSignal.timeout(2_000) }).then(
    () => true,
    () => false,
  );
}
