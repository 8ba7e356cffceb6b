// @ts-check
import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcess, hasEnded, processTable, run, signalTo } from './processes.mjs';

/**
 * @typedef {object} Keys
 * @property {string} accessKeyId
 * @property {string} secretAccessKey
 *
 * @typedef {object} Gateway
 * @property {string} endpoint
 * @property {(user: string) => Promise<Keys>} addUser
 * @property {(...args: string[]) => Promise<string>} admin runs `radosgw-admin`
 * @property {(signal: NodeJS.Signals) => void} signalGateway
 * @property {() => Promise<void>} killGateway as a crash does; the data stay
 * @property {() => Promise<void>} startGateway after `killGateway`, at the same address
 * @property {() => Promise<void>} stop
 */

const daemons = ['ceph-mon', 'ceph-osd', 'radosgw'];

/**
 * Starts a Ceph of one node with its S3 gateway, on loopback, with all that it has in `root` or in memory. The packages
 * ceph-mon, ceph-osd, ceph-common and radosgw are there. The caller stops it.
 * @param {string} root a folder; keep it short, for there are sockets in it
 * @returns {Promise<Gateway>}
 */
export async function startObjectStorage(root) {
  await mkdir(root, { recursive: true });
  const [monPort, gatewayPort] = await freePorts(2);
  const endpoint = `http://127.0.0.1:${gatewayPort}`;
  const fsid = randomUUID();
  const conf = join(root, 'ceph.conf');
  const keyring = join(root, 'keyring');
  await writeFile(conf, configuration(root, fsid, `v2:127.0.0.1:${monPort}`));

  const env = { ...process.env };
  delete env.AWS_CA_BUNDLE; // some clients refuse a bundle of others
  const ceph = (/** @type {string[]} */ ...args) => run('timeout', ['30', 'ceph', '-c', conf, ...args], { env });
  const tool = (/** @type {string} */ command, /** @type {string[]} */ ...args) => run(command, args, { env });

  const any = ['mon', 'osd', 'mgr', 'mds'].flatMap((daemon) => ['--cap', daemon, 'allow *']);
  await tool('ceph-authtool', '-C', keyring, '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *');
  await tool('ceph-authtool', keyring, '--gen-key', '-n', 'client.admin', ...any);
  await tool(
    'ceph-authtool',
    keyring,
    '--gen-key',
    '-n',
    'osd.0',
    '--cap',
    'mon',
    'allow *',
    '--cap',
    'osd',
    'allow *',
  );
  const map = join(root, 'monmap');
  await tool('monmaptool', '--create', '--addv', 'a', `[v2:127.0.0.1:${monPort}]`, '--fsid', fsid, map);
  await tool('ceph-mon', '-c', conf, '--mkfs', '-i', 'a', '--monmap', map, '--keyring', keyring);

  /** @type {number[]} */
  const pids = [];
  let gateway = 0;
  const startGateway = async () => {
    const frontend = `beast endpoint=127.0.0.1:${gatewayPort}`;
    gateway = daemon(root, 'radosgw', '-c', conf, '-f', '-n', 'client.admin', '--rgw-frontends', frontend);
    await until(root, 'radosgw', gateway, () => answers(endpoint));
  };
  const storage = {
    endpoint,
    admin: (/** @type {string[]} */ ...args) =>
      run('timeout', ['60', 'radosgw-admin', '-c', conf, '-n', 'client.admin', ...args], { env }),
    async addUser(/** @type {string} */ user) {
      const keys = {
        accessKeyId: `KEY${randomBytes(8).toString('hex')}`,
        secretAccessKey: randomBytes(20).toString('hex'),
      };
      const given = ['--access-key', keys.accessKeyId, '--secret-key', keys.secretAccessKey];
      await storage.admin('user', 'create', '--uid', user, '--display-name', user, ...given);
      return keys;
    },
    signalGateway: (/** @type {NodeJS.Signals} */ signal) => signalTo(gateway, signal),
    async killGateway() {
      signalTo(gateway, 'SIGKILL');
      await hasEnded(gateway, 15_000);
    },
    startGateway,
    async stop() {
      // All of it goes: nothing is worth a farewell.
      for (const pid of [gateway, ...pids.toReversed()]) if (pid) await endProcess(pid, { graceMs: 0 });
    },
  };
  try {
    pids.push(daemon(root, 'ceph-mon', '-c', conf, '-f', '-i', 'a'));
    await ceph('osd', 'create');
    await ceph('auth', 'add', 'osd.0', '-i', keyring);
    await mkdir(join(root, 'osd'));
    await tool('ceph-osd', '-c', conf, '-i', '0', '--mkfs');
    pids.push(daemon(root, 'ceph-osd', '-c', conf, '-f', '-i', '0'));
    await ceph('osd', 'crush', 'add', 'osd.0', '1.0', 'host=h', 'root=default');
    await startGateway();
  } catch (error) {
    await storage.stop();
    throw error;
  }
  return storage;
}

/**
 * Ends what an interrupted test has left in a folder.
 * @param {string} folder
 */
export async function stopObjectStorageUnder(folder) {
  for (const { pid, command } of processTable()) {
    const isOurs = daemons.includes(basename(command[0] ?? '')) && command.some((arg) => arg.startsWith(`${folder}/`));
    if (isOurs) await endProcess(pid, { graceMs: 0 });
  }
}

/** One copy of everything, in memory; cephx, for the gateway does not run without. */
function configuration(/** @type {string} */ root, /** @type {string} */ fsid, /** @type {string} */ monitor) {
  const settings = {
    fsid: fsid,
    'mon host': monitor,
    'public addr': '127.0.0.1',
    'auth cluster required': 'cephx',
    'auth service required': 'cephx',
    'auth client required': 'cephx',
    keyring: join(root, 'keyring'),
    'mon data': join(root, 'mon'),
    'osd data': join(root, 'osd'),
    'run dir': root,
    'admin socket': '""',
    'log file': join(root, '$name.log'),
    'mon cluster log file': join(root, 'cluster.log'),
    'crash dir': root,
    'osd pool default size': 1,
    'osd pool default min size': 1,
    'mon allow pool size one': true,
    'osd crush chooseleaf type': 0,
    'osd pool default pg num': 4,
    'osd pool default pgp num': 4,
    // A gateway that was killed still counts as listening until then, and what the next one says waits for its ear.
    'osd client watch timeout': 5,
    'osd objectstore': 'memstore',
    'memstore device bytes': 4 * 1024 ** 3,
  };
  return `[global]\n${Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('')}`;
}

/** Detached: Ctrl+C in the terminal must reach the script only. */
function daemon(/** @type {string} */ root, /** @type {string} */ command, /** @type {string[]} */ ...args) {
  const output = openSync(join(root, `${command}.out`), 'a');
  const child = spawn(command, args, { stdio: ['ignore', output, output], detached: true });
  closeSync(output);
  child.unref();
  child.on('error', () => {}); // it has no pid then, and does not answer
  return child.pid ?? 0;
}

/**
 * @param {string} root
 * @param {string} command
 * @param {number} pid
 * @param {() => Promise<boolean>} isReady
 */
async function until(root, command, pid, isReady) {
  for (const deadline = Date.now() + 60_000; !(await isReady()); await sleep(100)) {
    if (!pid || (await hasEnded(pid, 0)) || Date.now() > deadline) {
      const output = readFileSync(join(root, `${command}.out`), 'utf8');
      throw new Error(`${command} did not start\n${output.trim().split('\n').slice(-10).join('\n')}`);
    }
  }
}

/** @param {string} endpoint */
async function answers(endpoint) {
  return await fetch(endpoint, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  );
}

/** All at once, so that none is given twice. @param {number} count */
async function freePorts(count) {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((/** @type {(server: import('node:net').Server) => void} */ resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => /** @type {import('node:net').AddressInfo} */ (server.address()).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
