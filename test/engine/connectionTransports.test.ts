import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import * as tls from 'node:tls';
import { promisify } from 'node:util';
import { isFailure } from '../../src/core/failure';
import { connectEngine, type DockerEngine } from '../../src/engine';
import { parseEndpoint } from '../../src/engine/connection/endpoint';
import { openTransport } from '../../src/engine/helper/openHelper';
import { never, TestEngine } from '../fixtures/engine';
import { standInAgent } from '../fixtures/standInAgent';
import { machine } from '../fixtures/surroundings';

/** The engine under test, reached over other roads than its socket. */
describe('an engine behind', function () {
  let folder: string;
  let test: TestEngine;
  let agent: Awaited<ReturnType<typeof standInAgent>>;
  const servers: net.Server[] = [];

  before(async () => {
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'vfd-'));
    agent = await standInAgent();
    test = await TestEngine.connect({ agent });
  });
  after(async () => {
    for (const server of servers) server.close();
    await test[Symbol.asyncDispose]();
    await agent[Symbol.asyncDispose]();
    await fs.rm(folder, { recursive: true });
  });

  function connect(env: Record<string, string>): Promise<DockerEngine> {
    const surroundings = {
      ...machine({ env }),
      readFile: (file: string) => fs.readFile(file, 'utf8').catch(() => undefined),
    };
    const owner = { host: 'here', pid: 1 };
    const namespace = test.prefix;
    return connectEngine(
      { engine: '', agent, owner, namespace, surroundings, log: (line) => test.log.push(line) },
      never,
    );
  }

  const toEngine = () => {
    const { endpoint } = test.engine;
    return endpoint.kind === 'socket' ? net.connect(endpoint.path) : assert.fail('the engine under test has no socket');
  };
  const bridge = (socket: net.Socket) => {
    const engine = toEngine();
    for (const end of [socket, engine])
      end.on('error', () => {}).on('close', () => (socket.destroy(), engine.destroy()));
    socket.pipe(engine).pipe(socket);
  };
  async function listen(server: net.Server): Promise<number> {
    servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return (server.address() as net.AddressInfo).port;
  }

  /** Lists, and speaks with a helper in both directions. */
  async function works(engine: DockerEngine): Promise<void> {
    const volume = await test.createVolume();
    assert.ok((await engine.listVolumes(never)).some(({ name }) => name === volume.name));
    const transport = await openTransport(engine.connection, { operation: 'size', store: false }, never, [
      'head',
      '-c',
      '6',
    ]);
    await transport.write(Buffer.from('hello\n'));
    const output: Uint8Array[] = [];
    for await (const chunk of transport.output) output.push(chunk);
    assert.equal(Buffer.concat(output).toString(), 'hello\n');
    await transport.dispose();
    engine.dispose();
  }

  it('tcp works', async () => {
    const port = await listen(net.createServer(bridge));
    await works(await connect({ DOCKER_HOST: `tcp://127.0.0.1:${port}` }));
  });

  describe('TLS', () => {
    let port: number;
    before(async function () {
      const openssl = (...args: string[]) => promisify(execFile)('openssl', args, { cwd: folder });
      if (!(await openssl('version').catch(() => undefined))) return this.skip();
      const days = ['-days', '2', '-nodes', '-newkey', 'rsa:2048'];
      await openssl('req', '-x509', ...days, '-subj', '/CN=ca', '-keyout', 'ca-key.pem', '-out', 'ca.pem');
      for (const name of ['server', 'client']) {
        const files = ['-keyout', `${name}-key.pem`, '-out', `${name}-cert.pem`];
        const signed = ['-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-addext', 'subjectAltName=IP:127.0.0.1'];
        await openssl('req', '-x509', ...days, '-subj', `/CN=${name}`, ...signed, ...files);
      }
      await fs.copyFile(path.join(folder, 'client-cert.pem'), path.join(folder, 'cert.pem'));
      await fs.copyFile(path.join(folder, 'client-key.pem'), path.join(folder, 'key.pem'));
      const [ca, cert, key] = await Promise.all(
        ['ca.pem', 'server-cert.pem', 'server-key.pem'].map((name) => fs.readFile(path.join(folder, name))),
      );
      const server = tls.createServer({ ca, cert, key, requestCert: true, rejectUnauthorized: true }, bridge);
      server.on('tlsClientError', () => {});
      port = await listen(server);
    });

    it('works with the certificates of DOCKER_CERT_PATH', async () => {
      const env = { DOCKER_HOST: `tcp://127.0.0.1:${port}`, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder };
      await works(await connect(env));
    });

    it('is refused when its certificate is not known', async () => {
      const empty = await fs.mkdtemp(path.join(folder, 'empty-'));
      const env = { DOCKER_HOST: `tcp://127.0.0.1:${port}`, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: empty };
      await assert.rejects(connect(env), (error) => isFailure(error, 'engineError'));
    });

    it('is not found by plain requests', async () => {
      const env = { DOCKER_HOST: `tcp://127.0.0.1:${port}` };
      await assert.rejects(connect(env), (error) => isFailure(error));
    });
  });

  describe('ssh', () => {
    const path0 = process.env['PATH'];
    afterEach(() => (process.env['PATH'] = path0));

    /** A program of the name `ssh` in front of the others. */
    async function asSsh(script: string): Promise<void> {
      const bin = await fs.mkdtemp(path.join(folder, 'bin-'));
      await fs.writeFile(path.join(bin, 'ssh'), `#!${process.execPath}\n${script}`, { mode: 0o755 });
      process.env['PATH'] = `${bin}:${path0}`;
    }

    it('works through the system’s own ssh', async function () {
      const { endpoint } = test.engine;
      if (endpoint.kind !== 'socket') return this.skip();
      await asSsh(`
        if (!process.argv.slice(2).join(' ').endsWith('-l ann -- far docker system dial-stdio')) process.exit(64);
        const engine = require('node:net').connect(${JSON.stringify(endpoint.path)});
        process.stdin.pipe(engine).pipe(process.stdout);
        engine.on('close', () => process.exit(0));
      `);
      assert.deepEqual(parseEndpoint('ssh://ann@far'), { kind: 'ssh', host: 'far', user: 'ann' });
      await works(await connect({ DOCKER_HOST: 'ssh://ann@far' }));
    });

    it('says what ssh says when it cannot', async () => {
      await asSsh(`process.stderr.write('Permission denied (publickey).\\n', () => process.exit(255));`);
      await assert.rejects(connect({ DOCKER_HOST: 'ssh://far' }), (error) => {
        return (
          isFailure(error, 'engineError', 'engineLost', 'engineNotFound', 'engineNotAnswering') &&
          /publickey/.test(String(error.details.message))
        );
      });
    });
  });
});
